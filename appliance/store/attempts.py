"""The log of attempts: what the recorder writes, what people read, what age takes away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, update
from sqlalchemy import select as select_
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.attempts.visits import LONGEST, OPEN, Changes, Entry
from appliance.store import attempt_hours
from appliance.store.attempt_hours import Tally
from appliance.store.attempt_tables import AttemptRow, SegmentRow

_FIELDS: Final = tuple(field.name for field in fields(Attempt))
ROWS_AT_ONCE: Final = 5000  # purged in one statement: readers and the recorder get between


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """A row of the log. lookups: those of names, folded into a page visit."""

    id: int
    attempt: Attempt
    lookups: int

    def local(self, zone: str) -> datetime:
        """Return when it was, on the wall clocks of a zone such as ``Europe/London``."""
        return self.attempt.at.astimezone(ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Place:
    """How far a segment is in the store: bytes read, and how many of them made no sense."""

    id: str
    name: str
    read: int
    skipped: int


def select(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    person: str | None = None,
    role: str | None = None,
    verdict: str | None = None,
    limit: int | None = None,
    after_id: int | None = None,
) -> tuple[KeptAttempt, ...]:
    """Return rows of the log, oldest first; with a limit the newest so many of them.

    With ``after_id`` the rows after that one by id, oldest first: for following the log.
    """
    query = _which(select_(AttemptRow), since, until, person, role, verdict)
    if after_id is not None:
        followed = query.where(AttemptRow.id > after_id).order_by(AttemptRow.id).limit(limit)
        return tuple(map(kept, session.scalars(followed)))
    newest = query.order_by(AttemptRow.at.desc(), AttemptRow.id.desc()).limit(limit)
    return tuple(map(kept, reversed(session.scalars(newest).all())))


def count(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    person: str | None = None,
    role: str | None = None,
    verdict: str | None = None,
) -> int:
    """Return how many rows of the log there are."""
    counted = _which(select_(func.count(AttemptRow.id)), since, until, person, role, verdict)
    found: int = session.scalars(counted).one()
    return found


def purge(session: Session, before: datetime) -> int:
    """Take away rows whose last attempt is older than an instant; return how many, 0 when done.

    So many at a time that nobody waits long: call it again, each time in a session of its own.
    """
    old = select_(AttemptRow.id).where(AttemptRow.at < before, AttemptRow.last < before)
    ids = session.scalars(old.limit(ROWS_AT_ONCE)).all()
    if ids:
        tally = Tally()
        tally.take_off(session, ids)
        session.execute(delete(AttemptRow).where(AttemptRow.id.in_(ids)))
        tally.write(session)
        attempt_hours.forget(session)
    return len(ids)


def open_rows(session: Session) -> list[tuple[int, Entry]]:
    """Return the rows that further attempts may still be folded into."""
    latest = session.scalars(select_(AttemptRow).order_by(AttemptRow.at.desc()).limit(1)).first()
    if latest is None:
        return []
    recent = AttemptRow.at >= latest.at - LONGEST - OPEN, AttemptRow.last >= latest.at - OPEN
    rows = session.scalars(select_(AttemptRow).where(*recent))
    return [(row.id, Entry(_attempt(row), row.lookups)) for row in rows]


def write(session: Session, changes: Changes) -> Sequence[int]:
    """Write changes of the log, and its counts; return the ids of the new rows, in order."""
    tally = Tally()
    tally.take_off(session, [*changes.removed, *(id_ for id_, _ in changes.grown)])
    if changes.removed:
        session.execute(delete(AttemptRow).where(AttemptRow.id.in_(changes.removed)))
    if changes.grown:
        session.execute(update(AttemptRow), [_growth(id_, e) for id_, e in changes.grown])
    rows = [AttemptRow(**_values(entry)) for entry in changes.added]
    session.add_all(rows)
    session.flush()
    tally.put_on(entry.attempt for entry in changes.added)
    tally.put_on(entry.attempt for _, entry in changes.grown)
    tally.write(session)
    return [row.id for row in rows]


def places(session: Session) -> dict[str, Place]:
    """Return how far each segment is in the store, by its id."""
    rows = session.scalars(select_(SegmentRow))
    return {row.id: Place(row.id, row.name, row.read, row.skipped) for row in rows}


def put_places(session: Session, moved: Iterable[Place], gone: Iterable[str]) -> None:
    """Take note of how far segments are read now, and forget those that are gone."""
    for place in moved:
        session.merge(
            SegmentRow(id=place.id, name=place.name, read=place.read, skipped=place.skipped)
        )
    if gone := tuple(gone):
        session.execute(delete(SegmentRow).where(SegmentRow.id.in_(gone)))


def _which(
    query: Select[Any],
    since: datetime | None,
    until: datetime | None,
    person: str | None,
    role: str | None,
    verdict: str | None,
) -> Select[Any]:
    if since is not None:
        query = query.where(AttemptRow.at >= since)
    if until is not None:
        query = query.where(AttemptRow.at < until)
    if person is not None:
        query = query.where(AttemptRow.person == person)
    if role is not None:
        query = query.where(AttemptRow.role == role)
    if verdict is not None:
        query = query.where(AttemptRow.verdict == verdict)
    return query


def _values(entry: Entry) -> dict[str, Any]:
    values = {name: getattr(entry.attempt, name) for name in _FIELDS}
    more = {"layer": entry.attempt.layer.value, "visit": entry.attempt.visit.value}
    return values | more | {"lookups": entry.lookups}


def _growth(id_: int, entry: Entry) -> dict[str, Any]:
    attempt = entry.attempt
    return {
        "id": id_, "at": attempt.at, "last": attempt.last, "count": attempt.count,
        "lookups": entry.lookups,
    }  # fmt: skip


def kept(row: AttemptRow) -> KeptAttempt:
    """Return a row as what is kept of an attempt."""
    return KeptAttempt(row.id, _attempt(row), row.lookups)


def _attempt(row: AttemptRow) -> Attempt:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Attempt(**values | {"layer": Layer(row.layer), "visit": Visit(row.visit)})
