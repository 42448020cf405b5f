"""When something is to be answered: 24 hours, or the next working day after a weekend."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from appliance.policy.timetable import Calendar, DateSpan
from appliance.policy_file import template
from appliance.policy_file.due import due
from appliance.policy_file.schema_workflow import RequestsEntry
from tests.builders import contents

LONDON = ZoneInfo("Europe/London")
MADE = contents()
TIMETABLE = next(t for t in MADE.timetables if t.id == "default")
YEAR = Calendar(
    covers=DateSpan(date(2026, 9, 1), date(2027, 8, 31)),
    terms=(
        DateSpan(date(2026, 9, 1), date(2026, 12, 18)),
        DateSpan(date(2027, 1, 4), date(2027, 7, 20)),
    ),
    inset=(date(2027, 1, 4),),
)  # fmt: skip
CLARENDON = template("clarendon-cottage").requests


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        ("2026-11-23T10:35", "2026-11-24T10:35"),
        ("2026-11-27T15:00", "2026-11-28T15:00"),  # Friday: 24 hours, as the policy says
        ("2026-11-28T09:00", "2026-11-30T23:59"),  # Saturday: on Monday
        ("2026-11-29T23:30", "2026-11-30T23:59"),
        ("2026-12-19T12:00", "2027-01-04T23:59"),  # holidays: the INSET day is worked
        ("2029-03-03T12:00", "2029-03-05T23:59"),  # beyond the calendar: by the weekday
    ],
)
def test_when_it_is_due(made: str, wanted: str) -> None:
    assert due(CLARENDON, YEAR, TIMETABLE, at(made)) == at(wanted)


def test_an_instant_counts_in_the_schools_zone() -> None:
    sunday_night = datetime(2027, 6, 13, 23, 30, tzinfo=UTC)  # Monday 00:30 in London
    assert due(CLARENDON, YEAR, TIMETABLE, sunday_night) == datetime(
        2027, 6, 14, 23, 30, tzinfo=UTC
    )


def test_a_policy_that_says_nothing_gives_no_time() -> None:
    assert due(RequestsEntry(), YEAR, TIMETABLE, at("2026-11-23T10:35")) is None
    only_weekend = CLARENDON.model_copy(update={"due_hours": None})
    assert due(only_weekend, YEAR, TIMETABLE, at("2026-11-23T10:35")) is None
    assert due(only_weekend, YEAR, TIMETABLE, at("2026-11-28T10:35")) == at("2026-11-30T23:59")
