"""What a school adds to its policy's calendar: one-off days, and dates from its own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.policy.model import PeriodKind
from appliance.policy.timetable import Calendar, DateSpan, OneOffDay, Period
from appliance.store import checks
from appliance.store.tables import OneOffRow, SpanRow


def add_day(session: Session, one_off: OneOffDay) -> OneOffDay:
    """Add a one-off day, in place of one on the same date for the same timetables.

    Raises:
        ValueError: names the field that is wrong.
    """
    for period in one_off.periods:
        if not 0 <= period.start < period.end <= 2880:
            raise ValueError(f"periods: {period.name!r} runs from {period.start} to {period.end}")
    remove_day(session, one_off.day, one_off.timetables)
    row = OneOffRow(
        day=one_off.day, name=checks.filled("name", one_off.name),
        periods=[[p.name, p.kind.value, p.start, p.end] for p in one_off.periods],
        timetables=one_off.timetables,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _one_off(row)


def remove_day(session: Session, day: date, timetables: tuple[str, ...] = ()) -> bool:
    """Remove a one-off day; False when there was none for just these timetables."""
    rows = session.scalars(select(OneOffRow).where(OneOffRow.day == day))
    found = [row for row in rows if row.timetables == timetables]
    for row in found:
        session.delete(row)
    session.flush()
    return bool(found)


def days(session: Session) -> tuple[OneOffDay, ...]:
    """Return every one-off day, by date."""
    rows = session.scalars(select(OneOffRow).order_by(OneOffRow.day, OneOffRow.id))
    return tuple(_one_off(row) for row in rows)


def import_dates(session: Session, calendar: Calendar) -> None:
    """Take covers, terms, holidays and INSET days from a calendar, in place of earlier ones.

    Raises:
        ValueError: a span that ends before it begins, or terms that nothing covers.
    """
    spans = [("covers", calendar.covers)] if calendar.covers else []
    spans += [("term", span) for span in calendar.terms]
    spans += [("holiday", span) for span in calendar.holidays]
    spans += [("inset", DateSpan(day, day)) for day in calendar.inset]
    for kind, span in spans:
        if span.last < span.first:
            raise ValueError(f"{kind}: {span.last} is before {span.first}")
    if calendar.terms and calendar.covers is None:
        raise ValueError("covers: say which dates the calendar speaks of")
    session.execute(delete(SpanRow))
    session.add_all(
        SpanRow(kind=kind, first=span.first, last=span.last, name=span.name) for kind, span in spans
    )
    session.flush()


def applied(session: Session, calendar: Calendar) -> Calendar:
    """Return the policy's calendar with what the school put in its place, and its own days."""
    rows = session.scalars(select(SpanRow).order_by(SpanRow.first, SpanRow.id)).all()
    own = [(row.kind, DateSpan(row.first, row.last, row.name)) for row in rows]
    if own:
        calendar = replace(
            calendar,
            covers=next((span for kind, span in own if kind == "covers"), calendar.covers),
            terms=_of(own, "term"),
            holidays=_of(own, "holiday"),
            inset=tuple(span.first for span in _of(own, "inset")),
        )
    return replace(calendar, one_off=(*days(session), *calendar.one_off))  # the first that fits


def _of(spans: Iterable[tuple[str, DateSpan]], kind: str) -> tuple[DateSpan, ...]:
    return tuple(span for k, span in spans if k == kind)


def _one_off(row: OneOffRow) -> OneOffDay:
    periods = tuple(Period(n, PeriodKind(kind), start, end) for n, kind, start, end in row.periods)
    return OneOffDay(row.day, row.name, periods, row.timetables)
