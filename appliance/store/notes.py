"""Notes on attempts and on people, and which of them are concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.attempt_wanted import Scope
from appliance.store.log_tables import NoteRow

LONGEST: Final = 4000  # characters
KINDS: Final = ("person", "device", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note. attempt: the row it is about, None for the person. closed: None while open."""

    id: int
    attempt: int | None
    subject_kind: str
    subject_id: str
    role: str
    at: datetime
    by: str
    text: str
    concern: bool
    closed: datetime | None = None
    closed_by: str = ""
    outcome: str = ""

    @property
    def open(self) -> bool:
        """Whether this is a concern that nobody has closed."""
        return self.concern and self.closed is None


def add(
    session: Session, kind: str, id_: str, role: str, text: str, *,
    by: str, at: datetime, concern: bool = False, attempt: int | None = None,
) -> Note:  # fmt: skip
    """Write a note. kind: person, device or address.

    Raises:
        ValueError: names the field that is wrong.
    """
    if kind not in KINDS:
        raise ValueError("kind: a note is about a person, a device or an address")
    text = checks.filled("text", text)
    if len(text) > LONGEST:
        raise ValueError(f"text: at most {LONGEST:,} characters, this has {len(text):,}")
    row = NoteRow(
        attempt=attempt, subject_kind=kind, subject_id=id_, role=role, at=at, by=by, text=text,
        concern=concern, closed=None, closed_by="", outcome="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _note(row)


def get(session: Session, scope: Scope, id_: int) -> Note | None:
    """Return a note that may be read."""
    found = session.scalars(select(NoteRow).where(NoteRow.id == id_, _open_to(scope))).first()
    return None if found is None else _note(found)


def close(session: Session, id_: int, *, by: str, at: datetime, outcome: str) -> bool:
    """Close a concern; False where it is none, or closed already."""
    row = session.get(NoteRow, id_)
    if row is None or not row.concern or row.closed is not None:
        return False
    row.closed, row.closed_by, row.outcome = at, by, outcome.strip()[:LONGEST]
    session.flush()
    return True


def of_subject(session: Session, scope: Scope, kind: str, id_: str) -> tuple[Note, ...]:
    """Return the notes on a person, device or address and on what it tried, newest first."""
    about = NoteRow.subject_kind == kind, NoteRow.subject_id == id_
    query = select(NoteRow).where(*about, _open_to(scope)).order_by(NoteRow.id.desc())
    return tuple(map(_note, session.scalars(query)))


def of_attempts(
    session: Session, scope: Scope, attempts: Collection[int]
) -> dict[int, tuple[Note, ...]]:
    """Return the notes on attempts, oldest first, by the attempt's id."""
    found: dict[int, tuple[Note, ...]] = {}
    query = select(NoteRow).where(NoteRow.attempt.in_(attempts), _open_to(scope))
    for row in session.scalars(query.order_by(NoteRow.id)):
        assert row.attempt is not None
        found[row.attempt] = (*found.get(row.attempt, ()), _note(row))
    return found


def concerns(
    session: Session, scope: Scope, *, closed: bool = False, limit: int = 200
) -> tuple[Note, ...]:
    """Return concerns that are open, or those that are closed; newest first."""
    state = NoteRow.closed.is_not(None) if closed else NoteRow.closed.is_(None)
    query = select(NoteRow).where(NoteRow.concern, state, _open_to(scope))
    return tuple(map(_note, session.scalars(query.order_by(NoteRow.id.desc()).limit(limit))))


def open_concerns(session: Session, scope: Scope) -> int:
    """Return how many concerns wait that may be read."""
    among = NoteRow.concern, NoteRow.closed.is_(None), _open_to(scope)
    return session.scalars(select(func.count(NoteRow.id)).where(*among)).one()


def _open_to(scope: Scope) -> ColumnElement[bool]:
    """Return which notes a scope opens. Fails closed: its own rows open nobody's notes."""
    if scope.everybody:
        return NoteRow.id.is_not(None)
    person = and_(NoteRow.subject_kind == "person", NoteRow.subject_id.in_(sorted(scope.closed)))
    return and_(NoteRow.role.in_(sorted(scope.roles)), ~person)


def _note(row: NoteRow) -> Note:
    return Note(
        id=row.id, attempt=row.attempt, subject_kind=row.subject_kind, subject_id=row.subject_id,
        role=row.role, at=row.at, by=row.by, text=row.text, concern=row.concern,
        closed=row.closed, closed_by=row.closed_by, outcome=row.outcome,
    )  # fmt: skip
