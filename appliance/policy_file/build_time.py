"""The bells and the year, from a document or from the appliance's default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.policy.timetable import Calendar, DateSpan, OneOffDay, Period, Timetable
from appliance.policy_file import catalogue
from appliance.policy_file.fields import DAYS
from appliance.policy_file.schema_time import OneOffEntry, PeriodEntry, SpanEntry

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
    return Calendar(
        zone=entry.zone,
        covers=_span(entry.covers) if entry.covers else None,
        terms=tuple(map(_span, entry.terms)),
        holidays=tuple(map(_span, (*entry.holidays, *entry.bank_holidays))),
        inset=entry.inset,
        inset_roles=entry.inset_roles,
        one_off=tuple(map(_one_off, entry.one_off)),
    )


def _period(entry: PeriodEntry) -> Period:
    start, end = entry.minutes
    return Period(entry.name, entry.kind, start, end, tuple(DAYS.index(day) for day in entry.days))


def _span(entry: SpanEntry) -> DateSpan:
    return DateSpan(entry.first, entry.last or entry.first, entry.name)


def _one_off(entry: OneOffEntry) -> OneOffDay:
    periods = tuple(map(_period, entry.periods))
    return OneOffDay(entry.day, entry.name, periods, entry.timetables)
