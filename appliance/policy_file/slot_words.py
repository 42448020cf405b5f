"""Kinds of period within a sentence: ``at break and at lunch``, ``always``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

from appliance.policy.model import PeriodKind
from appliance.policy.survey import Slot

WHEN: Final = MappingProxyType(
    {
        PeriodKind.BEFORE_SCHOOL: "before school",
        PeriodKind.LESSON: "in lessons",
        PeriodKind.BREAK: "at break",
        PeriodKind.LUNCH: "at lunch",
        PeriodKind.AFTER_SCHOOL: "after school",
        PeriodKind.CLOSED: "while school is closed",
    }
)
KINDS: Final = MappingProxyType(
    {
        PeriodKind.BEFORE_SCHOOL: "before school",
        PeriodKind.LESSON: "lesson",
        PeriodKind.BREAK: "break",
        PeriodKind.LUNCH: "lunch",
        PeriodKind.AFTER_SCHOOL: "after school",
        PeriodKind.CLOSED: "closed",
    }
)


def slot_words(slot: Slot) -> str:
    """Return one slot: ``at break``, or ``during Story time`` for a named one."""
    return f"during {slot.name}" if slot.name else WHEN[slot.kind]


def slots_words(some: Iterable[Slot], every: Sequence[Slot]) -> str:
    """Return slots in the order of the day; ``at all times`` where it is every one of them."""
    wanted = set(some)
    if wanted >= set(every):
        return "at all times"
    order = list(WHEN)
    ordered = sorted(wanted, key=lambda s: (bool(s.name), order.index(s.kind), s.name))
    # A named period of a kind that is there anyway says nothing more.
    kinds = {s.kind for s in ordered if not s.name}
    return joined([slot_words(s) for s in ordered if not s.name or s.kind not in kinds])


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]
