"""Times as people write and read them: in the school's own zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadTimeError(ValueError):
    """The text is no ISO 8601 time. Blame: whoever gave it."""


def parse(text: str, zone: str, *, option: str = "--at") -> datetime:
    """Read an ISO 8601 date-time, in UTC. Without an offset it is wall-clock time of ``zone``.

    A time that a clock change repeats is the first of the two.

    Raises:
        BadTimeError: not ISO 8601, or not from 1970 to 2199; the message names the option.
    """
    try:
        read = datetime.fromisoformat(text.strip())
        placed = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
        at = placed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadTimeError(
            f"{option}: {text!r} is not a time such as 2026-11-23T10:35 (ISO 8601)"
        ) from error
    if not FIRST <= at < LAST:
        raise BadTimeError(f"{option}: {text!r} is not a time from 1970 to 2199 (ISO 8601)")
    return at


def local(at: datetime, zone: str) -> datetime:
    """Return an instant as wall-clock time of the school, with its offset."""
    return at.astimezone(ZoneInfo(zone))


def iso(at: datetime | None, zone: str) -> str | None:
    """Return an instant in ISO 8601 with the school's offset, to the second; None stays."""
    return None if at is None else local(at, zone).isoformat(timespec="seconds")


def spoken(at: datetime, zone: str) -> str:
    """Return an instant as a person says it: ``Monday 23 November 2026, 10:35``."""
    here = local(at, zone)
    return f"{here:%A} {here.day} {here:%B %Y, %H:%M}"
