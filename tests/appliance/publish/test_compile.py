"""What of the store reaches the snapshot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from appliance.policy.engine import decide
from appliance.policy.model import (
    Action,
    Grant,
    PeriodKind,
    ReportedBlock,
    Sanction,
    Subject,
    SubjectKind,
    SupervisedSession,
    Target,
    TargetKind,
)
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Device, Group, Network, Person
from appliance.policy.timetable import Calendar, DateSpan, OneOffDay, Period
from appliance.publish.compile import Misfit, compile_contents, misfits
from appliance.publish.hold import Holder
from appliance.publish.publisher import Publisher
from appliance.store import (
    calendar,
    devices,
    grants,
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
NO_STAFF = """
policy: {id: ours, name: Ours, short: O, school: Ours}
roles:
  guest: {name: Guest, rank: 9}
  teacher: {name: Teacher, rank: 1}
  pupil: {name: Pupil, rank: 5}
rules:
  - {id: no-fb, clause: "1", action: block, who: role:guest, what: service:facebook, text: No.}
"""
PUPIL = Subject(SubjectKind.ROLE, "pupil")
TERMS = Calendar(
    covers=DateSpan(date(2026, 9, 1), date(2027, 8, 31)),
    terms=(DateSpan(date(2026, 9, 7), date(2026, 12, 11), "Autumn"),),
    inset=(date(2026, 9, 4),),
)


def grant(n: int = 1, **more: object) -> Grant:
    """Return a grant for all pupils on one host."""
    values: dict[str, object] = {"start": AT, "end": AT + timedelta(hours=1), **more}
    target = Target(TargetKind.HOST, f"g{n}.example")
    return Grant(id=f"G{n}", subject=PUPIL, target=target, **values)  # type: ignore[arg-type]


def test_everything_in_the_store_reaches_the_snapshot(store: Store, place: Path) -> None:
    network = Network(id="hall", name="Hall", prefixes=("10.9.0.0/16",), role="pupil")
    sam = Person(id="sam", name="Sam", role="pupil", groups=("7a",))
    laptop = Device(id="d1", name="Laptop", macs=("00:11:22:33:44:55",), person="sam")
    who = Subject(SubjectKind.PERSON, "sam")
    day = OneOffDay(date(2026, 12, 1), "Wet play", (Period("All", PeriodKind.LESSON, 500, 900),))
    ban = Sanction(id="", subject=who, start=AT, end=None)
    beside = SupervisedSession(subject=who, start=AT, end=AT + timedelta(hours=1), staff="Mx Lee")
    page = ReportedBlock(id="", target=Target(TargetKind.HOST, "bad.example"), start=AT)
    with store.session() as s:
        networks.add(s, network)
        people.add_group(s, Group(id="7a", name="7A"))
        people.add_person(s, sam)
        devices.add(s, laptop)
        made = grants.add(s, grant(), author="head", reason="trip", at=AT)
        ban = sanctions.add(s, ban, author="head", reason="", at=AT)
        supervision.supervise(s, beside)
        permit = permissions.permit(s, "staff_wifi", who, by="head", start=AT)
        permissions.apply_controls(s, permit.id, by="technician")
        page = reports.block(s, page, author="dsl")
        calendar.add_day(s, day)
        calendar.import_dates(s, TERMS)
        settings.put(s, "school", {"name": "Ours", "portal": ""})
        settings.put(s, "steer_ipv4", ["192.0.2.7"])
        settings.put(s, "clock_offset", 60)
    assert Publisher(store, place).publish(AT) == 1
    found = Holder(place).snapshot.contents
    assert found.version == 1
    assert (network in found.networks, sam in found.people, laptop in found.devices) == (True,) * 3
    assert (made in found.grants, ban in found.sanctions, page in found.reported) == (True,) * 3
    assert beside in found.supervised
    held = [(p.name, p.permitted, p.controls_applied) for p in found.permissions]
    assert held[:1] == [("staff_wifi", True, True)]
    assert found.calendar.one_off[0] == day
    assert (found.calendar.terms, found.calendar.inset) == (TERMS.terms, TERMS.inset)
    assert (found.school.name, found.steer_ipv4, found.clock_offset) == ("Ours", ("192.0.2.7",), 60)
    assert found.rules


def test_grants_that_ended_long_ago_are_left_out(store: Store, place: Path) -> None:
    with store.session() as s:
        for n, days in ((1, 34), (2, 36)):
            old = grant(n, start=AT - timedelta(days=days + 1), end=AT - timedelta(days=days))
            grants.add(s, old, author="head", reason="", at=AT)
    Publisher(store, place).publish(AT)
    assert [g.id for g in Holder(place).snapshot.contents.grants] == ["G1"]


def other_roles(store: Store) -> None:
    """Put a network, a person and devices there, and then a policy that knows no staff."""
    with store.session() as s:
        networks.add(s, Network(id="sci", name="Sci", prefixes=("10.7.0.0/24",), role="staff",
                                trusts_ca=True))  # fmt: skip
        networks.add(s, Network(id="hall", name="Hall", prefixes=("10.9.0.0/24",), role="pupil"))
        people.add_person(s, Person(id="ada", name="Ada", role="staff"))
        devices.add(s, Device(id="d1", name="Till", addresses=("10.9.0.1",), role="staff"))
        devices.add(s, Device(id="d2", name="Pad", addresses=("10.9.0.2",)))
        policies.set_policy(s, NO_STAFF, "ours.yaml", "tests", "", AT)


def test_a_role_that_the_policy_does_not_know_counts_as_the_strictest(store: Store) -> None:
    """It would match no rule, and everything would be open to it."""
    other_roles(store)
    with store.reading() as s:
        found = compile_contents(s, 1, AT)
    assert {n.id: n.role for n in found.networks} == {"sci": "guest", "hall": "pupil"}
    assert {p.id: p.role for p in found.people} == {"ada": "guest"}
    assert {d.id: d.role for d in found.devices} == {"d1": "guest", "d2": None}
    held = Snapshot(found)
    for address in ("10.7.0.5", "10.9.0.1"):
        asked = Query(held.register.resolve(address), "www.facebook.com", AT)
        assert decide(asked, held).action is Action.BLOCK


def test_what_has_such_a_role_is_named(store: Store) -> None:
    with store.reading() as s:
        assert misfits(s) == ()
    other_roles(store)
    with store.reading() as s:
        assert misfits(s) == (
            Misfit("network", "Sci", "staff", "guest"),
            Misfit("person", "Ada", "staff", "guest"),
            Misfit("device", "Till", "staff", "guest"),
        )
