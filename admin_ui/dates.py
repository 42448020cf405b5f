"""Dates and times as people at a British school write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day(when: date | datetime) -> str:
    """Return ``Monday 23 November``."""
    return f"{when:%A} {when.day} {when:%B}"


def long_day(when: date | datetime) -> str:
    """Return ``Monday 23 November 2026``."""
    return f"{day(when)} {when.year}"


def clock_time(when: datetime) -> str:
    """Return ``10:35am``, ``midday`` or ``midnight``."""
    if when.minute == 0 and when.hour in (0, 12):
        return "midday" if when.hour else "midnight"
    return f"{when.hour % 12 or 12}:{when:%M}{'am' if when.hour < 12 else 'pm'}"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """Return ``Monday 23 November, 10:35am`` in a zone."""
    local = when.astimezone(zone)
    return f"{day(local)}, {clock_time(local)}"


def long_moment(when: datetime, zone: ZoneInfo) -> str:
    """Return ``Monday 23 November 2026, 10:35am`` in a zone."""
    local = when.astimezone(zone)
    return f"{long_day(local)}, {clock_time(local)}"
