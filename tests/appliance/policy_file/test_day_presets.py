"""Days that schools know: what becomes of the usual bells."""

from __future__ import annotations

import pytest

from appliance.policy.model import PeriodKind
from appliance.policy_file import template
from appliance.policy_file.build_time import timetables
from appliance.policy_file.day_presets import ABOUT, NAMES, preset

USUAL = timetables(template("duffield-meadows"))[0].periods


def kinds(which: str, ends: int = 790) -> list[tuple[str, str]]:
    return [(p.name, p.kind.value) for p in preset(which, USUAL, ends).periods]


def test_wet_play_is_spent_indoors() -> None:
    assert ("Break", "lesson") in kinds("wet-play")
    assert ("Lunch", "lesson") in kinds("wet-play")
    assert ("After school", "after_school") in kinds("wet-play")


def test_sports_day_runs_lessons_and_breaks_into_one() -> None:
    assert kinds("sports-day") == [
        ("Before school", "before_school"), ("Sports day", "lesson"), ("Lunch", "lunch"),
        ("Sports day", "lesson"), ("After school", "after_school"),
    ]  # fmt: skip


def test_early_closing_ends_everything_at_its_time() -> None:
    early = preset("early-close", USUAL, 12 * 60).periods
    assert early[-1].end == 12 * 60
    assert PeriodKind.AFTER_SCHOOL not in {p.kind for p in early}


def test_a_snow_day_is_closed() -> None:
    assert preset("snow-day", USUAL).periods == ()


def test_every_preset_has_a_name_and_words() -> None:
    assert set(NAMES) == set(ABOUT)
    with pytest.raises(KeyError):
        preset("fire-day", USUAL)
