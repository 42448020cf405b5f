"""Whose bells are meant for a subject, and when their running period ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from appliance.policy import spans
from appliance.policy.model import Ownership, PeriodKind, Subject, SubjectKind
from appliance.policy.snapshot import Contents, PolicyInfo, Snapshot
from appliance.policy.subjects import Device, Group, Network, Person, Role
from appliance.policy.timetable import Calendar, DateSpan, Period, Timetable

YEAR = DateSpan(date(2026, 9, 1), date(2027, 8, 31))


def lesson(start: int, end: int) -> Period:
    return Period("Lesson", PeriodKind.LESSON, start, end)


def school() -> Snapshot:
    return Snapshot(
        Contents(
            version=1, built_at=datetime(2026, 11, 1, tzinfo=UTC),
            policy=PolicyInfo(id="p", name="P", short="P", school="S"),
            roles=(Role(id="staff", name="Staff", rank=1), Role(id="pupil", name="Pupil", rank=5)),
            groups=(Group(id="3B", name="3B", timetable="short"), Group(id="4A", name="4A")),
            people=(Person(id="ann", name="Ann", role="staff", groups=("3B",)),),
            devices=(
                Device(id="hers", name="Hers", person="ann", ownership=Ownership.SCHOOL),
                Device(id="pc", name="PC", role="pupil", groups=("4A",), trusts_ca=True),
            ),
            networks=(Network(id="wifi", name="Wi-Fi", prefixes=("10.0.0.0/8",), role="staff"),),
            timetables=(
                Timetable("default", (lesson(540, 660),)),
                Timetable("short", (lesson(540, 600),)),
            ),
            calendar=Calendar(zone="Europe/London", covers=YEAR, terms=(YEAR,)),
        )
    )  # fmt: skip


MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "id_", "role", "until"),
    [
        (SubjectKind.ROLE, "staff", "staff", 11),
        (SubjectKind.GROUP, "3B", "pupil", 10),
        (SubjectKind.GROUP, "4A", "pupil", 11),
        (SubjectKind.PERSON, "ann", "staff", 10),
        (SubjectKind.PERSON, "gone", "pupil", 11),
        (SubjectKind.DEVICE, "hers", "staff", 10),
        (SubjectKind.DEVICE, "pc", "pupil", 11),
        (SubjectKind.DEVICE, "gone", "pupil", 11),
        (SubjectKind.NETWORK, "wifi", "staff", 11),
        (SubjectKind.NETWORK, "gone", "pupil", 11),
        (SubjectKind.EVERYONE, "*", "pupil", 11),
    ],
)
def test_each_subject_has_bells(kind: SubjectKind, id_: str, role: str, until: int) -> None:
    snapshot, who = school(), Subject(kind, id_)
    assert spans.somebody(who, snapshot.contents).role == role
    assert spans.end_of_running(who, MONDAY, snapshot) == MONDAY.replace(hour=until, minute=0)


def test_no_period_runs_while_school_is_closed() -> None:
    sunday = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert spans.end_of_running(Subject(SubjectKind.ROLE, "pupil"), sunday, school()) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), datetime(2026, 11, 24, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 26, tzinfo=UTC)),  # the clocks went back
    ],
)
def test_a_day_ends_at_the_schools_midnight(day: date, expected: datetime) -> None:
    assert spans.end_of_day(day, "Europe/London") == expected


@pytest.mark.parametrize(
    ("subject", "at", "ends"),
    [
        ("person:ann", "2026-11-23T09:30", "2026-11-23T10:00"),  # her group's own bell
        ("device:pc", "2026-11-23T09:30", "2026-11-23T11:00"),
        ("person:gone", "2026-11-23T09:30", "2026-11-23T11:00"),
        ("device:pc", "2026-11-23T08:40", "2026-11-23T09:00"),  # closed: never past the next bell
        ("device:pc", "2026-11-23T11:00", "2026-11-23T12:00"),  # closed: an hour
        ("device:pc", "2027-09-06T09:30", "2027-09-06T10:30"),  # after the calendar's last day
    ],
)
def test_a_supervised_session_ends_with_the_lesson(subject: str, at: str, ends: str) -> None:
    kind, _, id_ = subject.partition(":")
    when = datetime.fromisoformat(at).replace(tzinfo=UTC)
    # 09:30 UTC is half past ten in a British September.
    found = spans.end_of_supervision(Subject(SubjectKind(kind), id_), when, school())
    assert found == datetime.fromisoformat(ends).replace(tzinfo=UTC)


def test_without_a_calendar_a_supervised_session_is_an_hour() -> None:
    plain = Snapshot(replace(school().contents, calendar=Calendar(zone="Europe/London")))
    found = spans.end_of_supervision(Subject(SubjectKind.DEVICE, "pc"), MONDAY, plain)
    assert found == MONDAY + timedelta(hours=1)
