from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.model import PeriodKind
from appliance.policy.timetable import (
    Calendar,
    DateSpan,
    OneOffDay,
    Period,
    Timetable,
    day_periods,
    moment_at,
)
from tests.builders import DAY, LONDON, MONDAY, YEAR, at

TUESDAY, SATURDAY = date(2026, 11, 24), date(2026, 11, 28)
HALF_TERM, BETWEEN_TERMS, INSET = date(2026, 10, 27), date(2026, 12, 22), date(2027, 1, 4)


@pytest.mark.parametrize(
    ("clock", "name", "until"),
    [
        ("08:59", "closed", "09:00"),
        ("09:00", "Lesson 1", "10:30"),
        ("10:29", "Lesson 1", "10:30"),
        ("10:30", "Break", "10:50"),
        ("10:49", "Break", "10:50"),
        ("10:50", "Lesson 2", "12:00"),
        ("12:59", "Lunch", "13:00"),
    ],
)
def test_spans_are_half_open_and_say_when_they_end(clock: str, name: str, until: str) -> None:
    moment = moment_at(at(clock), DAY, YEAR, "pupil")
    assert (moment.name, moment.until) == (name, at(until).astimezone(UTC))


@pytest.mark.parametrize("day", [SATURDAY, HALF_TERM, BETWEEN_TERMS])
def test_days_off_are_closed(day: date) -> None:
    assert moment_at(at("09:30", day), DAY, YEAR, "pupil").kind is PeriodKind.CLOSED


def test_closed_lasts_until_the_next_bell_even_over_a_weekend() -> None:
    friday = date(2026, 11, 27)
    assert moment_at(at("16:00", friday), DAY, YEAR, "pupil").until == at(
        "09:00", date(2026, 11, 30)
    ).astimezone(UTC)


@pytest.mark.parametrize(
    ("role", "clock", "kind"),
    [
        ("pupil", "09:30", PeriodKind.CLOSED),
        ("staff", "09:30", PeriodKind.LESSON),
        ("staff", "10:35", PeriodKind.LESSON),
        ("staff", "16:00", PeriodKind.CLOSED),
    ],
)
def test_inset_is_closed_for_pupils_and_lesson_for_staff(
    role: str, clock: str, kind: PeriodKind
) -> None:
    assert moment_at(at(clock, INSET), DAY, YEAR, role).kind is kind


@pytest.mark.parametrize(
    ("calendar", "day"),
    [(Calendar(), MONDAY), (YEAR, date(2026, 8, 31)), (YEAR, date(2027, 9, 1))],
)
@pytest.mark.parametrize("clock", ["03:00", "10:35", "22:00"])
def test_an_unknown_date_is_lesson_at_every_hour(calendar: Calendar, day: date, clock: str) -> None:
    moment = moment_at(at(clock, day), DAY, calendar, "pupil")
    assert moment.kind is PeriodKind.LESSON
    assert not moment.known


@pytest.mark.parametrize("day", [date(2026, 10, 23), date(2026, 11, 2)])
def test_wall_clock_holds_on_both_sides_of_the_autumn_change(day: date) -> None:
    """The clocks go back on 25 October 2026: 10:30 stays 10:30."""
    assert moment_at(at("10:30", day), DAY, YEAR, "pupil").name == "Break"
    assert moment_at(at("10:29", day), DAY, YEAR, "pupil").name == "Lesson 1"


NIGHT = Timetable("default", (Period("Boarding", PeriodKind.AFTER_SCHOOL, 1320, 1860, (5, 6)),))
ALL_YEAR = replace(YEAR, terms=(DateSpan(date(2026, 9, 1), date(2027, 8, 31)),), holidays=())


@pytest.mark.parametrize(
    ("instant", "inside"),
    [
        (datetime(2027, 3, 27, 21, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 27, 22, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), True),  # BST from 01:00 UTC: 06:59 on the wall
        (datetime(2027, 3, 28, 6, 0, tzinfo=UTC), False),
    ],
)
def test_an_overnight_span_loses_an_hour_in_spring(instant: datetime, inside: bool) -> None:
    assert (moment_at(instant, NIGHT, ALL_YEAR, "pupil").name == "Boarding") is inside


@pytest.mark.parametrize(
    ("instant", "inside"),
    [
        (datetime(2026, 10, 24, 21, 0, tzinfo=UTC), True),  # 22:00 BST
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), True),  # 06:59 GMT, ten hours later
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), False),
    ],
)
def test_an_overnight_span_gains_an_hour_in_autumn(instant: datetime, inside: bool) -> None:
    assert (moment_at(instant, NIGHT, ALL_YEAR, "pupil").name == "Boarding") is inside


def test_one_off_days_replace_the_bells_of_the_timetables_they_name() -> None:
    early = OneOffDay(TUESDAY, "Early close", (Period("Morning", PeriodKind.LESSON, 540, 720),))
    only_year_6 = replace(early, timetables=("year-6",))
    everyone = replace(YEAR, one_off=(early,))
    assert moment_at(at("13:30", TUESDAY), DAY, everyone, "pupil").kind is PeriodKind.CLOSED
    some = replace(YEAR, one_off=(only_year_6,))
    assert moment_at(at("13:30", TUESDAY), DAY, some, "pupil").name == "Lesson 3"
    year_6 = replace(DAY, id="year-6")
    assert moment_at(at("13:30", TUESDAY), year_6, some, "pupil").kind is PeriodKind.CLOSED


def test_a_one_off_day_can_open_a_day_that_is_otherwise_closed() -> None:
    fair = OneOffDay(SATURDAY, "Summer fair", (Period("Fair", PeriodKind.BREAK, 600, 720),))
    calendar = replace(YEAR, one_off=(fair,))
    assert moment_at(at("10:30", SATURDAY), DAY, calendar, "staff").name == "Fair"


def test_where_spans_overlap_the_later_start_holds() -> None:
    bells = Timetable("default", (*DAY.periods, Period("Fire drill", PeriodKind.BREAK, 560, 570)))
    assert moment_at(at("09:20"), bells, YEAR, "pupil").until == at("09:30").astimezone(UTC)
    assert moment_at(at("09:00"), bells, YEAR, "pupil").until == at("09:20").astimezone(UTC)
    assert moment_at(at("09:40"), bells, YEAR, "pupil").name == "Lesson 1"


def test_a_day_outside_the_calendar_has_no_periods() -> None:
    assert day_periods(date(2030, 1, 1), DAY, YEAR, "pupil") == ()


@given(
    st.datetimes(datetime(2026, 8, 25), datetime(2027, 9, 10)).map(
        lambda wall: wall.replace(tzinfo=LONDON).astimezone(UTC)
    ),
    st.sampled_from(["pupil", "staff"]),
    st.floats(0, 1),
)
def test_a_moment_holds_until_it_says_so(instant: datetime, role: str, share: float) -> None:
    moment = moment_at(instant, DAY, YEAR, role)
    assert moment.until is not None
    assert instant < moment.until
    within = instant + (moment.until - instant - timedelta(microseconds=1)) * share
    later = moment_at(within, DAY, YEAR, role)
    assert (later.name, later.kind, later.known) == (moment.name, moment.kind, moment.known)
