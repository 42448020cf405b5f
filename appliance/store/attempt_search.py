"""Searching the log: newest first, page by page, over a million rows in a moment.

There is no index but on the time (see ``attempt_tables``). The counts by the hour say which
hours can hold what is asked for, and ``attempt_who`` in which somebody was there; only those
are read. For a text there are no counts: a search stops after ``MOST_READ`` rows, says how
far back it looked, and goes on from there when asked.

Whose rows may be seen at all is part of the query itself: a ``Scope`` that opens nothing
finds nothing, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Visit
from appliance.store.attempt_hours import hour_of, start_of, subject_of
from appliance.store.attempt_tables import AttemptRow
from appliance.store.attempt_wanted import Cursor, Scope, Wanted, conditions
from appliance.store.attempts import KeptAttempt, kept
from appliance.store.log_tables import AttemptHourRow, AttemptWhoRow

MOST_READ: Final = 40_000  # rows looked at for one page, roughly
TOGETHER: Final = 4_000  # rows that one query reads, where hours lie side by side
HOURS_AT_ONCE: Final = 24 * 14
COUNTED: Final = 1_000  # what is folded away is counted up to here


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first. older: where the next page begins, None at the end.

    looked_to: so far the search went before it stopped for now, None where it was not cut.
    folded: rows of background noise between these, ``COUNTED`` + 1 for more.
    """

    rows: tuple[KeptAttempt, ...]
    older: Cursor | None
    looked_to: datetime | None
    folded: int


def page(
    session: Session, scope: Scope, wanted: Wanted, *,
    before: Cursor | None = None, limit: int = 50, most_read: int = MOST_READ,
) -> Page:  # fmt: skip
    """Return a page of the log."""
    found = _Found(limit, folds=wanted.folds)
    read = 0
    for window in _windows(session, scope, wanted, before):
        if read > most_read:
            cut = Cursor(window.until, 0)
            return Page(_fetched(session, found.ids), cut, window.until, found.noise)
        read += window.rows
        _read(session, scope, wanted, window, before, found)
        if found.full:
            return Page(_fetched(session, found.ids), found.last, None, found.folded)
    return Page(_fetched(session, found.ids), None, None, found.noise)


def newer(
    session: Session, scope: Scope, wanted: Wanted, after_id: int, *, limit: int = 50
) -> tuple[KeptAttempt, ...]:
    """Return rows written after one, newest first: for a page that is being watched."""
    query = select(AttemptRow).where(AttemptRow.id > after_id, *conditions(scope, wanted))
    rows = session.scalars(query.order_by(AttemptRow.id.desc()).limit(limit))
    return tuple(sorted(map(kept, rows), key=lambda k: (k.attempt.at, k.id), reverse=True))


def newest_id(session: Session) -> int:
    """Return the id of the row written last, 0 for an empty log."""
    return session.scalar(select(func.max(AttemptRow.id))) or 0


def one(session: Session, scope: Scope, id_: int) -> KeptAttempt | None:
    """Return a row by id; None where there is none that may be read."""
    query = select(AttemptRow).where(AttemptRow.id == id_, scope.condition())
    row = session.scalars(query).first()
    return None if row is None else kept(row)


@dataclass(slots=True)
class _Found:
    """What a search has come upon. noise: all of it; folded: that between the page's rows."""

    limit: int
    folds: bool
    ids: list[int] = field(default_factory=list)
    folded: int = 0
    last: Cursor | None = None
    full: bool = False
    noise: int = 0

    @property
    def counting(self) -> bool:
        """Whether noise is still counted, so that it has to be gone through."""
        return self.folds and self.noise <= COUNTED

    def take(self, at: Cursor, *, noise: bool) -> None:
        """Come upon one more row: full when it is the first of the next page."""
        if noise and self.folds:
            self.noise += 1
        elif len(self.ids) == self.limit:
            self.full = True
            return
        else:
            self.ids.append(at.id)
            self.last = at
        if len(self.ids) < self.limit or not noise:
            self.folded = self.noise


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of time to read. rows: how many there are in it, whoever's."""

    since: datetime
    until: datetime
    rows: int


def _windows(
    session: Session, scope: Scope, wanted: Wanted, before: Cursor | None
) -> Iterator[_Window]:
    """Yield the stretches that can hold what is wanted, newest first."""
    run: list[tuple[int, int]] = []
    for hour, rows, promising in _hours(session, scope, wanted, before):
        if promising:
            run.append((hour, rows))
        if run and (not promising or sum(rows for _, rows in run) > TOGETHER):
            yield _window(run, wanted)
            run = []
    if run:
        yield _window(run, wanted)


def _window(run: list[tuple[int, int]], wanted: Wanted) -> _Window:
    since, until = start_of(run[-1][0]), start_of(run[0][0] + 1)
    return _Window(
        max(since, wanted.since or since), min(until, wanted.until or until),
        sum(rows for _, rows in run),
    )  # fmt: skip


