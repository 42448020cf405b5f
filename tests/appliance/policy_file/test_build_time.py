"""A calendar with terms has a year, whether or not it says which."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from appliance.policy.timetable import DateSpan, moment_at
from appliance.policy_file.build_time import calendar, timetables
from appliance.policy_file.load import load

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles: {staff: {name: Staff, rank: 1}}
"""


@pytest.mark.parametrize(
    ("terms", "first", "last"),
    [
        (
            "{first: 2026-09-02, last: 2026-12-18}, {first: 2027-01-04, last: 2027-07-21}",
            2026,
            2027,
        ),
        (
            "{first: 2027-01-04, last: 2027-07-21}, {first: 2026-09-01, last: 2026-12-18}",
            2026,
            2027,
        ),
        ("{first: 2027-01-04, last: 2027-03-25}", 2026, 2027),
        ("{first: 2027-08-31}", 2026, 2027),
        ("{first: 2026-08-20, last: 2026-12-18}", 2025, 2027),
    ],
)
def test_the_year_is_that_of_the_terms(terms: str, first: int, last: int) -> None:
    found = calendar(load(f"{SMALL}calendar: {{terms: [{terms}]}}", "p.yaml"))
    assert found.covers == DateSpan(date(first, 9, 1), date(last, 8, 31))


def test_terms_alone_do_not_make_every_moment_a_lesson() -> None:
    document = load(f"{SMALL}calendar: {{terms: [{{first: 2026-09-02, last: 2026-12-18}}]}}", "p")
    (bells,) = timetables(document)
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    found = moment_at(evening, bells, calendar(document), "staff")
    assert (found.kind, found.known) == ("closed", True)


def test_what_a_calendar_covers_is_as_it_says() -> None:
    text = "calendar: {covers: {first: 2026-10-01}, terms: [{first: 2026-10-01}]}"
    found = calendar(load(SMALL + text, "p.yaml"))
    assert found.covers == DateSpan(date(2026, 10, 1), date(2026, 10, 1))


def test_a_calendar_that_says_nothing_covers_nothing() -> None:
    assert calendar(load(SMALL + "calendar: {zone: Europe/Dublin}", "p.yaml")).covers is None
