"""Days that are different in the ways that schools know: made from the usual bells. Pure.

wet-play: break and lunch are spent indoors with staff, so they count as lesson. early-close:
everything ends at a time. sports-day: lessons and breaks run into one. snow-day: closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from appliance.policy.model import PeriodKind
from appliance.policy.timetable import Period

NAMES: Final = MappingProxyType(
    {
        "wet-play": "Wet play",
        "early-close": "Early closing",
        "sports-day": "Sports day",
        "snow-day": "Snow day",
    }
)
ABOUT: Final = MappingProxyType(
    {
        "wet-play": "Break and lunch play are indoors and count as lesson time.",
        "early-close": "School ends at a time you choose.",
        "sports-day": "Lessons and breaks run into one; lunch stays.",
        "snow-day": "School is closed all day.",
    }
)
EARLY: Final = 13 * 60 + 10  # when a school that closes early does so, until somebody says


@dataclass(frozen=True, slots=True)
class Day:
    """A day with bells of its own, before anybody put it anywhere."""

    name: str
    periods: tuple[Period, ...]


def preset(which: str, usual: Sequence[Period], ends: int = EARLY) -> Day:
    """Return the day that a preset makes of the usual one.

    ends: minutes after midnight, of early closing alone.

    Raises:
        KeyError: there is no preset of that name.
    """
    name = NAMES[which]
    ordered = sorted(usual, key=lambda period: period.start)
    if which == "wet-play":
        return Day(name, tuple(_indoors(p) for p in ordered))
    if which == "early-close":
        return Day(name, tuple(_until(ordered, ends)))
    if which == "sports-day":
        return Day(name, tuple(_together(ordered, name)))
    return Day(name, ())


def _indoors(period: Period) -> Period:
    outdoors = period.kind in (PeriodKind.BREAK, PeriodKind.LUNCH)
    return replace(period, kind=PeriodKind.LESSON) if outdoors else period


def _until(periods: Sequence[Period], ends: int) -> list[Period]:
    within = [p for p in periods if p.start < ends and p.kind is not PeriodKind.AFTER_SCHOOL]
    return [replace(p, end=min(p.end, ends)) for p in within]


def _together(periods: Sequence[Period], name: str) -> list[Period]:
    """Neighbouring lessons and breaks become one lesson."""
    found: list[Period] = []
    for period in periods:
        if period.kind not in (PeriodKind.LESSON, PeriodKind.BREAK):
            found.append(period)
        elif found and found[-1].name == name and found[-1].end >= period.start:
            found[-1] = replace(found[-1], end=max(found[-1].end, period.end))
        else:
            found.append(replace(period, name=name, kind=PeriodKind.LESSON))
    return found
