"""Moments as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.why.moments import DAYS, parse
from tests.builders import LONDON

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=LONDON)  # a Monday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", "2026-11-23T10:35"), ("now", "2026-11-23T10:35"), ("12:10", "2026-11-23T12:10"),
        ("at 9.05", "2026-11-23T09:05"), ("9am", "2026-11-23T09:00"), ("12am", "2026-11-23T00:00"),
        ("12:30pm", "2026-11-23T12:30"), ("today 1:10 pm", "2026-11-23T13:10"),
        ("yesterday 12:10", "2026-11-22T12:10"), ("tomorrow, 08:50", "2026-11-24T08:50"),
        ("last Tuesday 12:10", "2026-11-17T12:10"), ("Tuesday 12:10", "2026-11-17T12:10"),
        ("next Tuesday at 12:10", "2026-11-24T12:10"), ("last monday 12:10", "2026-11-16T12:10"),
        ("monday 12:10", "2026-11-23T12:10"), ("next monday 12:10", "2026-11-30T12:10"),
        ("17 November 2026 12:10", "2026-11-17T12:10"), ("17 nov 12:10", "2026-11-17T12:10"),
        ("Tuesday 17 November, 12:10pm", "2026-11-17T12:10"),
        ("17/11/2026 12:10", "2026-11-17T12:10"),
        ("2026-11-17T12:10", "2026-11-17T12:10"), ("2026-11-17 12:10", "2026-11-17T12:10"),
        ("2026-07-01T12:10+00:00", "2026-07-01T13:10"),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(text: str, meant: str) -> None:
    assert parse(text, NOW).replace(tzinfo=None) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "text", ["x", "12", "25:00", "13pm", "32 November 12:10", "last 12:10", "Tuesday", "noon",
             "1999-01-01T10:00", "2026-13-01T10:00", "30 February 2026 10:00", "a" * 200],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_help(text: str) -> None:
    with pytest.raises(ValueError, match="last Tuesday"):
        parse(text, NOW)


@given(st.text(max_size=70) | st.from_regex(r"(last|next) (mon|tues)day \d\d:\d\d"))
def test_it_answers_whatever_is_written(text: str) -> None:
    try:
        found = parse(text, NOW)
    except ValueError:
        return
    assert found.tzinfo is not None
    assert 2000 <= found.year < 2100


@given(st.sampled_from(DAYS), st.integers(0, 23), st.integers(0, 59), st.integers(0, 3000))
def test_last_is_before_and_next_after(day: str, hour: int, minute: int, ahead: int) -> None:
    now = NOW + timedelta(days=ahead)
    clock = f"{hour}:{minute:02}"
    last, next_ = parse(f"last {day} {clock}", now), parse(f"next {day} {clock}", now)
    assert last.date() < now.date() < next_.date()
    assert DAYS[last.weekday()] == DAYS[next_.weekday()] == day
    assert (last.hour, last.minute) == (hour, minute)
