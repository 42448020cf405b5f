from __future__ import annotations

import pytest

from appliance.policy.model import Ownership, SubjectKind
from appliance.policy.subjects import (
    Client,
    Device,
    Network,
    Person,
    Register,
    Role,
    applies_to,
    is_random_mac,
)
from tests.builders import NETWORKS, subject

ROLES = (Role(id="staff", name="Staff", rank=1), Role(id="visitor", name="Visitor", rank=9))
TEACHER = Person(id="t1", name="A teacher", role="staff", groups=("science",))
LAPTOP = Device(
    id="d1", name="Laptop 1", macs=("00:11:22:33:44:55",), addresses=("10.3.0.9",),
    ownership=Ownership.SCHOOL, trusts_ca=True, person="t1", groups=("trolley",),
)  # fmt: skip
PHONE = Device(id="d2", name="Phone", macs=("02:11:22:33:44:55",), role="staff", trusts_ca=True)
REGISTER = Register(ROLES, NETWORKS, (LAPTOP, PHONE), (TEACHER,))


def test_a_registered_device_brings_its_person_and_all_groups() -> None:
    seen = REGISTER.resolve("10.3.0.77", "00:11:22:33:44:55")
    assert (seen.role, seen.person, seen.device) == ("staff", "t1", "d1")
    assert seen.groups == {"science", "trolley"}
    assert seen.trusts_ca
    assert seen.ownership is Ownership.SCHOOL


def test_a_fixed_address_registers_a_device_as_well() -> None:
    assert REGISTER.resolve("10.3.0.9").device == "d1"


@pytest.mark.parametrize(
    "address", ["10.3.0.77", "::ffff:10.3.0.77", "fd00:3::77", "fd00:3::77%eth0"]
)
def test_an_unknown_device_gets_its_networks_default(address: str) -> None:
    seen = REGISTER.resolve(address, "00:aa:aa:aa:aa:aa")
    assert (seen.role, seen.network, seen.device) == ("visitor", "guests", None)
    assert not seen.trusts_ca


def test_an_address_outside_every_network_gets_the_most_restrictive_role() -> None:
    seen = REGISTER.resolve("203.0.113.1")
    assert (seen.role, seen.network, seen.trusts_ca) == ("visitor", None, False)


def test_a_random_mac_earns_nothing_but_keeps_its_name() -> None:
    """Its register says staff with the CA; on the guests' network it stays a visitor."""
    assert is_random_mac("02:11:22:33:44:55")
    seen = REGISTER.resolve("10.3.0.77", "02:11:22:33:44:55")
    assert (seen.role, seen.trusts_ca, seen.device) == ("visitor", False, "d2")


def test_who_signed_in_counts_only_on_the_schools_networks() -> None:
    assert REGISTER.resolve("10.3.0.77", None, "t1").role == "staff"
    assert REGISTER.resolve("203.0.113.1", None, "t1").role == "visitor"
    assert REGISTER.resolve("10.3.0.77", None, "nobody").role == "visitor"


def test_a_device_without_person_takes_who_signed_in_or_the_network() -> None:
    bare = Device(id="d3", name="Shared", macs=("00:00:00:00:00:03",))
    register = Register(ROLES, NETWORKS, (bare,), (TEACHER,))
    assert register.resolve("10.2.0.3", "00:00:00:00:00:03", "t1").person == "t1"
    assert register.resolve("10.2.0.3", "00:00:00:00:00:03").role == "staff"
    assert register.resolve("203.0.113.1", "00:00:00:00:00:03").role == "visitor"


def test_the_narrowest_network_wins() -> None:
    lab = Network(id="lab", name="Lab", prefixes=("10.3.5.0/24",), role="staff")
    register = Register(ROLES, (*NETWORKS, lab), (), ())
    assert register.resolve("10.3.5.1").network == "lab"
    assert register.network_of("10.3.6.1").id == "guests"  # type: ignore[union-attr]
    assert len(register.prefixes()) == 7


WHO = Client(
    address="10.2.0.5", role="staff", device="d1", person="t1", groups=frozenset({"science"}),
    network="staff",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("person:t1", True), ("person:t2", False), ("device:d1", True), ("device:d2", False),
        ("group:science", True), ("group:maths", False), ("role:staff", True),
        ("role:pupil", False), ("network:staff", True), ("network:guests", False),
        ("everyone", True),
    ],
)  # fmt: skip
def test_subjects(text: str, covered: bool) -> None:
    assert applies_to(subject(text), WHO) is covered


def test_every_kind_of_subject_is_in_the_table_above() -> None:
    assert {kind.value for kind in SubjectKind} == {
        "person", "device", "group", "role", "network", "everyone"
    }  # fmt: skip
