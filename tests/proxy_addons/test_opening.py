"""When it opens again, as a child reads it off the classroom clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from proxy_addons import opening
from tests import builders

FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("when", "day", "expected"),
    [
        ("09:30", builders.MONDAY, "Break starts at 10:30."),
        ("10:55", builders.MONDAY, "Lunch starts at 12:00."),
        ("14:00", builders.MONDAY, "It opens again at 15:00."),  # school is over then
    ],
)
def test_today(when: str, day: date, expected: str) -> None:
    query = builders.query("x.com", when=when, day=day)
    assert opening.of(query, builders.snapshot()).words == expected


def only_at_break() -> builders.Any:
    rules = (
        builders.rule("never", "service:x"),
        builders.rule("break", "service:x", builders.Action.ALLOW, when="break", who="role:staff"),
    )
    return builders.snapshot(rules=rules)


def test_tomorrow_and_later() -> None:
    snapshot = only_at_break()
    tomorrow = builders.query("x.com", when="11:00")
    weekend = builders.query("x.com", when="11:00", day=FRIDAY)
    assert opening.of(tomorrow, snapshot).words == "It opens again tomorrow at 10:30."
    assert opening.of(weekend, snapshot).words == "It opens again on Monday at 10:30."


def test_a_day_a_week_away_has_its_date() -> None:
    query = builders.query("x.com", when="11:00")
    opens = query.at + timedelta(days=7)
    words = opening.words(query, builders.snapshot(), opens)
    assert words == "It opens again on Monday 30/11 at 11:00."


def test_the_time_is_the_schools_in_summer_too() -> None:
    query = builders.query("x.com", when="09:30", day=date(2027, 6, 7))
    assert opening.of(query, builders.snapshot()).words == "Break starts at 10:30."


def test_an_opening_between_bells_is_not_a_period_that_starts() -> None:
    grant = builders.grant("service:x", start=builders.at("09:45"))
    query = builders.query("x.com", when="09:30")
    found = opening.of(query, builders.snapshot(grants=(grant,)))
    assert found.words == "It opens again at 09:45."
    assert found.at == builders.at("09:45")


def test_no_opening_in_sight_says_nothing() -> None:
    query = builders.query("facebook.com")
    assert opening.of(query, builders.snapshot()) == opening.Opening()


def test_a_clock_in_doubt_promises_nothing() -> None:
    query = replace(builders.query("x.com"), clock_trusted=False)
    assert opening.of(query, builders.snapshot()) == opening.Opening()
