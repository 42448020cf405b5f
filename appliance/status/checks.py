"""What was looked at and how it is, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """GOOD; NOTE: fine, but to be said loudly; AMBER: works, look soon; RED: look now."""

    GOOD = "good"
    NOTE = "note"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``words`` is a sentence for a technician; ``facts`` for scripts."""

    name: str
    level: Level
    words: str
    facts: tuple[tuple[str, str | int | float | None], ...] = ()


def healthy(checks: Iterable[Check]) -> bool:
    """Whether the gate works: nothing is red. What is amber works, and is to be looked at."""
    return all(check.level is not Level.RED for check in checks)


def worst(checks: Iterable[Check]) -> Level:
    """Return the worst level; GOOD when nothing was looked at."""
    order = list(Level)
    return max((check.level for check in checks), key=order.index, default=Level.GOOD)