def _hours(
    session: Session, scope: Scope, wanted: Wanted, before: Cursor | None
) -> Iterator[tuple[int, int, bool]]:
    """Yield every hour that has rows, newest first: hour, rows, and whether to read it."""
    hour = AttemptHourRow.hour
    fits = case((and_(*_counted(scope, wanted)), AttemptHourRow.rows), else_=0)
    top, bottom = _span(session, wanted, before)
    step = 24  # most pages need no more than a day
    while top >= bottom:
        first = max(bottom, top - step + 1)
        there = _there(session, wanted, first, top)
        if there is None or there:
            among = hour.between(first, top) if there is None else hour.in_(sorted(there))
            counts = select(hour, func.sum(AttemptHourRow.rows), func.sum(fits)).where(among)
            previous = top
            for at, rows, fitting in session.execute(counts.group_by(hour).order_by(hour.desc())):
                if there is not None and at < previous - 1:
                    yield previous - 1, 0, False  # hours that nobody need read lie between
                yield at, rows, bool(fitting)
                previous = at
        top, step = top - step, HOURS_AT_ONCE


def _span(session: Session, wanted: Wanted, before: Cursor | None) -> tuple[int, int]:
    """Return the last and the first hour to look at; a last before the first for none."""
    last = session.scalar(select(func.max(AttemptHourRow.hour)))  # apart: each is one step
    first = session.scalar(select(func.min(AttemptHourRow.hour)))
    if last is None or first is None:
        return 0, 1
    if wanted.since is not None:
        first = max(first, hour_of(wanted.since))
    if wanted.until is not None:
        last = min(last, hour_of(wanted.until))
    if before is not None:
        last = min(last, hour_of(before.at))
    return last, first


def _counted(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what is asked of the counts: no more than of the rows, or rows would be missed."""
    asked: list[ColumnElement[bool]] = [AttemptHourRow.rows > 0]
    for name in ("role", "service", "category", "verdict", "reason", "period_kind", "visit"):
        if value := getattr(wanted, name):
            asked.append(getattr(AttemptHourRow, name) == value)
    if not scope.everybody and not scope.own:
        asked.append(AttemptHourRow.role.in_(sorted(scope.roles)))
    return asked


def _there(session: Session, wanted: Wanted, first: int, last: int) -> set[int] | None:
    """Return the hours in which whoever is asked for was there; None where nobody is."""
    kinds = {"person": ("person",), "device": ("device", "mac"), "address": ("address",)}
    kinds["group"] = ("group",)
    there: set[int] | None = None
    for name, under in kinds.items():
        if value := getattr(wanted, name):
            sought = AttemptWhoRow.subject.in_([subject_of(kind, value) for kind in under])
            span = AttemptWhoRow.hour.in_(range(first, last + 1))  # a step for each, no scan
            hours = set(session.scalars(select(AttemptWhoRow.hour).where(span, sought)))
            there = hours if there is None else there & hours
    return there


def _read(
    session: Session, scope: Scope, wanted: Wanted, window: _Window, before: Cursor | None,
    found: _Found,
) -> None:  # fmt: skip
    """Go through a stretch once, noise and all; once there is much noise, without it."""
    while not found.full:
        counting = found.counting
        asked = conditions(scope, replace(wanted, noise=True) if counting else wanted)
        rows = session.execute(
            select(AttemptRow.id, AttemptRow.at, AttemptRow.visit)
            .where(*_between(window, before), *asked)
            .order_by(AttemptRow.at.desc(), AttemptRow.id.desc())
            .execution_options(yield_per=found.limit + 1)
        )
        with closing(rows):
            for id_, at, visit in rows:
                found.take(Cursor(at, id_), noise=visit == Visit.BACKGROUND.value)
                if found.full or found.counting != counting:
                    before = Cursor(at, id_)
                    break
            else:
                return


def _fetched(session: Session, ids: list[int]) -> tuple[KeptAttempt, ...]:
    """Return rows by their ids, in that order."""
    found: dict[int, KeptAttempt] = {}
    for start in range(0, len(ids), 500):
        some = AttemptRow.id.in_(ids[start : start + 500])
        found |= {row.id: kept(row) for row in session.scalars(select(AttemptRow).where(some))}
    return tuple(found[id_] for id_ in ids)


def _between(window: _Window, before: Cursor | None) -> list[ColumnElement[bool]]:
    between: list[ColumnElement[bool]] = [
        AttemptRow.at >= window.since, AttemptRow.at < window.until,
    ]  # fmt: skip
    if before is not None:
        same = and_(AttemptRow.at == before.at, AttemptRow.id < before.id)
        between += [AttemptRow.at <= before.at, or_(AttemptRow.at < before.at, same)]
    return between
