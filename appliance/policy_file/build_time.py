"""The bells and the year, from a document or from the appliance's default."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from appliance.policy.timetable import Calendar, DateSpan, OneOffDay, Period, Timetable
from appliance.policy_file import catalogue
from appliance.policy_file.fields import DAYS
from appliance.policy_file.schema_time import (
    CalendarEntry,
    OneOffEntry,
    PeriodEntry,
    SpanEntry,
)

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument


def timetables(document: PolicyDocument) -> tuple[Timetable, ...]:
    """Return every timetable, the default first."""
    entries = document.timetables
    found = catalogue.default_time().timetables if entries is None else entries
    made = [Timetable(id_, tuple(map(_period, t.periods))) for id_, t in found.items()]
    return tuple(sorted(made, key=lambda timetable: timetable.id != "default"))


def calendar(document: PolicyDocument) -> Calendar:
    """Return the school year. Bank holidays and holidays are one to the engine: closed."""
    entry = document.calendar or catalogue.default_time().calendar
    year = covered(entry)
    return Calendar(
        zone=entry.zone,
        covers=DateSpan(*year) if year else None,
        terms=tuple(map(_span, entry.terms)),
        holidays=tuple(map(_span, (*entry.holidays, *entry.bank_holidays))),
        inset=entry.inset,
        inset_roles=entry.inset_roles,
        one_off=tuple(map(_one_off, entry.one_off)),
    )


def covered(entry: CalendarEntry) -> tuple[date, date] | None:
    """Return the first and last day the school vouches for.

    Terms without ``covers`` speak for their academic year, 1 September to 31 August: else
    every moment of a calendar with terms would count as lesson.
    """
    if entry.covers is not None:
        return entry.covers.first, entry.covers.last or entry.covers.first
    if not entry.terms:
        return None
    first = min(term.first for term in entry.terms)
    last = max(term.last or term.first for term in entry.terms)
    return (
        date(first.year - (first.month < 9), 9, 1),
        date(last.year + (last.month >= 9), 8, 31),
    )


def _period(entry: PeriodEntry) -> Period:
    start, end = entry.minutes
    return Period(entry.name, entry.kind, start, end, tuple(DAYS.index(day) for day in entry.days))


def _span(entry: SpanEntry) -> DateSpan:
    return DateSpan(entry.first, entry.last or entry.first, entry.name)


def _one_off(entry: OneOffEntry) -> OneOffDay:
    periods = tuple(map(_period, entry.periods))
    return OneOffDay(entry.day, entry.name, periods, entry.timetables)
