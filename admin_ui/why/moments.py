"""Moments as people write them: ``now``, ``12:10``, ``last Tuesday 12:10``, a date and a time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
LONGEST: Final = 60  # characters that are read
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
_TIME: Final = re.compile(r"(?:at\s+)?(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?")
_DAY: Final = re.compile(r"(?:(?:on\s+)?(last|next|this)\s+)?([a-z]+)")
_NAMED: Final = re.compile(r"(?:[a-z]+\s+)?(\d{1,2})\s+([a-z]+)(?:\s+(\d{4}))?")
_FIGURES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
HELP: Final = "Write now, 12:10, yesterday 12:10, last Tuesday 12:10, or 17 November 2026 12:10"


def parse(text: str, now: datetime) -> datetime:
    """Return an instant; ``now`` is aware and in the school's zone, in which all is read.

    Raises:
        ValueError: it is no moment from 2000 to 2099; the message says how to write one.
    """
    plain = " ".join(text[: LONGEST + 1].lower().replace(",", " ").split())
    if plain in ("", "now"):
        return now
    if len(plain) > LONGEST:
        raise ValueError(HELP)
    found = _iso(plain, now) or _spoken(plain, now)
    if found is None or not FIRST <= found.date() < LAST:
        raise ValueError(HELP)
    return found


def _iso(plain: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[t ]\d", plain):
        return None
    try:
        read = datetime.fromisoformat(plain.upper())
        if read.tzinfo is None:
            return read.replace(tzinfo=now.tzinfo)
        return read.astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return None


def _spoken(plain: str, now: datetime) -> datetime | None:
    """A day, then a time; a time alone is today's."""
    for cut in (m.start() for m in re.finditer(r"(?:^| )(?=(?:at )?\d)", plain)):
        clock, day = _clock(plain[cut:].strip()), _day(plain[:cut].strip(), now.date())
        if clock is not None and day is not None:
            return datetime.combine(day, clock, tzinfo=now.tzinfo)
    return None


def _clock(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if not found or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(text: str, today: date) -> date | None:
    near = {"": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
    if text in near:
        return today + timedelta(days=near[text])
    found = _DAY.fullmatch(text)
    if found and found[2] in DAYS:
        back = (today.weekday() - DAYS.index(found[2])) % 7
        if found[1] == "next":
            return today + timedelta(days=7 - back)
        if found[1] == "last" and back == 0:
            back = 7
        return today - timedelta(days=back)
    return _date(text, today)


def _date(text: str, today: date) -> date | None:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
        if figures := _FIGURES.fullmatch(text):
            return date(int(figures[3]), int(figures[2]), int(figures[1]))
        named = _NAMED.fullmatch(text)
        months = [place for place, m in enumerate(MONTHS, 1) if named and m[:3] == named[2][:3]]
        if named and months and MONTHS[months[0] - 1].startswith(named[2]):
            return date(int(named[3] or today.year), months[0], int(named[1]))
    except ValueError:
        return None
    return None
