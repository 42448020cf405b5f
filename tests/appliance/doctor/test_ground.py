"""Whom the self-test stands in for: an unknown device of each network, never a known one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.doctor.ground import Ground, asker
from appliance.identity import stand_in
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Network
from appliance.status.running import Running
from tests import builders

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
DNS = ("10.9.9.9", 53)


def ground(
    run: Path, *networks: Network, devices: tuple[Device, ...] = (), dns: object = DNS
) -> Ground:
    contents = replace(builders.contents(), networks=networks, devices=devices)
    return Ground(
        running=Running(dns=dns), snapshot=Snapshot(contents), at=NOW, real=NOW,  # type: ignore[arg-type]
        clock_trusted=True, root=run / "root.pem", run=run,
    )  # fmt: skip


def network(*prefixes: str, id_: str = "n") -> Network:
    return Network(id=id_, name=id_, prefixes=prefixes, role="pupil")


@pytest.mark.parametrize(
    ("prefix", "address"),
    [("198.51.100.0/24", "198.51.100.254"), ("198.51.100.7/32", "198.51.100.7"),
     ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:fffe")],
)  # fmt: skip
def test_an_address_of_the_network_is_proven(tmp_path: Path, prefix: str, address: str) -> None:
    stand_in.make(tmp_path)
    who = asker(network(prefix), ground(tmp_path, network(prefix)))
    assert who is not None
    assert (who.address, who.source) == (address, "127.0.0.1")
    assert who.options == ((stand_in.EDNS_OPTION, stand_in.saying(tmp_path, address)),)


def test_a_registered_device_is_never_stood_in_for(tmp_path: Path) -> None:
    stand_in.make(tmp_path)
    laptop = Device(id="l", name="L", addresses=("198.51.100.254",), role="staff")
    one = network("198.51.100.0/24")
    who = asker(one, ground(tmp_path, one, devices=(laptop,)))
    assert who is not None
    assert who.address == "198.51.100.253"


def test_a_narrower_network_inside_keeps_its_own_addresses(tmp_path: Path) -> None:
    stand_in.make(tmp_path)
    wide, narrow = network("198.51.100.0/24"), network("198.51.100.252/30", id_="m")
    who = asker(wide, ground(tmp_path, wide, narrow))
    assert who is not None
    assert who.address == "198.51.100.251"


def test_ipv6_is_asked_from_this_machines_own_ipv6(tmp_path: Path) -> None:
    stand_in.make(tmp_path)
    one = network("198.51.100.0/24")
    who = asker(one, ground(tmp_path, one, dns=("fd00::1", 53)))
    assert who is not None
    assert who.source == "::1"


def test_without_a_key_and_without_an_address_there_is_no_way(tmp_path: Path) -> None:
    one = network("198.51.100.0/24")
    assert asker(one, ground(tmp_path, one)) is None


def test_without_a_key_it_asks_from_an_address_of_its_own(tmp_path: Path) -> None:
    one = network("127.0.10.0/24")
    who = asker(one, ground(tmp_path, one, dns=("127.0.0.1", 53)))
    assert who is not None
    assert (who.source, who.address) == ("127.0.10.5", "127.0.10.5")
    assert who.options == ((stand_in.EDNS_OPTION, b""),)


def test_without_dns_nobody_is_asked(tmp_path: Path) -> None:
    one = network("198.51.100.0/24")
    assert asker(one, ground(tmp_path, one, dns=None)) is None
