"""Whose address it is: what the kernel's maps say is what the register says."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.classes import MOST, placed
from appliance.firewall.filled import filled
from appliance.firewall.settings import Placed
from appliance.policy.model import Ownership
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client, Device, Network, Person
from tests import builders
from tests.appliance.firewall.little_school import WANTED

MAC, OTHER, RANDOM = "00:16:3e:00:00:01", "00:16:3e:00:00:02", "02:16:3e:00:00:03"
ADA = Person(id="ada", name="Ada", role="staff")
BOB = Person(id="bob", name="Bob", role="pupil", groups=("year-6",))
LAPTOP = Device(id="laptop", name="Laptop", macs=(MAC,), person="ada", trusts_ca=True)
PRINTER = Device(id="printer", name="Printer", addresses=("10.3.0.9",), role="staff")


def school(**more: Any) -> Snapshot:
    """Return the little school with people and devices."""
    return builders.snapshot(**{"people": (ADA, BOB), "devices": (LAPTOP, PRINTER), **more})


def mark(every: tuple[Placed, ...], address: str) -> int:
    """Return the mark that the kernel's maps give to an address, 0 for a stranger."""
    maps = filled(replace(WANTED, every=every))
    number = ip_address(address).version
    device: Any = maps[f"device{number}"].get(address)
    if device is not None:
        return int(device[1])
    ip = int(ip_address(address))
    for (first, last), (_, value) in maps[f"network{number}"].items():  # type: ignore[misc,str-unpack]
        if int(ip_address(first)) <= ip <= int(ip_address(last)):
            return int(value)
    return 0


def client_of(every: tuple[Placed, ...], address: str) -> Client | None:
    """Return the client whose class the kernel takes an address for."""
    return next((p.client for p in every if p.number == mark(every, address)), None)


@given(
    st.dictionaries(
        st.sampled_from(["10.1.0.5", "10.2.0.5", "10.3.0.9", "10.3.0.7", "fd00:1::5", "10.9.9.9"]),
        st.sampled_from([MAC, OTHER, RANDOM]),
    ),
    st.dictionaries(st.sampled_from(["10.1.0.5", "10.3.0.7", "fd00:2::9", "10.9.9.9"]),
                    st.sampled_from(["ada", "bob", "nobody"])),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_kernel_takes_nobody_for_somebody_else(
    neighbours: dict[str, str], signed_in: dict[str, str], named: bool, nested: bool
) -> None:
    rules = (*builders.RULES, builders.rule("r", "service:x", who="person:ada"))
    inner = Network(id="inner", name="Inner", prefixes=("10.1.0.0/24",), role="visitor",
                    ownership=Ownership.SCHOOL)  # fmt: skip
    again = Network(id="again", name="Again", prefixes=("10.2.0.0/16",), role="visitor")
    more = {"networks": (*builders.NETWORKS, inner, again)} if nested else {}
    snapshot = school(**({"rules": rules} if named else {}), **more)
    every = placed(snapshot, neighbours, signed_in)
    for address in ("10.1.0.5", "10.1.7.5", "10.2.0.5", "10.3.0.9", "10.3.0.7", "fd00:1::5",
                    "fd00:2::9"):  # fmt: skip
        client = snapshot.register.resolve(address, neighbours.get(address), signed_in.get(address))
        met = client_of(every, address)
        assert met is not None
        assert snapshot.class_of(met) == snapshot.class_of(client), address
    assert mark(every, "10.9.9.9") == mark(every, "2001:db8::1") == 0


def test_only_what_says_more_than_its_network_is_placed_by_itself() -> None:
    assert not [one for one in placed(builders.snapshot(), {"10.1.0.5": MAC}) if one.addresses]
    found = placed(school(), {"10.2.0.5": MAC, "fd00:2::abcd": MAC, "10.2.0.6": OTHER})
    assert [one.addresses for one in found if one.addresses] == [("10.3.0.9",)]
    moved = placed(school(), {"10.3.0.5": MAC, "fd00:3::abcd": MAC, "10.3.0.6": OTHER})
    laptop = [one for one in moved if "10.3.0.5" in one.addresses]
    assert [one.addresses for one in laptop] == [("10.3.0.5", "fd00:3::abcd")]


def test_a_class_keeps_its_number_whoever_else_is_there() -> None:
    before = {one.prefixes: one.number for one in placed(builders.snapshot())}
    after = {one.prefixes: one.number for one in placed(school(), {"10.1.0.5": MAC})}
    assert before.items() <= after.items()
    assert all(1 <= number <= MOST for number in after.values())
    assert len(set(after.values())) == len(after)


def test_numbers_that_fall_together_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.firewall.classes.crc32", lambda data: MOST - 1)
    numbers = [one.number for one in placed(builders.snapshot())]
    assert sorted(numbers) == [1, 2, MOST]


def test_what_is_registered_at_a_forwarder_says_nothing_of_those_behind_it() -> None:
    hiding = school(forwarders=("10.3.0.9/32",))
    assert not [one for one in placed(hiding, {"10.3.0.9": OTHER}) if one.addresses]


def test_rubbish_and_strangers_are_nobodys() -> None:
    seen = {"": MAC, "x": MAC, "fe80::1%eth0": MAC, "10.9.9.9": MAC, "fe80::1": MAC}
    assert placed(school(), seen, {"y": "ada"}) == placed(school())
