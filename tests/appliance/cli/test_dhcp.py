"""``bellgate networks dhcp``: only what fits its network is handed out, and nothing unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli.places import Places
from appliance.policy.address_plan import AddressPlan
from appliance.publish.hold import Holder
from tests.appliance.cli.test_stored import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "data")
    made.json("networks", "add", "Pupils", "10.1.0.0/16", "fd00:1::/64", "fd00:2::/56",
              "--role", "pupil")  # fmt: skip
    return made


def enforced(bench: Bench) -> tuple[AddressPlan, ...]:
    bench.publish()
    holder = Holder(Places(bench.data).snapshot)
    holder.refresh()
    return holder.snapshot.contents.address_plans


def test_a_plan_comes_changes_and_goes(bench: Bench) -> None:
    assert enforced(bench) == ()
    bench.json("networks", "dhcp", "set", "pupils", "10.1.0.100", "10.1.0.200")
    assert enforced(bench) == (
        AddressPlan(network="pupils", prefix="10.1.0.0/16", first="10.1.0.100",
                    last="10.1.0.200", ipv6=("fd00:1::/64",)),
    )  # fmt: skip
    bench.json("networks", "dhcp", "set", "pupils", "10.1.1.1", "10.1.1.9", "--lease", "60",
               "--router", "10.1.0.254", "--no-ipv6")  # fmt: skip
    (only,) = bench.json("networks", "dhcp", "list")
    assert (only["first"], only["lease_minutes"], only["ipv6"]) == ("10.1.1.1", 60, [])
    assert bench.run("networks", "dhcp", "off", "pupils").exit_code == 0
    assert enforced(bench) == ()
    assert bench.run("networks", "dhcp", "off", "pupils").exit_code == 2


def test_nothing_is_handed_out_on_a_network_that_is_gone_or_has_other_prefixes(
    bench: Bench,
) -> None:
    bench.json("networks", "dhcp", "set", "pupils", "10.1.0.100", "10.1.0.200")
    bench.json("networks", "add", "Pupils", "10.7.0.0/16", "--role", "pupil")
    assert enforced(bench) == ()
    bench.json("networks", "add", "Pupils", "10.1.0.0/16", "--role", "pupil")
    assert len(enforced(bench)) == 1
    assert bench.run("networks", "remove", "pupils").exit_code == 0
    assert enforced(bench) == ()


@pytest.mark.parametrize(
    "words",
    [
        ("elsewhere", "10.1.0.1", "10.1.0.9"),
        ("pupils", "10.2.0.1", "10.2.0.9"),
        ("pupils", "10.1.0.9", "10.1.0.1"),
        ("pupils", "10.1.0.0", "10.1.0.9"),
        ("pupils", "10.1.0.9", "10.1.255.255"),
        ("pupils", "fd00:1::1", "fd00:1::9"),
        ("pupils", "first", "last"),
        ("pupils", "10.1.0.1", "10.1.0.9", "--lease", "1"),
        ("pupils", "10.1.0.1", "10.1.0.9", "--lease", "99999"),
        ("pupils", "10.1.0.1", "10.1.0.9", "--router", "10.2.0.1"),
        ("pupils", "10.1.0.1", "10.1.0.9", "--router", "10.1.0.5"),
        ("pupils", "10.1.0.1", "10.1.0.9\ndhcp-script=/bin/sh"),
    ],
)
def test_what_does_not_fit_is_refused(bench: Bench, words: tuple[str, ...]) -> None:
    done = bench.run("networks", "dhcp", "set", *words)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert enforced(bench) == ()


def test_the_appliances_own_address_is_nobody_elses(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    bench.json("networks", "add", "Lo", "127.0.0.0/24", "--role", "pupil")
    done = bench.run("networks", "dhcp", "set", "lo", "127.0.0.1", "127.0.0.9")
    assert done.exit_code == 2
    assert "127.0.0.1 has its owner" in done.stderr
