"""What the light shows: one thing for each state, told apart without colours."""

from __future__ import annotations

import pytest

from appliance.status.checks import Check, Level
from appliance.status.light import light


def check(level: Level) -> Check:
    return Check("x", level, "words")


@pytest.mark.parametrize(
    ("levels", "colour"),
    [
        ([], "green"),
        ([Level.GOOD], "green"),
        ([Level.GOOD, Level.NOTE], "blue"),
        ([Level.NOTE, Level.AMBER], "amber"),
        ([Level.AMBER, Level.RED, Level.GOOD], "red"),
    ],
)
def test_the_worst_counts(levels: list[Level], colour: str) -> None:
    assert light(map(check, levels)).colour == colour


def test_patterns_differ_as_colours_do() -> None:
    shown = [light([check(level)]) for level in Level]
    assert len({(one.on, one.off) for one in shown}) == len(shown)
    assert all(one.colour in one.words for one in shown)
