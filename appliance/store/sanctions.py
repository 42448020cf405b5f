"""Sanctions on people and devices, and the sessions in which staff sits beside them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from appliance.policy.model import Sanction, Subject, SubjectKind, SupervisedSession
from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.tables import SanctionRow, SupervisedRow


def add(
    session: Session, sanction: Sanction, *, author: str, reason: str, at: datetime
) -> Sanction:
    """Add a sanction; an empty id becomes the next number. Return it as it is kept.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(sanction.start, sanction.end)
    id_ = checks.word("id", sanction.id or next_id(session, SanctionRow.id, "S"))
    if session.get(SanctionRow, id_) is not None:
        raise ValueError(f"id: there is a sanction {id_!r} already")
    subject = _restricted(session, sanction.subject)
    row = SanctionRow(
        id=id_, subject_kind=subject.kind.value, subject_id=subject.id, starts=sanction.start,
        ends=sanction.end, clause=sanction.clause, text=sanction.text,
        author=checks.filled("author", author), reason=reason, made=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _sanction(row)


def list_(session: Session, *, ended_after: datetime | None = None) -> tuple[Sanction, ...]:
    """Return the sanctions, or those that had not ended at an instant."""
    query = select(SanctionRow).order_by(SanctionRow.starts, SanctionRow.id)
    if ended_after is not None:
        query = query.where(or_(SanctionRow.ends.is_(None), SanctionRow.ends > ended_after))
    return tuple(_sanction(row) for row in session.scalars(query))


def lift(session: Session, id_: str, *, at: datetime) -> bool:
    """End a sanction now; False when there is none that still holds."""
    row = session.get(SanctionRow, id_)
    if row is None or (row.ends is not None and row.ends <= at):
        return False
    row.ends = max(at, row.starts)
    session.flush()
    return True


def supervise(session: Session, supervised: SupervisedSession) -> SupervisedSession:
    """Begin a supervised session.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(supervised.start, supervised.end)
    subject = _restricted(session, supervised.subject)
    row = SupervisedRow(
        subject_kind=subject.kind.value, subject_id=subject.id, starts=supervised.start,
        ends=supervised.end, staff=checks.filled("staff", supervised.staff),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _supervised(row)


def supervised(
    session: Session, *, ended_after: datetime | None = None
) -> tuple[SupervisedSession, ...]:
    """Return the supervised sessions, or those that had not ended at an instant."""
    query = select(SupervisedRow).order_by(SupervisedRow.id)
    if ended_after is not None:
        query = query.where(SupervisedRow.ends > ended_after)
    return tuple(_supervised(row) for row in session.scalars(query))


def _restricted(session: Session, subject: Subject) -> Subject:
    if subject.kind not in (SubjectKind.PERSON, SubjectKind.DEVICE):
        raise ValueError(f"subject: a person or a device, not a {subject.kind.value}")
    return checks.subject(session, subject)


def _sanction(row: SanctionRow) -> Sanction:
    return Sanction(
        id=row.id, subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        start=row.starts, end=row.ends, clause=row.clause, text=row.text,
    )  # fmt: skip


def _supervised(row: SupervisedRow) -> SupervisedSession:
    return SupervisedSession(
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id), start=row.starts,
        end=row.ends, staff=row.staff,
    )  # fmt: skip
