"""A sign-in goes with a MAC, which is easily copied: what it opens stays where it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.presence import Whom, told
from appliance.policy.subjects import Device, Network, Person
from tests import builders


@dataclass(frozen=True)
class Here:
    """Somebody who signed in at some addresses of a device."""

    person: str
    addresses: tuple[str, ...] = ()


NEW, LENT, OWN, RANDOM, PUPILS = (
    "00:1b:63:00:00:01", "00:1b:63:00:00:02", "00:1b:63:00:00:03", "02:1b:63:00:00:04",
    "00:1b:63:00:00:05",
)  # fmt: skip
LAN = Network(id="lan", name="LAN", prefixes=("10.9.0.0/16",), role="visitor", mixed=True)
OFFICE = Network(id="office", name="Office", prefixes=("10.4.0.0/16",), role="staff")
NEST = Network(id="nest", name="Exam room", prefixes=("10.2.7.0/24",), role="visitor")
SNAPSHOT = builders.snapshot(
    networks=(*builders.NETWORKS, LAN, OFFICE, NEST),
    people=(Person(id="t1", name="A teacher", role="staff", groups=("science",)),
            Person(id="p1", name="A pupil", role="pupil")),
    devices=(Device(id="lent", name="Lent", macs=(LENT,)),
             Device(id="own", name="Own", macs=(OWN,), person="t1"),
             Device(id="shared", name="Shared", macs=(PUPILS,), role="pupil")),
    grants=(builders.grant("service:x", "person:t1"),),
)  # fmt: skip
REGISTER = SNAPSHOT.register
RANKS = {role.id: role.rank for role in SNAPSHOT.contents.roles}
STAFF, STAFF6, ROOM, OFFICES, EXAM = (
    "10.2.0.77", "fd00:2::77", "10.1.0.77", "10.4.0.77", "10.2.7.7"
)  # fmt: skip


@pytest.mark.parametrize("mac", [None, NEW, LENT, RANDOM])
@pytest.mark.parametrize(
    ("asks", "made", "role", "person"),
    [
        (ROOM, (ROOM,), "staff", "t1"),
        ("fd00:1::abcd", (ROOM,), "staff", "t1"),  # a privacy address of the same network
        ("fd00:1::abcd%eth1", ("::ffff:10.1.0.8",), "staff", "t1"),
        (ROOM, (STAFF, ROOM), "staff", "t1"),  # the Wi-Fi says where it went
        (ROOM, (STAFF,), "pupil", None),
        ("fd00:1::abcd", (STAFF6,), "pupil", None),
        ("10.3.0.7", (ROOM,), "visitor", None),
        (ROOM, ("10.3.0.7",), "pupil", None),  # from a stricter network to a strict one
        (EXAM, (STAFF,), "visitor", None),  # the narrowest network is the one it was made on
        (STAFF, (EXAM,), "staff", "t1"),
        (OFFICES, (STAFF,), "staff", "t1"),  # from one staff network to another
        (STAFF6, (ROOM,), "staff", "t1"),
        ("10.9.0.7", (STAFF,), "visitor", None),  # mixed: it is the register that holds there
        ("10.9.0.7", ("10.9.0.8",), "staff", "t1"),
        (ROOM, (), "pupil", None),  # nobody knows where
        (STAFF, (), "staff", "t1"),
        (ROOM, ("203.0.113.1",), "pupil", None),
        ("203.0.113.1", ("203.0.113.1",), "visitor", None),
    ],
)
def test_what_a_sign_in_opens_stays_on_its_network(
    mac: str | None, asks: str, made: tuple[str, ...], role: str, person: str | None
) -> None:
    seen = REGISTER.resolve(asks, mac, Here("t1", made))
    assert (seen.role, seen.person) == (role, person)
    assert seen.others == ({"t1"} if person is None else set())  # a sanction is not shed by moving
    assert ("science" in seen.groups) == (person is not None)
    opened = decide(builders.query("x.com", seen), SNAPSHOT).reason == "grant"
    assert opened == (person is not None)


@pytest.mark.parametrize("asks", [ROOM, "10.3.0.7", "10.9.0.7"])
@pytest.mark.parametrize("made", [(), (STAFF,), ("10.2.7.7",)])
def test_a_sign_in_elsewhere_proves_nobodys_register(asks: str, made: tuple[str, ...]) -> None:
    there = REGISTER.resolve(asks, OWN, Here("t1", made))
    assert there == REGISTER.resolve(asks, OWN)
    here = REGISTER.resolve(asks, OWN, Here("t1", (asks,)))
    assert (here.role, here.registered_as) == ("staff", None)


def test_a_grant_does_not_follow_a_copied_mac_of_a_shared_device() -> None:
    """Its role is no stricter than the network's, so that only the sign-in could open it."""
    for address, made, reason in (
        (ROOM, (ROOM,), "grant"), (ROOM, (STAFF,), "category_rule"), (ROOM, (), "category_rule"),
    ):  # fmt: skip
        seen = REGISTER.resolve(address, PUPILS, Here("t1", made))
        assert seen.role == "pupil"
        assert decide(builders.query("x.com", seen), SNAPSHOT).reason == reason


