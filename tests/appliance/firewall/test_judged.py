"""What the policy says of each class, in terms of marks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from appliance.firewall.classes import placed
from appliance.firewall.judged import Said, Standing, judged, until, wanted
from appliance.firewall.settings import Judged, Known, Range
from appliance.policy.model import Action, Service, SupervisedSession
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Person
from tests import builders
from tests.appliance.firewall.little_school import GATEWAY, KNOWN

MAC = "00:16:3e:00:00:01"
RANGES: Final = (
    Range("fb", ("facebook",), ("203.0.113.0/28",)),
    Range("both", ("facebook", "x"), ("203.0.113.16/28",)),
    Range("strange", ("facebook", "nobody_knows"), ("203.0.113.32/28",)),
    Range("parts", ("wikipedia_editing",), ("203.0.113.48/28",)),
)
FACTS: Final[Known] = replace(KNOWN, ranges=RANGES)


def said(snapshot: Snapshot, when: str = "09:30", **more: Any) -> dict[str, set[str]]:
    """Return roles (with ``+`` for a device of its own) by what holds for them."""
    every = placed(snapshot, {"10.1.0.9": MAC})
    found: Judged = judged(every, snapshot, FACTS, builders.at(when), **more)
    names = {one.number: one.client.role + ("+" if one.addresses else "") for one in every}
    marks = {"watched": found.watched, "answered_only": found.answered_only, "shut": found.shut}
    marks |= dict(found.closed)
    return {what: {names[mark] for mark in numbers} for what, numbers in marks.items()}


ALL = {"pupil", "staff", "visitor"}


@pytest.mark.parametrize(
    ("when", "both"),
    [("09:30", {"pupil", "staff", "visitor"}), ("10:35", {"pupil", "visitor"})],
)
def test_a_range_is_closed_where_all_its_services_are(when: str, both: set[str]) -> None:
    found = said(builders.snapshot(), when)
    assert found["fb"] == ALL  # a rule blocks it for everybody
    assert found["both"] == both
    assert found["strange"] == set()  # fails to open: what is unknown is not blocked by anybody
    assert found["parts"] == set()  # nor is what has no name of its own
    assert found["watched"] == {"pupil", "visitor"}
    assert found["shut"] == found["answered_only"] == set()


def test_in_doubt_about_the_clock_it_is_lesson() -> None:
    assert said(builders.snapshot(), "10:35", clock_trusted=False)["both"] == ALL


def test_one_open_name_keeps_a_range_open() -> None:
    granted = builders.snapshot(grants=(builders.grant("host:fb.com", "role:staff"),))
    assert said(granted)["fb"] == {"pupil", "visitor"}


def test_roles_that_reach_only_what_was_answered() -> None:
    assert said(builders.snapshot(answered_only=("visitor",)))["answered_only"] == {"visitor"}


def test_a_sanction_shuts_one_device_and_a_supervised_session_opens_it() -> None:
    tablet = Device(id="tablet", name="Tablet", macs=(MAC,), person="bob")
    bob = Person(id="bob", name="Bob", role="pupil")
    sanction = builders.sanction("person:bob")
    held: dict[str, Any] = {"devices": (tablet,), "people": (bob,), "sanctions": (sanction,)}
    assert said(builders.snapshot(**held))["shut"] == {"pupil+"}
    session = SupervisedSession(
        subject=builders.subject("person:bob"), start=builders.at("09:00"),
        end=builders.at("09:40"), staff="S. Teacher",
    )  # fmt: skip
    beside = builders.snapshot(**held, supervised=(session,))
    assert said(beside)["shut"] == set()
    every = placed(beside, {"10.1.0.9": MAC})
    assert until(every, beside, builders.at("09:30")) == builders.at("09:40")


def test_a_role_for_which_everything_is_blocked_is_shut_too() -> None:
    rules = (builders.rule("all", "everything", who="role:visitor", when="lesson"),)
    assert said(builders.snapshot(rules=rules))["shut"] == {"visitor"}
    assert said(builders.snapshot(rules=rules), "10:35")["shut"] == set()


@pytest.mark.parametrize(("when", "edge"), [("09:30", "10:30"), ("10:30", "10:50")])
def test_it_holds_until_the_next_bell(when: str, edge: str) -> None:
    snapshot = builders.snapshot()
    assert until(placed(snapshot), snapshot, builders.at(when)) == builders.at(edge)
    assert until((), snapshot, builders.at(when)) is None


def test_all_of_it_in_one_go() -> None:
    snapshot = builders.snapshot()
    found = wanted(snapshot, GATEWAY, FACTS, builders.at())
    assert found.every == placed(snapshot)
    assert found.judged == judged(found.every, snapshot, FACTS, builders.at())
    assert "10.1.0.0/16" in found.school
    assert found == wanted(snapshot, GATEWAY, FACTS, builders.at("09:35"))
    assert found != wanted(snapshot, GATEWAY, FACTS, builders.at("10:35"))
    assert found != wanted(snapshot, GATEWAY, FACTS, builders.at("10:35"), clock_trusted=False) or (
        found.judged == judged(found.every, snapshot, FACTS, builders.at(), clock_trusted=False)
    )


def test_a_service_of_which_one_name_is_open_is_open() -> None:
    services = (
        *builders.SERVICES,
        Service(
            id="pair",
            name="Pair",
            categories=("microblogs",),
            domains=("pair.example",),
            hosts=("a.pair2.example",),
        ),
    )
    rule = builders.rule("one", "host:a.pair2.example", Action.ALLOW, "role:pupil")
    facts = replace(KNOWN, ranges=(Range("pair", ("pair",), ("203.0.113.0/28",)),))
    for rules, closed in (((), True), ((rule,), False)):
        snapshot = builders.snapshot(services=services, rules=(*builders.RULES, *rules))
        every = placed(snapshot)
        marks = dict(judged(every, snapshot, facts, builders.at()).closed)["pair"]
        pupils = next(one.number for one in every if one.client.role == "pupil")
        assert (pupils in marks) is closed


def test_what_was_said_of_a_class_is_believed_and_what_was_not_is_added() -> None:
    snapshot = builders.snapshot()
    every = placed(snapshot)
    known: Said = {}
    found = judged(every, snapshot, FACTS, builders.at("09:30"), said=known)
    assert set(known) == {snapshot.class_of(one.client) for one in every}
    first = snapshot.class_of(every[0].client)
    known[first] = Standing(shut=True, closed=())
    again = judged(every, snapshot, FACTS, builders.at("09:30"), said=known)
    assert again.shut == found.shut | {every[0].number}
    for (id_, before), (same, after) in zip(found.closed, again.closed, strict=True):
        assert (id_, before - {every[0].number}) == (same, after)
