"""Rows of periods: what is right becomes periods, what is wrong is told with its row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from admin_ui.timetable import period_rows
from appliance.policy.model import PeriodKind
from appliance.policy.timetable import Period
from appliance.policy_file import TEMPLATES, template
from appliance.policy_file.build_time import timetables
from appliance.policy_file.schema_time import TimetableEntry


def form(*rows: tuple[str, str, str, str], days: str = "01234") -> MultiDict[str, str]:
    found: list[tuple[str, str]] = []
    for place, (name, kind, start, end) in enumerate(rows):
        found += [(f"name-{place}", name), (f"kind-{place}", kind)]
        found += [(f"start-{place}", start), (f"end-{place}", end)]
        found += [(f"days-{place}", day) for day in days]
    return MultiDict(found)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", "lesson", "09:00", "10:00"), "Give the period a name"),
        (("A", "noon", "09:00", "10:00"), "Choose what kind"),
        (("A", "lesson", "", "10:00"), "when it starts"),
        (("A", "lesson", "9", "10:00"), "when it starts"),
        (("A", "lesson", "24:00", "24:00"), "when it starts"),
        (("A", "lesson", "09:00", "25:00"), "when it ends"),
        (("A", "lesson", "10:00", "09:00"), "ends at 9:00am, before it starts at 10:00am"),
        (("A", "lesson", "09:00", "09:00"), "ends at 9:00am, before it starts"),
        (("A", "lesson", "09:30", "10:30"), "overlaps First (9:00am to 10:00am)"),
    ],
)
def test_a_mistake_stays_with_its_row(row: tuple[str, str, str, str], said: str) -> None:
    rows = period_rows.read(form(("First", "lesson", "09:00", "10:00"), row), with_days=True)
    period_rows.checked(rows, with_days=True)
    assert list(period_rows.problems(rows)) == [1]
    assert said in " ".join(rows[1].mistakes)


def test_periods_of_other_days_do_not_overlap() -> None:
    sent = form(("A", "lesson", "09:00", "10:00"), ("B", "lesson", "09:00", "10:00"), days="")
    sent.add("days-0", "0")
    sent.add("days-1", "1")
    rows = period_rows.read(sent, with_days=True)
    assert [p.days for p in period_rows.checked(rows, with_days=True)] == [(0,), (1,)]
    assert not period_rows.problems(rows)


def test_a_period_needs_a_day() -> None:
    rows = period_rows.read(form(("A", "lesson", "09:00", "10:00"), days=""), with_days=True)
    period_rows.checked(rows, with_days=True)
    assert "Tick at least one day" in rows[0].mistakes


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_shown_and_sent_back_is_the_same(name: str) -> None:
    for timetable in timetables(template(name)):
        rows = period_rows.rows_of(timetable.periods)
        assert period_rows.checked(rows, with_days=True) == timetable.periods
        written = period_rows.as_written(timetable.periods)
        read = TimetableEntry.model_validate({"periods": written}).periods
        assert [(p.name, p.kind, *p.minutes) for p in read] == [
            (p.name, p.kind, p.start, p.end) for p in timetable.periods
        ]


PERIODS = st.lists(
    st.builds(
        Period, st.text("abc", min_size=1, max_size=5), st.sampled_from(PeriodKind),
        st.integers(0, 700), st.integers(701, 1440),
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    max_size=1,
)  # fmt: skip


@given(PERIODS)
def test_any_period_comes_back_as_it_was(periods: list[Period]) -> None:
    rows = period_rows.rows_of(periods)
    assert list(period_rows.checked(rows, with_days=True)) == periods
    written = period_rows.as_written(periods)
    read = TimetableEntry.model_validate({"periods": written}).periods
    assert [p.minutes for p in read] == [(p.start, p.end) for p in periods]


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=12), st.booleans())
def test_whatever_is_sent_is_read(pairs: list[tuple[str, str]], with_days: bool) -> None:
    named = [(f"{key}-{place % 3}", value) for place, (key, value) in enumerate(pairs)]
    fields = [(k, v) for n, (_, v) in enumerate(named) for k in (f"name-{n % 3}", f"start-{n % 3}")]
    rows = period_rows.read(MultiDict([*named, *fields]), with_days=with_days)
    for period in period_rows.checked(rows, with_days=with_days):
        assert 0 <= period.start < period.end <= 1440