@pytest.mark.parametrize("made", [(), ("10.3.0.7",), (STAFF,)])
def test_a_stricter_person_is_stricter_wherever_they_signed_in(made: tuple[str, ...]) -> None:
    for mac in (NEW, LENT, OWN):
        assert REGISTER.resolve(STAFF, mac, Here("p1", made)).role == "pupil"


def test_a_sanction_follows_to_each_network() -> None:
    held = replace(SNAPSHOT.contents, sanctions=(builders.sanction("person:t1"),))
    sanctioned = type(SNAPSHOT)(held)
    for address in (ROOM, STAFF, "10.3.0.7", "10.9.0.7"):
        seen = sanctioned.register.resolve(address, NEW, Here("t1", (STAFF,)))
        found = decide(builders.query("www.example.org", seen), sanctioned)
        assert (found.action, found.reason) == (Action.BLOCK, "sanction"), address


PLACES = st.sampled_from(
    [ROOM, STAFF, STAFF6, OFFICES, EXAM, "10.3.0.7", "10.9.0.7", "fd00:1::7", "203.0.113.1"]
)


@given(PLACES, st.sampled_from([None, NEW, LENT, OWN, RANDOM, PUPILS]), st.sets(PLACES),
       st.sampled_from(["t1", "p1", "nobody"]))  # fmt: skip
def test_nobody_is_more_by_a_sign_in_on_another_network(
    asks: str, mac: str | None, made: set[str], person: str
) -> None:
    """Any device: it is as strict as without the sign-in, or as its network, or stricter."""
    network = REGISTER.network_of(asks)
    elsewhere = {one for one in made if network is None or REGISTER.network_of(one) != network}
    seen = REGISTER.resolve(asks, mac, Here(person, tuple(elsewhere)))
    without = REGISTER.resolve(asks, mac)
    default = RANKS[network.role if network else "visitor"]
    assert RANKS[seen.role] >= min(default, RANKS[without.role])
    named = {seen.person, *seen.others}
    assert {without.person, *without.others} <= named | {None}
    assert person == "nobody" or person in named
    known = REGISTER.resolve(asks, mac, Here(person, (*elsewhere, asks)))
    assert RANKS[known.role] <= RANKS[seen.role]


@pytest.mark.parametrize(
    ("whom", "expected"),
    [(None, ("", (ROOM,))), ("t1", ("t1", (ROOM,))), (Here("t1", (STAFF,)), ("t1", (STAFF,)))],
)
def test_an_id_alone_is_of_who_signed_in_right_there(
    whom: Whom | None, expected: tuple[str, tuple[str, ...]]
) -> None:
    assert told(whom, ROOM) == expected
