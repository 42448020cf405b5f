"""Term dates from a school's iCalendar file (RFC 5545).

Events are told apart by their summary: INSET, bank holiday, half term, holiday, term.
A term is one event from first day to last, or a pair such as "Autumn term begins" and
"Autumn term ends". What speaks of none of these is left alone and listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar as ICalendar
from icalendar import Component

from appliance.policy.timetable import DAY, Calendar, DateSpan
from appliance.policy_file.mistakes import Mistake, PolicyFileError

MAX_BYTES: Final = 1_000_000
MAX_DAYS: Final = 200  # no term and no holiday is longer
_BEGIN: Final = re.compile(r"BEGIN:VEVENT\s*", re.IGNORECASE)

# In this order: "INSET day: no pupils, term starts tomorrow" is an INSET day.
_KINDS: Final = MappingProxyType(
    {
        "inset": r"\binset\b|\bin-service\b|\bnon-pupil\b|\b(training|development) days?\b",
        "bank_holiday": r"\bbank holiday\b",
        "half_term_edge": r"\b(clos|end|finish|break|re-?open|return|start|begin).*\bhalf-term\b"
        r"|\bhalf-term\b.*\b(clos|end|finish|begin|start)",
        "half_term": r"\bhalf-term\b",
        "first": r"\b(first day|starts?|begins?|re-?opens?|returns?|resumes?)\b.*\bterm\b"
        r"|\bterm\b.*\b(starts?|begins?|re-?opens?|resumes?)\b",
        "last": r"\b(last day|ends?|end of|finish(es)?|closes?|breaks? up)\b.*\bterm\b"
        r"|\bterm\b.*\b(ends?|finish(es)?|closes?)\b",
        "holiday": r"\bholidays?\b|\bschool closed\b|\b(christmas|easter|summer|winter) break\b",
        "term": r"\bterm\b",
    }
)


@dataclass(frozen=True, slots=True)
class SchoolDates:
    """What a file says of the school year. ``ignored``: summaries of all other events."""

    terms: tuple[DateSpan, ...]
    holidays: tuple[DateSpan, ...]
    inset: tuple[date, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    span: DateSpan
    line: int


def read_dates(data: bytes, source: str, zone: str = "Europe/London") -> SchoolDates:
    """Read a file; times with a zone of their own are taken to the school's.

    Raises:
        PolicyFileError: every event that cannot be used, by its line; or what is wrong
            with the file as a whole.
    """
    mistakes: list[Mistake] = []
    found: list[_Found] = []
    ignored: list[str] = []
    for line, event in _events(data, source):
        summary = str(event.get("SUMMARY", "")).strip()
        kind = _kind(summary)
        if kind is None or str(event.get("STATUS", "")).upper() == "CANCELLED":
            ignored.append(summary)
            continue
        try:
            found.append(_Found(kind, _span(event, summary, ZoneInfo(zone)), line))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            mistakes.append(Mistake(source, line, f"event {summary!r}", str(error)))
    terms = _terms(found, source, mistakes)
    if mistakes:
        raise PolicyFileError(tuple(mistakes))
    closed = [f.span for f in found if f.kind in ("bank_holiday", "half_term", "holiday")]
    inset = sorted({day for f in found if f.kind == "inset" for day in _days(f.span)})
    return SchoolDates(
        tuple(sorted(terms, key=_first)),
        tuple(sorted(set(closed), key=_first)),
        tuple(inset),
        tuple(ignored),
    )


def with_dates(calendar: Calendar, dates: SchoolDates) -> Calendar:
    """Return a calendar with imported dates in place of its own.

    Where the file brings terms, the calendar's own terms, INSET days and longer holidays
    that meet them give way; its single closed days (bank holidays) stay. What the
    calendar covers grows to hold the terms.
    """
    holidays = tuple(dict.fromkeys((*calendar.holidays, *dates.holidays)))
    inset = tuple(sorted({*calendar.inset, *dates.inset}))
    if not dates.terms:
        return replace(calendar, holidays=holidays, inset=inset)
    year = DateSpan(dates.terms[0].first, max(term.last for term in dates.terms))
    kept = tuple(s for s in calendar.holidays if s.first == s.last or not _meet(s, year))
    old_inset = {day for day in calendar.inset if not _meet(DateSpan(day, day), year)}
    covers = calendar.covers or year
    return replace(
        calendar,
        covers=replace(
            covers, first=min(covers.first, year.first), last=max(covers.last, year.last)
        ),
        terms=(*(term for term in calendar.terms if not _meet(term, year)), *dates.terms),
        holidays=tuple(dict.fromkeys((*kept, *dates.holidays))),
        inset=tuple(sorted(old_inset.union(dates.inset))),
    )


def _events(data: bytes, source: str) -> Iterator[tuple[int, Component]]:
    if len(data) > MAX_BYTES:
        message = f"has {len(data)} bytes, at most {MAX_BYTES} are read"
        raise PolicyFileError((Mistake(source, 1, "", message),))
    try:
        text = data.decode("utf-8-sig")
        components = ICalendar.from_ical(text, multiple=True)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyFileError((Mistake(source, line, "", f"not UTF-8: {error}"),)) from error
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        # The reader of the library raises whatever a broken file makes it stumble over.
        said = str(error).partition("\n")[0]
        raise PolicyFileError((Mistake(source, 1, "", f"not iCalendar: {said}"),)) from error
    events = [event for component in components for event in component.walk("VEVENT")]
    if not events:
        message = "holds no events; an iCalendar file has lines like BEGIN:VEVENT"
        raise PolicyFileError((Mistake(source, 1, "", message),))
    lines = [i for i, line in enumerate(text.splitlines(), 1) if _BEGIN.fullmatch(line)]
    for place, event in enumerate(events):
        yield (lines[place] if place < len(lines) else 1), event


def _kind(summary: str) -> str | None:
    plain = re.sub(r"[\s\u2010-\u2013-]+", " ", summary.casefold()).replace(
        "half term", "half-term"
    )
    plain = plain.replace("in service", "in-service").replace("non pupil", "non-pupil")
    kind = next((kind for kind, words in _KINDS.items() if re.search(words, plain)), None)
    return None if kind == "half_term_edge" else kind  # the half term itself is what counts


def _span(event: Component, summary: str, zone: ZoneInfo) -> DateSpan:
    if event.get("RRULE") is not None or event.get("RDATE") is not None:
        raise ValueError("repeats; term dates are given one by one")
    start = _when(event, "DTSTART")
    if start is None:
        raise ValueError("has no DTSTART")
    end = _when(event, "DTEND")
    duration = getattr(_one(event, "DURATION"), "dt", None)
    if end is None:
        end = start + duration if isinstance(duration, timedelta) else start
    first, last = _date(start, zone), _last(end, zone)
    if last < first - DAY:
        raise ValueError("ends before it begins")
    last = max(first, last)  # an end that is missing, or the same: one day
    if last - first > timedelta(days=MAX_DAYS):
        raise ValueError(f"runs from {first} to {last}, more than {MAX_DAYS} days")
    return DateSpan(first, last, summary)


def _one(event: Component, name: str) -> Any:
    value = event.get(name)
    if isinstance(value, list):
        raise ValueError(f"gives {name} more than once")
    return value


def _when(event: Component, name: str) -> date | None:
    value = _one(event, name)
    moment = None if value is None else value.dt
    if moment is not None and not isinstance(moment, date):
        raise ValueError(f"gives {name} as something that is no date")
    return moment


def _date(moment: date, zone: ZoneInfo) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
    return moment


def _last(end: date, zone: ZoneInfo) -> date:
    """The last day of an event: its end is not part of it (RFC 5545, section 3.6.1)."""
    if not isinstance(end, datetime):
        return end - DAY
    local = end.astimezone(zone) if end.tzinfo else end
    return local.date() - DAY if local.time() == time() else local.date()


def _terms(found: list[_Found], source: str, mistakes: list[Mistake]) -> list[DateSpan]:
    terms = [f.span for f in found if f.kind == "term"]
    for lone in (f for f in found if f.kind == "term" and f.span.first == f.span.last):
        said = "is a term of one day; give its last day, or a second event that ends it"
        mistakes.append(Mistake(source, lone.line, f"event {lone.span.name!r}", said))
    edges = [f for f in found if f.kind in ("first", "last")]
    opened: _Found | None = None
    for edge in sorted(edges, key=lambda f: (f.span.first, f.kind)):
        if (edge.kind == "first") == (opened is not None):
            odd = opened if opened is not None else edge
            said = "has no end" if odd.kind == "first" else "ends a term that never began"
            mistakes.append(Mistake(source, odd.line, f"event {odd.span.name!r}", said))
        if edge.kind == "last" and opened is not None:
            terms.append(DateSpan(opened.span.first, edge.span.last, opened.span.name))
        opened = edge if edge.kind == "first" else None
    if opened is not None:
        mistakes.append(Mistake(source, opened.line, f"event {opened.span.name!r}", "has no end"))
    return terms


def _days(span: DateSpan) -> Iterator[date]:
    day = span.first
    while day <= span.last:
        yield day
        day += DAY


def _first(span: DateSpan) -> tuple[date, date, str]:
    return span.first, span.last, span.name


def _meet(one: DateSpan, other: DateSpan) -> bool:
    return one.first <= other.last and other.first <= one.last
