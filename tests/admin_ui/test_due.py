"""When an answer is due: CC's rule by the calendar, and policies that set none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from admin_ui.due import due_at, working
from appliance import policy_file
from appliance.policy_file import build
from appliance.policy_file.schema_workflow import RequestsEntry

LONDON = ZoneInfo("Europe/London")
CONTENTS = build.contents(
    policy_file.template("clarendon-cottage"),
    version=1,
    built_at=datetime(2026, 9, 1, tzinfo=LONDON),
)
CC = policy_file.template("clarendon-cottage").requests


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2026-11-23T10:35", "2026-11-24T10:35"),  # a Monday in term
        ("2026-11-27T16:00", "2026-11-28T16:00"),  # Friday: 24 hours, as the policy says
        ("2026-11-28T09:00", "2026-12-01T00:00"),  # Saturday: by the end of Monday
        ("2026-11-29T23:59", "2026-12-01T00:00"),  # Sunday
        ("2026-10-27T10:00", "2026-11-03T00:00"),  # half-term: by the end of Monday 2 November
        ("2026-12-24T10:00", "2027-01-05T00:00"),  # Christmas: staff are back on the INSET day
        ("2027-03-26T10:00", "2027-04-13T00:00"),  # Good Friday; INSET on 12 April
        ("2027-03-27T12:00", "2027-04-13T00:00"),  # the clocks go forward that night
        ("2029-06-02T10:00", "2029-06-05T00:00"),  # a Saturday that no calendar covers
    ],
)
def test_answers_are_due_by_the_policys_rule(made: str, due: str) -> None:
    assert due_at(at(made), CC, CONTENTS) == at(due)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (RequestsEntry(), None),
        (RequestsEntry(due_hours=48), "2026-11-30T09:00"),
        (RequestsEntry().model_copy(update={"due_next_working_day": True}), "2026-12-01T00:00"),
    ],
)
def test_a_policy_may_set_less(rule: RequestsEntry, due: str | None) -> None:
    assert due_at(at("2026-11-28T09:00"), rule, CONTENTS) == (at(due) if due else None)


def test_a_year_without_working_days_still_gives_a_time() -> None:
    made = at("2027-07-24T10:00")  # the calendar ends with August; then weekdays count
    assert due_at(made, CC, CONTENTS) == at("2027-09-02T00:00")
    assert not working(made.date(), CONTENTS)
