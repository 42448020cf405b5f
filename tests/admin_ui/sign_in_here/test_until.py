"""A sign-in ends with the last bell of the day, at midnight where there is none any more."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from admin_ui.sign_in_here.until import end_of_day
from appliance.policy.timetable import Period, PeriodKind, Timetable
from tests import builders

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        ("2026-11-23T09:30", "2026-11-23T15:00"),
        ("2026-11-23T00:00", "2026-11-23T15:00"),
        ("2026-11-23T15:00", "2026-11-24T00:00"),
        ("2026-11-23T23:59", "2026-11-24T00:00"),
        ("2026-11-22T09:30", "2026-11-23T00:00"),  # Sunday
        ("2026-10-27T09:30", "2026-10-28T00:00"),  # half-term
        ("2026-10-25T00:30", "2026-10-26T00:00"),  # the night the clocks go back
        ("2027-07-01T09:30", "2027-07-01T15:00"),  # summer time
        ("2030-01-07T09:30", "2030-01-08T00:00"),  # a year that nobody entered
    ],
)
def test_the_end_of_the_school_day(at: str, wanted: str) -> None:
    asked = datetime.fromisoformat(at).replace(tzinfo=LONDON)
    found = end_of_day(builders.snapshot(), builders.client(), asked)
    assert found == datetime.fromisoformat(wanted).replace(tzinfo=LONDON)
    assert found > asked


def test_a_day_that_runs_overnight_ends_at_midnight() -> None:
    night = Timetable("default", (Period("Boarding", PeriodKind.LESSON, 540, 1700),))
    asked = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)
    found = end_of_day(builders.snapshot(timetables=(night,)), builders.client(), asked)
    assert found == datetime.combine(asked.date().replace(day=24), time(), tzinfo=LONDON)
