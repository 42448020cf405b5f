"""``bellgate networks forwarders``: named by address, never a whole network, and enforced."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli.places import Places
from appliance.dns.forwarded import DNSMASQ
from appliance.publish.hold import Holder
from tests.appliance.cli.test_stored import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


def enforced(bench: Bench) -> tuple[str, ...]:
    bench.publish()
    holder = Holder(Places(bench.data).snapshot)
    holder.refresh()
    return holder.snapshot.contents.forwarders


def test_forwarders_come_and_go_and_reach_the_snapshot(bench: Bench) -> None:
    assert enforced(bench) == ()
    said = bench.json("networks", "forwarders", "add", "10.2.0.53", "fd00:2::53")
    assert said["forwarders"] == ["10.2.0.53/32", "fd00:2::53/128"]
    assert said["dnsmasq"] == list(DNSMASQ)
    bench.json("networks", "forwarders", "add", "10.2.0.53")  # once is enough
    assert enforced(bench) == ("10.2.0.53/32", "fd00:2::53/128")
    assert bench.json("networks", "forwarders", "list")["forwarders"] == list(enforced(bench))
    assert bench.json("networks", "forwarders", "remove", "fd00:2:0::53")
    assert enforced(bench) == ("10.2.0.53/32",)
    assert bench.run("networks", "forwarders", "remove", "fd00:2::53").exit_code == 2
    told = bench.run("networks", "forwarders", "add", "10.2.0.54")
    assert all(f"  {line}\n" in told.stdout for line in DNSMASQ)


@pytest.mark.parametrize("prefix", ["10.1.0.0/16", "0.0.0.0/0", "fd00::/64", "router", ""])
def test_a_whole_network_is_no_forwarder(bench: Bench, prefix: str) -> None:
    """Anybody on it could say that they are somebody else."""
    done = bench.run("networks", "forwarders", "add", "10.2.0.53", prefix)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert enforced(bench) == ()


def test_a_mixed_network_keeps_each_registered_devices_role(bench: Bench) -> None:
    laptop = "00:00:5e:00:53:01"
    bench.json("devices", "add", "Laptop", "--mac", laptop, "--role", "staff")
    bench.json("networks", "add", "LAN", "10.1.0.0/16", "--role", "pupil")
    bench.publish()
    asked = ("explain", "x.com", "--client", "10.1.0.9", "--mac", laptop)
    said = bench.json(*asked)
    assert (said["role"], said["registered_as"]) == ("pupil", "staff")
    assert "registered as Member of staff (the stricter role" in bench.run(*asked).stdout
    bench.json("networks", "add", "LAN", "10.1.0.0/16", "--role", "pupil", "--mixed")
    bench.publish()
    said = bench.json(*asked)
    assert (said["role"], said["registered_as"]) == ("staff", None)
    assert {n["id"]: n["mixed"] for n in bench.json("networks", "list")}["lan"] is True
