"""Bells before and after: what is another period, and what that opens."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.model import PeriodKind
from appliance.policy.snapshot import Snapshot
from appliance.policy.survey import Survey, plain
from appliance.policy.timetable import Period
from appliance.policy_file import build, template
from appliance.policy_file.bell_changes import clock, day_effects, gaps, stretches, week_effects
from appliance.policy_file.build_time import timetables
from appliance.policy_file.day_presets import NAMES, preset
from appliance.policy_file.thing_names import Names
from tests.builders import BUILT

DOCUMENT = template("duffield-meadows")
CONTENTS = plain(build.contents(DOCUMENT, version=1, built_at=BUILT))
USUAL = timetables(DOCUMENT)[0].periods
WIFI = "Staff on personal devices with the permission “School Wi-Fi for personal accounts”"
SOCIAL = f"{WIFI}: social media (but not Facebook or Instagram) closes"


def survey() -> Survey:
    return Survey(Snapshot(CONTENTS), BUILT)


NAMING = Names(DOCUMENT, CONTENTS)


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("wet-play", [f"{SOCIAL} from 10:30am to 10:50am and from 12:10pm to 1:10pm."]),
        ("sports-day", [f"{SOCIAL} from 10:30am to 10:50am."]),
        ("early-close", [f"{SOCIAL} from 3:20pm to 6:00pm."]),
        ("snow-day", [f"{SOCIAL} from 7:30am to 8:50am, from 10:30am to 10:50am, "
                      "from 12:10pm to 1:10pm and from 3:20pm to 6:00pm."]),
    ],
)  # fmt: skip
def test_a_preset_says_what_it_closes(which: str, said: list[str]) -> None:
    day = preset(which, USUAL)
    assert [e.said for e in day_effects(survey(), NAMING, USUAL, day.periods)] == said


def test_the_same_day_changes_nothing() -> None:
    assert day_effects(survey(), NAMING, USUAL, USUAL) == ()
    assert week_effects(survey(), survey(), NAMING, USUAL, USUAL) == ()


def test_a_week_says_on_which_days() -> None:
    others = [p for p in USUAL if p.name != "Break"]
    indoors = Period("Break", PeriodKind.LESSON, 630, 650, (0,))
    monday = [*others, indoors, Period("Break", PeriodKind.BREAK, 630, 650, (1, 2, 3, 4))]
    said = [e.said for e in week_effects(survey(), survey(), NAMING, USUAL, monday)]
    assert said == [f"{SOCIAL} from 10:30am to 10:50am on Mondays."]
    said = [e.said for e in week_effects(survey(), survey(), NAMING, USUAL, others)]
    assert said == [f"{SOCIAL} from 10:30am to 10:50am, Monday to Friday."]


PERIODS = st.lists(
    st.builds(Period, st.sampled_from(["a", "b"]), st.sampled_from(PeriodKind),
              st.integers(0, 1400), st.integers(1, 1440)), max_size=5
)  # fmt: skip


@given(PERIODS, PERIODS)
def test_stretches_are_just_where_the_two_differ(one: list[Period], other: list[Period]) -> None:
    found = stretches(one, other)
    for minute in range(0, 1440, 7):
        inside = any(s.start <= minute < s.end for s in found)
        assert inside is (_at(one, minute) != _at(other, minute))
    assert stretches(one, one) == ()


def _at(periods: list[Period], minute: int) -> tuple[str, PeriodKind]:
    running = [p for p in periods if p.start <= minute < p.end]
    last = max(running, key=lambda p: p.start, default=None)
    return (last.name, last.kind) if last else ("", PeriodKind.CLOSED)


def test_time_between_two_periods_is_a_gap() -> None:
    first, second = Period("A", PeriodKind.LESSON, 0, 60), Period("B", PeriodKind.LESSON, 70, 90)
    assert gaps([second, first]) == ((first, second),)
    assert gaps(USUAL) == ()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "midnight"), (1440, "midnight"), (720, "midday"), (635, "10:35am"), (770, "12:50pm")],
)
def test_minutes_are_said_as_people_do(minutes: int, said: str) -> None:
    assert clock(minutes) == said


@given(st.sampled_from(sorted(NAMES)), st.integers(1, 1440))
def test_no_preset_makes_periods_that_overlap(which: str, ends: int) -> None:
    periods = preset(which, USUAL, ends).periods
    for one, other in pairwise(periods):
        assert one.start < one.end <= other.start
    if which == "early-close":
        assert all(p.end <= ends for p in periods)
