"""The log in plain English: answers, reasons, times of the school day, what was seen. PURE."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from appliance.attempts.attempt import Attempt
from appliance.circumvention.signals import name_of, signal_of

VERDICTS: Final = MappingProxyType({"block": "Blocked", "allow": "Allowed"})
REASONS: Final = MappingProxyType(
    {
        "illegal": "On a list of unlawful content",
        "blocked_by_report": "Blocked for everyone after a report",
        "circumvention": "A way round the filter",
        "sanction": "Restricted for now, by a sanction",
        "grant": "Opened by a permission given for a time",
        "service_rule": "The policy names this service",
        "category_rule": "The policy speaks of this kind of site",
        "default": "No rule speaks of it",
    }
)
PERIODS: Final = MappingProxyType(
    {
        "lesson": "Lesson", "break": "Break", "lunch": "Lunch", "before_school": "Before school",
        "after_school": "After school", "closed": "School closed",
    }
)  # fmt: skip
VISITS: Final = MappingProxyType(
    {
        "page": "A page was opened",
        "lookup": "A name was looked up",
        "background": "Background noise of an app",
    }
)
SEEN: Final = MappingProxyType(
    {
        "page": "Page opened",
        "lookup": "Name looked up; the gate could not see what for",
        "background": "Background noise of an app, nobody need have opened it",
    }
)
LAYERS: Final = MappingProxyType(
    {
        "dns": "the name service", "tls": "the start of a connection", "http": "the web proxy",
        "packet": "the firewall",
    }
)  # fmt: skip


def because(attempt: Attempt, category: str, short: str) -> str:
    """Return why it was answered so, with the clause: ``…: Micro-blogs. Clause DM 5.7``."""
    said = REASONS.get(attempt.reason, attempt.reason.replace("_", " "))
    if attempt.reason == "category_rule" and category:
        said = f"{said}: {category}"
    if not attempt.clause:
        return f"{said}."
    clause = attempt.clause
    if short and not clause.startswith(short):
        clause = f"{short} {clause}"
    return f"{said}. Clause {clause}."


def seen(attempt: Attempt) -> str:
    """Return what was seen: of a sign of a way round, which one, and its evidence."""
    sign = signal_of(attempt) if attempt.signal else None
    if sign is None:
        return SEEN[attempt.visit.value]
    return ": ".join(filter(None, (name_of(sign), attempt.evidence.rstrip("."))))


def times(count: int) -> str:
    """Return how often, in words; nothing for once."""
    return "" if count <= 1 else "twice" if count == 2 else f"{count:,} times"
