from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
    opens_for,
)
from tests.builders import NETWORKS, subject

ROLES = (Role(id="staff", name="Staff", rank=1), Role(id="visitor", name="Visitor", rank=9))
TEACHER = Person(id="t1", name="A teacher", role="staff", groups=("science",))
LAPTOP = Device(
    id="d1", name="Laptop 1", macs=("00:11:22:33:44:55",), addresses=("10.3.0.9",),
    ownership=Ownership.SCHOOL, trusts_ca=True, person="t1", groups=("trolley",),
)  # fmt: skip
PHONE = Device(id="d2", name="Phone", macs=("02:11:22:33:44:55",), role="staff", trusts_ca=True)
ROLES3 = (*ROLES, Role(id="pupil", name="Pupil", rank=5))
CHILD = Person(id="p1", name="A pupil", role="pupil", groups=("3b",))
CHILDS = Device(id="d4", name="Tablet", macs=("00:00:00:00:00:04",), person="p1")
SHARED = Device(id="d5", name="Trolley", macs=("00:00:00:00:00:05",), role="pupil")
SCHOOL = Register(ROLES3, NETWORKS, (LAPTOP, CHILDS, SHARED), (TEACHER, CHILD))
KNOWN = {*LAPTOP.macs, *CHILDS.macs, *SHARED.macs}
REGISTER = Register(ROLES, NETWORKS, (LAPTOP, PHONE), (TEACHER,))


def test_a_registered_device_brings_its_person_and_all_groups() -> None:
    seen = REGISTER.resolve("10.2.0.77", "00:11:22:33:44:55")
    assert (seen.role, seen.person, seen.device) == ("staff", "t1", "d1")
    assert seen.registered_as is None
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


@pytest.mark.parametrize(
    ("address", "role", "registered_as"),
    [
        ("10.2.0.77", "staff", None),
        ("10.1.0.77", "pupil", "staff"),
        ("fd00:1::77", "pupil", "staff"),
        ("10.3.0.77", "visitor", "staff"),
        ("203.0.113.1", "visitor", "staff"),
    ],
)
def test_on_a_stricter_network_its_role_holds(
    address: str, role: str, registered_as: str | None
) -> None:
    seen = SCHOOL.resolve(address, "00:11:22:33:44:55")
    assert (seen.role, seen.registered_as) == (role, registered_as)
    assert (seen.person, seen.device, seen.trusts_ca) == ("t1", "d1", True)


def test_a_network_that_is_less_strict_lifts_nobody() -> None:
    seen = SCHOOL.resolve("10.2.0.77", "00:00:00:00:00:04")
    assert (seen.role, seen.registered_as, seen.groups) == ("pupil", None, {"3b"})


def test_on_a_mixed_network_the_register_holds() -> None:
    lan = Network(id="lan", name="LAN", prefixes=("10.9.0.0/16",), role="visitor", mixed=True)
    register = Register(ROLES3, (*NETWORKS, lan), (LAPTOP, CHILDS), (TEACHER, CHILD))
    assert register.resolve("10.9.0.1", "00:11:22:33:44:55").role == "staff"
    assert register.resolve("10.9.0.2", "00:00:00:00:00:04").role == "pupil"
    assert register.resolve("10.9.0.3", "00:00:00:00:00:99").role == "visitor"


@pytest.mark.parametrize(
    ("mac", "address", "signed_in", "role", "person"),
    [
        ("00:11:22:33:44:55", "10.1.0.5", "t1", "staff", "t1"),  # proven beyond the MAC
        ("00:11:22:33:44:55", "10.1.0.5", None, "pupil", "t1"),
        ("00:11:22:33:44:55", "10.2.0.5", "p1", "pupil", "p1"),  # the stricter of two
        ("00:00:00:00:00:04", "10.2.0.5", "t1", "pupil", "p1"),
        ("00:00:00:00:00:05", "10.2.0.5", "t1", "pupil", "t1"),  # a role, and nobody's
        ("00:00:00:00:00:05", "10.2.0.5", "p1", "pupil", "p1"),
        ("00:00:00:00:00:05", "10.3.0.5", "t1", "visitor", "t1"),
        ("00:11:22:33:44:55", "10.2.0.5", "nobody", "staff", "t1"),
    ],
)  # fmt: skip
def test_where_register_and_sign_in_disagree_the_stricter_holds(
    mac: str, address: str, signed_in: str | None, role: str, person: str
) -> None:
    seen = SCHOOL.resolve(address, mac, signed_in)
    assert (seen.role, seen.person) == (role, person)


