"""The bells and the year of a school that says nothing of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import holidays
import pytest

from appliance.policy.snapshot import Contents
from appliance.policy.timetable import day_periods
from appliance.policy_file import build, catalogue, template


def usual_contents() -> Contents:
    """The contents of a template that has no timetable of its own: all five."""
    document = template("duffield-meadows")
    return build.contents(document, version=1, built_at=datetime(2026, 11, 1, tzinfo=UTC))


def test_bank_holidays_are_those_of_england() -> None:
    known = holidays.country_holidays("GB", subdiv="ENG", years=(2026, 2027))
    year = {day for day in known if date(2026, 8, 31) <= day <= date(2027, 8, 31)}
    assert {span.first for span in catalogue.default_time().calendar.bank_holidays} == {
        day for day in year if day.weekday() < 5
    }


@pytest.mark.parametrize(
    ("day", "pupil", "staff"),
    [
        (date(2026, 9, 1), "", "lesson"),  # INSET
        (date(2026, 9, 2), "usual", "usual"),
        (date(2026, 10, 23), "usual", "usual"),
        (date(2026, 10, 26), "", ""),
        (date(2026, 10, 30), "", ""),
        (date(2026, 12, 18), "usual", "usual"),
        (date(2026, 12, 21), "", ""),
        (date(2027, 1, 4), "", "lesson"),
        (date(2027, 1, 5), "usual", "usual"),
        (date(2027, 2, 15), "", ""),
        (date(2027, 3, 25), "usual", "usual"),
        (date(2027, 3, 26), "", ""),
        (date(2027, 4, 12), "", "lesson"),
        (date(2027, 5, 3), "", ""),
        (date(2027, 6, 4), "", ""),
        (date(2027, 7, 21), "usual", "usual"),
        (date(2027, 7, 22), "", ""),
        (date(2026, 11, 21), "", ""),  # Saturday
    ],
)
def test_the_school_year(day: date, pupil: str, staff: str) -> None:
    contents = usual_contents()
    (timetable,) = contents.timetables
    usual = "before_school lesson break lesson lunch lesson after_school"
    for role, kinds in (("pupil", pupil), ("staff", staff)):
        found = [p.kind.value for p in day_periods(day, timetable, contents.calendar, role)]
        wanted = {"usual": usual, "lesson": " ".join(["lesson"] * 7), "": ""}[kinds]
        assert " ".join(found) == wanted


def test_the_bells() -> None:
    (timetable,) = usual_contents().timetables
    edges = [(p.start, p.end) for p in timetable.periods]
    wanted = [450, 530, 630, 650, 730, 790, 920, 1080]
    assert edges == list(pairwise(wanted))
