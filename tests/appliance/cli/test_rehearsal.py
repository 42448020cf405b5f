"""Moments to rehearse: by time, or the next period of a kind."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from appliance import clock
from appliance.cli import rehearsal
from appliance.cli.errors import InputError
from appliance.cli.times import BadTimeError
from appliance.policy.timetable import Calendar
from tests.builders import at, snapshot

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "now", "moment"),
    [
        ("break", at("09:30"), at("10:30")),
        ("break", at("10:35"), at("10:30") + timedelta(days=1)),
        ("lesson", at("10:35"), at("10:50")),
        ("break", at("16:00", FRIDAY), at("10:30")),
        ("closed", at("10:35"), at("15:00")),
        ("break", at("12:00", date(2026, 12, 19)), at("10:30", date(2027, 1, 5))),
        ("2026-11-23T10:29:30", at("16:00"), at("10:29") + timedelta(seconds=30)),
    ],
)
def test_moments(text: str, now: datetime, moment: datetime) -> None:
    assert rehearsal.moment_of(text, snapshot(), now, "--rehearse") == moment


def test_a_kind_that_never_comes_is_said() -> None:
    with pytest.raises(InputError, match="no after_school comes"):
        rehearsal.moment_of("after_school", snapshot(), at("09:30"), "--rehearse")
    with pytest.raises(InputError, match="no break comes"):
        rehearsal.moment_of("break", snapshot(calendar=Calendar()), at("09:30"), "--rehearse")


def test_what_is_neither_is_said() -> None:
    with pytest.raises(BadTimeError, match="--rehearse: 'teatime'"):
        rehearsal.moment_of("teatime", snapshot(), at("09:30"), "--rehearse")


def test_an_offset_is_never_mistaken_for_the_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real", lambda: at("09:30"))
    assert rehearsal.offset_to(at("09:30")) != 0
    assert rehearsal.offset_to(at("10:30")) == 3600
