"""What ``up --gateway`` is told: a flag that cannot be is named before anything starts."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.cli import as_user, gateway, main
from appliance.cli.as_user import User
from appliance.cli.errors import InputError
from appliance.cli.places import Places, Ports
from appliance.cli.up import Options, rights

root = pytest.mark.skipif(os.geteuid() != 0, reason="gateway mode is for root")
ROUTE = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
FOUR = "{name}\t00000000\t010200C0\t0003\t0\t0\t{cost}\t00000000\t0\t0\t0\n"
SIX = (
    "{to} 00 {zero} 00 fe800000000000000000000000000001 {cost} 00000001 00000000 00450003 {name}\n"
)
ZERO = "0" * 32
ONE = ("--listen", "192.0.2.1", "--uplink", "lo")


def said(*words: str, data: Path) -> str:
    done = CliRunner().invoke(main, ["up", "--data", str(data), *words])
    assert done.exit_code == 2, done.output
    return " ".join(done.output.split())


@root
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--listen", "127.0.0.1"), "--listen: clients cannot be led to 127.0.0.1"),
        (("--listen", "::"), "--listen: clients cannot be led to ::"),
        (("--listen", "fe80::1"), "--listen: clients cannot be led to fe80::1"),
        (("--listen", "gate.example"), "--listen: 'gate.example' is not an IP address"),
        ((), "--listen: give the addresses of this machine"),
        (("--listen", "192.0.2.1", "--uplink", "nosuch0"), "--uplink: this machine has no"),
        (("--listen", "192.0.2.1", "--uplink", "../lo"), "--uplink: this machine has no"),
        (("--listen", "192.0.2.1", "--uplink", "lo", "--manage", "x"), "--manage: 'x' is no"),
        (("--listen", "192.0.2.1", "--uplink", "lo", "--user", "nosuch"), "--user: there is no"),
        *(((*ONE, "--web-port", port), f"--web-port: with --gateway what the school's networks "
           f"send to port {port} is led to another face") for port in ("53", "80", "443")),
        (("--listen", "192.0.2.1", "--uplink", "lo"), "this machine does not have that address"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_nothing_made(
    tmp_path: Path, words: tuple[str, ...], named: str
) -> None:
    data = tmp_path / "data"
    assert named in said("--gateway", *words, data=data)
    assert not data.exists()


@pytest.mark.parametrize(
    "words", [("--uplink", "lo"), ("--manage", "10.0.0.0/8"), ("--user", "nobody"), ("--no-nat",),
              ("--listen", "127.0.0.1", "--listen", "::1")],
)  # fmt: skip
def test_without_gateway_its_flags_say_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "go with --gateway" in said(*words, data=tmp_path / "data")


def test_only_root_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    words = ("--gateway", "--listen", "192.0.2.1")
    assert "--gateway: only root may route" in said(*words, data=tmp_path / "data")


@pytest.mark.parametrize(
    ("four", "six", "name"),
    [
        ((("wan", 100), ("lte", 50)), (), "lte"),
        ((("wan", 0),), (("other", "1"),), "wan"),
        ((), (("wan", "400"), ("lo", "ffffffff"), ("lte", "300")), "lte"),
        ((), (("lo", "1"),), None),
        ((), (), None),
    ],
)
def test_the_way_out_is_that_of_the_cheapest_default_route(
    tmp_path: Path, four: tuple[tuple[str, int], ...], six: tuple[tuple[str, str], ...],
    name: str | None,
) -> None:  # fmt: skip
    near = "lan\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
    rows = [FOUR.format(name=one, cost=cost) for one, cost in four]
    (tmp_path / "route").write_text(ROUTE + near + "".join(rows))
    (tmp_path / "ipv6_route").write_text("".join(
        SIX.format(to=ZERO, zero=ZERO, cost=cost.zfill(8), name=one) for one, cost in six
    ))  # fmt: skip
    assert gateway.default_route(tmp_path) == name


def test_a_machine_without_routes_has_no_way_out(tmp_path: Path) -> None:
    assert gateway.default_route(tmp_path) is None


def test_the_door_is_told_all_of_it() -> None:
    cables = gateway.Cabling(
        uplink="wan", listen=("10.9.0.1", "fd00:9::1"), manage=("10.20.0.0/24",),
        masquerade=False, user=User("nobody", 65534, 65534),
    )  # fmt: skip
    words = cables.words((("dns", 5300), ("web", 8000)), shared=True)
    assert words == (
        "--uplink", "wan", "--listen", "10.9.0.1", "--listen", "fd00:9::1",
        "--manage", "10.20.0.0/24", "--dns", "5300", "--web", "8000", "--no-nat", "--shared-uplink",
    )  # fmt: skip


@root
@pytest.mark.parametrize("name", ["gate.json.new", "lock"])
def test_a_link_in_the_data_directory_leads_root_nowhere(name: str) -> None:
    """What a part that was taken over could leave there for the next start."""
    with tempfile.TemporaryDirectory(prefix="bellgate-links-") as folder:
        Path(folder).chmod(0o755)
        places, aim = Places(Path(folder, "data")), Path(folder, "root")
        places.make()
        aim.write_text("root's")
        aim.chmod(0o600)
        (places.run / name).symlink_to(aim)
        user = as_user.chosen("nobody")
        cables = gateway.Cabling(
            uplink="wan", listen=("10.9.0.1",), manage=(), masquerade=True, user=user
        )
        options = Options(places=places, ports=Ports(), upstreams=(), upstream_ca=None, workers=1,
                          cabling=cables)  # fmt: skip
        try:
            as_user.try_out(user, Path("/"))
        except InputError as error:
            if "cannot reach" not in str(error):
                pytest.skip("nobody may not read this program here")
        with pytest.raises(PermissionError), rights(options), places.lock():
            places.announce(Ports())
        assert aim.read_text() == "root's"
        (places.run / name).unlink()
        with rights(options), places.lock():
            places.announce(Ports())
        assert (places.run / "gate.json").stat().st_uid == user.uid
        assert aim.read_text() == "root's"
