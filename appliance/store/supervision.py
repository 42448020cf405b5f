"""Supervised sessions: a member of staff sits with a sanctioned person for a limited time."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import Subject, SubjectKind, SupervisedSession
from appliance.store import checks, sanctions
from appliance.store.tables import SupervisedRow

LONGEST: Final = 200  # characters of a name


class SupervisedAlreadyError(ValueError):
    """Somebody supervises this person or device already: one button must end what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """A supervised session. account: whose login began it. ended_by: who ended it early."""

    id: int
    session: SupervisedSession
    account: str
    ended_by: str = ""

    def runs(self, at: datetime) -> bool:
        """Whether it runs at an instant."""
        return self.session.start <= at < self.session.end


def supervise(session: Session, supervised: SupervisedSession, *, account: str = "") -> KeptSession:
    """Begin a supervised session.

    Raises:
        SupervisedAlreadyError: one runs for the same person or device; it says whose.
        ValueError: names the field that is wrong.
    """
    checks.span(supervised.start, supervised.end)
    subject = sanctions.restricted(session, supervised.subject)
    staff = _line(supervised.staff)
    for other in sessions(session, ended_after=supervised.start):
        if other.session.subject == subject and other.runs(supervised.start):
            raise SupervisedAlreadyError(f"supervised: {other.session.staff} does so already")
    row = SupervisedRow(
        subject_kind=subject.kind.value, subject_id=subject.id, starts=supervised.start,
        ends=supervised.end, staff=staff, account=account, ended_by="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _kept(row)


def supervised(
    session: Session, *, ended_after: datetime | None = None
) -> tuple[SupervisedSession, ...]:
    """Return the supervised sessions, or those that had not ended at an instant."""
    return tuple(one.session for one in sessions(session, ended_after=ended_after))


def sessions(session: Session, *, ended_after: datetime | None = None) -> tuple[KeptSession, ...]:
    """Return the supervised sessions with who began and who ended them, oldest first."""
    query = select(SupervisedRow).order_by(SupervisedRow.id)
    if ended_after is not None:
        query = query.where(SupervisedRow.ends > ended_after)
    return tuple(_kept(row) for row in session.scalars(query))


def get(session: Session, id_: int) -> KeptSession | None:
    """Return one supervised session, None where there is none of that number."""
    row = session.get(SupervisedRow, id_)
    return None if row is None else _kept(row)


def end(session: Session, id_: int, *, at: datetime, by: str) -> bool:
    """End a supervised session now; False when there is none that runs. at: the gate's time."""
    row = session.get(SupervisedRow, id_)
    if row is None or row.ends <= at:
        return False
    row.ends, row.ended_by = max(at, row.starts), checks.filled("by", by)
    session.flush()
    return True


def _line(text: str) -> str:
    """Return a name that fits on a line: it is shown on pages, terminals and in the chain."""
    staff = checks.filled("staff", text)
    if len(staff) > LONGEST:
        raise ValueError(f"staff: at most {LONGEST} characters")
    if any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in staff):
        raise ValueError("staff: a name on one line, without control characters")
    return staff


def _kept(row: SupervisedRow) -> KeptSession:
    session = SupervisedSession(
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id), start=row.starts,
        end=row.ends, staff=row.staff,
    )  # fmt: skip
    return KeptSession(id=row.id, session=session, account=row.account, ended_by=row.ended_by)