def test_a_device_away_is_in_its_networks_groups_and_its_own_only_take_away() -> None:
    clubs = Network(id="clubs", name="Clubs", prefixes=("10.8.0.0/16",), role="pupil",
                    groups=("chess",))  # fmt: skip
    away = Register(ROLES3, (clubs,), (LAPTOP,), (TEACHER,)).resolve(
        "10.8.0.1", "00:11:22:33:44:55"
    )
    assert away.groups == {"chess", "science", "trolley"}
    assert away.earned == {"chess"}
    found = {text: (applies_to(subject(text), away), opens_for(subject(text), away))
             for text in ("person:t1", "device:d1", "group:science", "group:chess", "role:pupil",
                          "role:staff", "network:clubs", "everyone")}  # fmt: skip
    assert found == {
        "person:t1": (True, False), "device:d1": (True, False), "group:science": (True, False),
        "group:chess": (True, True), "role:pupil": (True, True), "role:staff": (False, False),
        "network:clubs": (True, True), "everyone": (True, True),
    }  # fmt: skip


def test_a_fixed_address_with_another_mac_is_somebody_else() -> None:
    seen = REGISTER.resolve("10.3.0.9", "00:aa:aa:aa:aa:aa")
    assert (seen.role, seen.device, seen.person) == ("visitor", None, None)
    fixed = Device(id="printer", name="Printer", addresses=("10.2.0.3",), role="staff")
    register = Register(ROLES, NETWORKS, (fixed,), ())
    assert register.resolve("10.2.0.3", "00:aa:aa:aa:aa:aa").device == "printer"


def test_what_is_registered_at_a_forwarders_address_is_not_whoever_is_behind_it() -> None:
    seen = REGISTER.resolve("10.3.0.9", behind=True)
    assert (seen.role, seen.device, seen.network) == ("visitor", None, "guests")
    assert REGISTER.resolve("203.0.113.1", behind=True).role == "visitor"
    assert REGISTER.resolve("10.2.0.1", "00:11:22:33:44:55", behind=True).device == "d1"


def test_a_role_that_nobody_knows_is_the_strictest() -> None:
    odd = Device(id="odd", name="Odd", macs=("00:00:00:00:00:09",), role="unheard-of")
    seen = Register(ROLES, NETWORKS, (odd,), (TEACHER,)).resolve(
        "10.2.0.3", "00:00:00:00:00:09", "t1"
    )
    assert seen.role == "unheard-of"


ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(["10.1.0.9", "10.2.0.9", "10.3.0.9", "fd00:1::9", "fd00:3::9"]),
)
STRANGERS = st.one_of(st.none(), st.binary(min_size=6, max_size=6).map(lambda mac: mac.hex(":")))


@settings(deadline=None)
@given(ADDRESSES, STRANGERS, st.one_of(st.none(), st.text(max_size=9)))
def test_nobody_unknown_is_more_than_the_network_says(
    address: str, mac: str | None, signed_in: str | None
) -> None:
    """Any address, any MAC that is not registered, any sign-in of nobody we know."""
    assume(mac not in KNOWN and signed_in not in ("t1", "p1"))
    assume(mac is not None or address not in LAPTOP.addresses)
    seen = SCHOOL.resolve(address, mac, signed_in)
    assert replace(seen, mac=None) == SCHOOL.resolve(address, behind=True)


@settings(deadline=None)
@given(ADDRESSES, st.sampled_from(sorted({"00:11:22:33:44:55", "00:00:00:00:00:04"})))
def test_a_known_mac_is_never_less_strict_than_the_network_says(address: str, mac: str) -> None:
    network = SCHOOL.network_of(address)
    rank = {role.id: role.rank for role in ROLES3}
    default = network.role if network else "visitor"
    assert rank[SCHOOL.resolve(address, mac).role] >= rank[default]


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
