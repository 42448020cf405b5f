"""A registered device on a stricter network: its register only takes away there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.engine import decide
from appliance.policy.model import Action, StandingPermission, SupervisedSession
from appliance.policy.subjects import Device, Person
from tests.builders import (
    BUILT,
    PUPIL,
    RULES,
    STAFF,
    VISITOR,
    at,
    grant,
    query,
    rule,
    sanction,
    snapshot,
    subject,
)

MAC = "00:00:00:00:00:0a"
TEACHERS = {
    "people": (Person(id="t1", name="A teacher", role="staff", groups=("managers",)),),
    "devices": (Device(id="d1", name="Laptop", macs=(MAC,), person="t1"),),
}


def taken(address: str, what: str = "facebook.com", when: str = "09:30", **more: Any) -> str:
    """Return the action on what a teacher's registered laptop asks for on any network."""
    snap = snapshot(**TEACHERS, **more)
    return decide(query(what, snap.register.resolve(address, MAC), when), snap).action.value


@pytest.mark.parametrize("who", ["person:t1", "device:d1", "group:managers"])
def test_what_opens_for_a_register_holds_only_where_its_role_does(who: str) -> None:
    """On the pupils' network a copied MAC would otherwise carry the teacher's rights there."""
    opened = grant(who=who)
    assert taken(STAFF, grants=(opened,)) == "allow"
    assert taken(PUPIL, grants=(opened,)) == "block"
    opening = (*RULES, rule("open", "service:facebook", Action.ALLOW, who=who))
    assert taken(STAFF, rules=opening) == "allow"
    assert taken(PUPIL, rules=opening) == "block"
    own = rule("with", "service:facebook", Action.ALLOW, who="role:pupil role:staff",
               permission="wifi")  # fmt: skip
    held = StandingPermission(
        name="wifi", subject=subject(who), start=BUILT, permitted=True,
        controls_applied=True,
    )  # fmt: skip
    permitted = {"rules": (own, *RULES[1:]), "permissions": (held,)}
    assert taken(STAFF, when="10:35", **permitted) == "allow"
    assert taken(PUPIL, when="10:35", **permitted) == "block"


@pytest.mark.parametrize("who", ["person:t1", "device:d1", "group:managers"])
def test_what_closes_for_a_register_holds_wherever_it_goes(who: str) -> None:
    held = sanction(who=who)
    assert taken(PUPIL, "example.org", sanctions=(held,)) == "block"
    closing = (*RULES, rule("shut", "host:example.org", who=who))
    assert taken(PUPIL, "example.org", rules=closing) == "block"
    assert taken(PUPIL, "example.org") == "allow"


def test_a_supervised_session_reopens_no_more_than_the_network_would() -> None:
    open_ = SupervisedSession(subject=subject("device:d1"), start=BUILT, end=at("23:00"))
    both = {"sanctions": (sanction(who="device:d1"),), "supervised": (open_,)}
    assert taken(PUPIL, "example.org", **both) == "allow"
    assert taken(PUPIL, "x.com", **both) == "block"


@settings(deadline=None)
@given(
    st.sampled_from(["facebook.com", "x.com", "example.org", "vpn.example", "wikipedia.org"]),
    st.sampled_from(["09:30", "10:35", "12:30", "16:00"]),
    st.sampled_from(["person:t1", "device:d1", "group:managers", "role:staff"]),
    st.sampled_from([PUPIL, VISITOR]),
)
def test_a_device_away_is_allowed_nothing_that_a_stranger_there_is_not(
    what: str, when: str, who: str, address: str
) -> None:
    snap = snapshot(**TEACHERS, grants=(grant("host:" + what, who=who),))
    register = snap.register
    away = decide(query(what, register.resolve(address, MAC), when), snap)
    stranger = decide(query(what, register.resolve(address), when), snap)
    assert away.action is stranger.action


def test_clients_that_differ_in_where_their_groups_come_from_share_no_answers() -> None:
    snap = snapshot(**TEACHERS)
    away = snap.register.resolve(PUPIL, MAC)
    at_home = replace(away, registered_as=None, network_groups=frozenset())
    assert snap.class_of(away) != snap.class_of(at_home)
