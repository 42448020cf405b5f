"""The status light: colour and pattern for each state. Pure; words for whoever cannot see it.

A pattern goes with every colour, so that nobody needs to tell colours apart (WCAG 1.4.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.status.checks import Check, Level, worst


@dataclass(frozen=True, slots=True)
class Light:
    """on, off: seconds of a turn; off 0: it stays on. words: what is seen."""

    colour: str
    on: float
    off: float
    words: str


_LIGHTS: Final = MappingProxyType(
    {
        Level.GOOD: Light("green", 1.0, 0.0, "green, steady"),
        Level.NOTE: Light("blue", 1.0, 1.0, "blue, on for a second and off for a second"),
        Level.AMBER: Light("amber", 0.3, 1.7, "amber, one short flash every two seconds"),
        Level.RED: Light("red", 0.2, 0.2, "red, flashing quickly"),
    }
)


def light(checks: Iterable[Check]) -> Light:
    """Return what the light shows when things are so: the worst of them counts."""
    return _LIGHTS[worst(checks)]
