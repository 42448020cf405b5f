"""What goes into the store comes back in its one form; what cannot be is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.lists.parse import parse
from appliance.policy.model import (
    Grant,
    Ownership,
    PeriodKind,
    ReportedBlock,
    Sanction,
    Subject,
    SubjectKind,
    SupervisedSession,
    Target,
    TargetKind,
)
from appliance.policy.subjects import Device, Group, Network, Person
from appliance.policy.timetable import Calendar, DateSpan, OneOffDay, Period
from appliance.store import (
    calendar,
    devices,
    grants,
    lists,
    networks,
    people,
    permissions,
    policies,
    reports,
    sanctions,
    settings,
    supervision,
)
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SAM = Subject(SubjectKind.PERSON, "sam")
HOST = Target(TargetKind.HOST, "a.example")
GRANT = Grant(id="", subject=SAM, target=HOST, start=AT, end=LATER)
NETWORK = Network(id="hall", name="Hall", prefixes=("10.9.0.0/16",), role="pupil")
DEVICE = Device(id="d1", name="Laptop", macs=("00:11:22:33:44:55",))
MAKER: dict[str, Any] = {"author": "head", "reason": "trip", "at": AT}


@pytest.fixture
def school(store: Store) -> Store:
    """Give a store with a policy, a group and a person."""
    with store.session() as s:
        text = policy_file.template_text(policy_file.TEMPLATES[0])
        policies.set_policy(s, text, "template", "tests", "", AT)
        people.add_group(s, Group(id="7a", name="7A"))
        people.add_person(s, Person(id="sam", name="Sam", role="pupil", groups=("7a",)))
    return store


def test_a_device_is_kept_in_one_form(school: Store) -> None:
    with school.session() as s:
        macs = ("00-11-22-AA-BB-CC", "0011.22aa.bbcc")
        made = devices.add(s, replace(DEVICE, macs=macs, addresses=("2001:DB8:0::1",)))
    assert (made.macs, made.addresses) == (("00:11:22:aa:bb:cc",), ("2001:db8::1",))
    with school.reading() as s:
        assert devices.list_(s) == (made,)
        assert devices.get(s, "d1") == made


def test_the_same_id_again_replaces(school: Store) -> None:
    with school.session() as s:
        devices.add(s, DEVICE)
        networks.add(s, NETWORK)
        changed = devices.add(s, replace(DEVICE, name="New", ownership=Ownership.SCHOOL))
        wider = networks.add(s, replace(NETWORK, prefixes=("10.9.0.0/16", "fd00::/64")))
        assert (devices.list_(s), networks.list_(s)) == ((changed,), (wider,))


def test_removing_leaves_no_trace_in_others(school: Store) -> None:
    with school.session() as s:
        devices.add(s, replace(DEVICE, person="sam", groups=("7a",)))
        networks.add(s, replace(NETWORK, groups=("7a",)))
        assert people.remove_group(s, "7a")
        assert people.remove_person(s, "sam")
        assert not people.remove_person(s, "sam")
        (device,) = devices.list_(s)
        assert (device.person, device.groups, networks.list_(s)[0].groups) == (None, (), ())
        assert devices.remove(s, "d1")
        assert not devices.remove(s, "d1")
        devices.add(s, DEVICE)  # its MAC is free again
        assert networks.remove(s, "hall")
        assert not networks.remove(s, "hall")
        assert not people.remove_group(s, "7a")


REFUSED: dict[str, Callable[[Session], object]] = {
    "id": lambda s: devices.add(s, replace(DEVICE, id="a b")),
    "name": lambda s: devices.add(s, replace(DEVICE, name=" ")),
    "macs: '00:11' is not": lambda s: devices.add(s, replace(DEVICE, macs=("00:11",))),
    "macs: '01:": lambda s: devices.add(s, replace(DEVICE, macs=("01:00:5e:00:00:01",))),
    "macs: a device has": lambda s: devices.add(s, replace(DEVICE, macs=())),
    "macs: 00:11:22:33:44:55 belongs": lambda s: (
        devices.add(s, DEVICE), devices.add(s, replace(DEVICE, id="d2"))
    ),
    "addresses": lambda s: devices.add(s, replace(DEVICE, addresses=("10.0.0",))),
    "person": lambda s: devices.add(s, replace(DEVICE, person="nobody")),
    "role": lambda s: devices.add(s, replace(DEVICE, role="king")),
    "groups": lambda s: devices.add(s, replace(DEVICE, groups=("9z",))),
    "prefixes: '10.0.0.1/8'": lambda s: networks.add(s, replace(NETWORK, prefixes=("10.0.0.1/8",))),
    "prefixes: a network": lambda s: networks.add(s, replace(NETWORK, prefixes=())),
    "prefixes: 10.9.0.0/16 belongs": lambda s: (
        networks.add(s, NETWORK), networks.add(s, replace(NETWORK, id="other"))
    ),
    "role: the policy": lambda s: networks.add(s, replace(NETWORK, role="king")),
    "subject: there is no person": lambda s: grants.add(
        s, replace(GRANT, subject=Subject(SubjectKind.PERSON, "nobody")), **MAKER
    ),
    "target": lambda s: grants.add(
        s, replace(GRANT, target=Target(TargetKind.SERVICE, "nothing")), **MAKER
    ),
    "target: ": lambda s: grants.add(s, replace(GRANT, target=Target(TargetKind.URL, "")), **MAKER),
    "target: the host": lambda s: grants.add(
        s, replace(GRANT, target=Target(TargetKind.HOST, ".")), **MAKER
    ),
    "target: 'com' would": lambda s: grants.add(
        s, replace(GRANT, target=Target(TargetKind.HOST, "com")), **MAKER
    ),
    "target: no grant opens": lambda s: grants.add(
        s, replace(GRANT, target=Target(TargetKind.CATEGORY, "illegal")), **MAKER
    ),
    "end": lambda s: grants.add(s, replace(GRANT, end=AT), **MAKER),
    "start": lambda s: grants.add(s, replace(GRANT, start=AT.replace(tzinfo=None)), **MAKER),
    "methods": lambda s: grants.add(s, replace(GRANT, methods=("FETCH",)), **MAKER),
    "author": lambda s: grants.add(s, GRANT, author="", reason="", at=AT),
    "id: there is a grant": lambda s: [
        grants.add(s, replace(GRANT, id="G7"), **MAKER) for _ in range(2)
    ],
    "subject: a person or": lambda s: sanctions.add(
        s, Sanction(id="", subject=Subject(SubjectKind.ROLE, "pupil"), start=AT, end=None), **MAKER
    ),
    "staff": lambda s: supervision.supervise(
        s, SupervisedSession(subject=SAM, start=AT, end=LATER)
    ),
    "target: a report": lambda s: reports.block(
        s, ReportedBlock(id="", target=Target(TargetKind.EVERYTHING), start=AT), author="dsl"
    ),
    "periods": lambda s: calendar.add_day(
        s, OneOffDay(date(2026, 12, 1), "x", (Period("x", PeriodKind.LESSON, 900, 800),))
    ),
    "covers": lambda s: calendar.import_dates(
        s, Calendar(terms=(DateSpan(date(2026, 9, 1), date(2026, 12, 1)),))
    ),
    "term": lambda s: calendar.import_dates(
        s, Calendar(terms=(DateSpan(date(2026, 12, 1), date(2026, 9, 1)),))
    ),
    "source: no name": lambda s: lists.add(s, "L", "adult", parse(["bad line"]), source="x", at=AT),
    "category": lambda s: lists.add(s, "L", "", parse(["a.example"]), source="x", at=AT),
    "steer_ipv4": lambda s: settings.put(s, "steer_ipv4", ["here"]),
    "local_domains": lambda s: settings.put(s, "local_domains", ["a b"]),
    "clock_offset": lambda s: settings.put(s, "clock_offset", "tomorrow"),
    "demo": lambda s: settings.put(s, "demo", "yes"),
    "school": lambda s: settings.put(s, "school", {"motto": "x"}),
    "the time": lambda s: policies.set_policy(
        s, policy_file.template_text(policy_file.TEMPLATES[0]), "x", "x", "", datetime(2026, 1, 1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_is_refused_by_its_field(school: Store, said: str) -> None:
    with pytest.raises(ValueError) as caught, school.session() as s:
        REFUSED[said](s)
    assert str(caught.value).startswith(said if said != "the time" else "start")


def test_grants_are_numbered_listed_and_revoked(school: Store) -> None:
    with school.session() as s:
        first = grants.add(s, GRANT, **MAKER)
        url = Target(TargetKind.URL, "https://A.example/Page/")
        second = grants.add(
            s, replace(GRANT, target=url, start=LATER, end=LATER + (LATER - AT)), **MAKER
        )
        assert (first.id, second.id) == ("G1", "G2")
        assert second.target.id.startswith("a.example/Page")
        now = AT + timedelta(minutes=10)
        assert grants.revoke(s, "G1", by="head", at=now)
        assert grants.revoke(s, "G2", by="head", at=now)
        assert not grants.revoke(s, "G1", by="head", at=LATER)
        assert not grants.revoke(s, "G9", by="head", at=now)
        kept = grants.list_(s)
    assert [(k.grant.id, k.grant.end, k.author, k.reason, k.revoked_by) for k in kept] == [
        ("G1", now, "head", "trip", "head"), ("G2", LATER, "head", "trip", "head"),
    ]  # fmt: skip
    with school.reading() as s:
        assert [k.grant.id for k in grants.list_(s, ended_after=now)] == ["G2"]


def test_sanctions_and_reports_are_lifted(school: Store) -> None:
    with school.session() as s:
        ban = sanctions.add(s, Sanction(id="", subject=SAM, start=AT, end=None), **MAKER)
        page = reports.block(s, ReportedBlock(id="", target=HOST, start=AT), author="dsl")
        assert (ban.id, page.id) == ("S1", "B1")
        assert sanctions.lift(s, "S1", at=LATER, by="dsl")
        assert not sanctions.lift(s, "S1", at=LATER, by="dsl")
        assert reports.lift(s, "B1", by="dsl", at=LATER)
        assert not reports.lift(s, "B1", by="dsl", at=LATER)
        assert [x.end for x in sanctions.list_(s)] == [LATER]
        assert sanctions.list_(s, ended_after=LATER) == ()
        assert (reports.list_(s), reports.list_(s, lifted=True)) == ((), (page,))


def test_a_permission_needs_two_people(school: Store) -> None:
    with school.session() as s:
        made = permissions.permit(s, "staff_wifi", SAM, by="head", start=AT)
        assert (made.permission.permitted, made.permission.controls_applied) == (True, False)
        assert permissions.apply_controls(s, made.id, by="technician")
        assert not permissions.apply_controls(s, 99, by="technician")
        (kept,) = permissions.list_(s)
        assert (kept.permitted_by, kept.controls_by) == ("head", "technician")
        assert permissions.withdraw(s, made.id, at=LATER)
        assert not permissions.withdraw(s, made.id, at=LATER)
        assert permissions.list_(s, ended_after=LATER) == ()


def test_one_off_days_replace_and_go(school: Store) -> None:
    day = OneOffDay(date(2026, 12, 1), "Wet play", (Period("All", PeriodKind.LESSON, 500, 900),))
    with school.session() as s:
        calendar.add_day(s, day)
        calendar.add_day(s, replace(day, name="Snow"))
        calendar.add_day(s, replace(day, timetables=("year7",)))
        assert [d.name for d in calendar.days(s)] == ["Snow", "Wet play"]
        assert calendar.remove_day(s, day.day)
        assert not calendar.remove_day(s, day.day)


def test_the_policy_has_a_history(school: Store) -> None:
    text = policy_file.template_text(policy_file.TEMPLATES[1])
    with school.session() as s:
        policies.set_policy(s, text, "second", "head", "new year", AT)
        current = policies.current_policy(s)
        assert current is not None
        assert (current.text, current.source, current.author) == (text, "second", "head")
        assert [version.source for version in policies.history(s)] == ["second", "template"]


def test_lists_come_back_sorted_by_key(school: Store) -> None:
    with school.session() as s:
        kept = lists.add(
            s, "L", "adult", parse(["b.example", "a.example", "x y"]), source="f", at=AT
        )
        assert (kept.entries, kept.refused, kept.enabled) == (2, 1, True)
        again = lists.add(s, "L", "vpn", parse(["a.example", "b.example"]), source="f", at=LATER)
        assert (again.sha256, again.category) == (kept.sha256, "vpn")
        more = lists.add(s, "L", "vpn", parse(["a.example"]), source="f", at=LATER)
        assert more.sha256 != kept.sha256
    with school.reading() as s:
        assert list(lists.names_of(s, "L")) == ["a.example"]
        assert list(lists.keys_of(s, "none")) == []
    with school.session() as s:
        assert lists.enable(s, "L", enabled=False)
        assert not lists.enable(s, "M", enabled=False)
        assert lists.remove(s, "L")
        assert not lists.remove(s, "L")
        assert lists.list_(s) == ()
