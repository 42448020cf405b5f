"""Sanctions on people and devices: made, found, changed, lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.tables import SanctionRow

LONGEST: Final = 2000  # characters of a reason


class ChangedMeanwhileError(ValueError):
    """Somebody else has changed or lifted the sanction since it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSanction:
    """A sanction with who made it and why. lifted_at: the gate's time; None while nobody did.

    source: what it came from: ``attempt:12``, ``concern:3``, ``signal``, or nothing.
    version: counts its changes, from 1.
    """

    sanction: Sanction
    author: str
    reason: str
    made: datetime
    source: str = ""
    version: int = 1
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_reason: str = ""

    def runs(self, at: datetime) -> bool:
        """Whether it has not ended at an instant."""
        return self.sanction.end is None or at < self.sanction.end


def add(
    session: Session, sanction: Sanction, *, author: str, reason: str, at: datetime,
    source: str = "",
) -> Sanction:  # fmt: skip
    """Add a sanction; an empty id becomes the next number. Return it as it is kept.

    at: when it is made, by the system's clock.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(sanction.start, sanction.end)
    id_ = checks.word("id", sanction.id or next_id(session, SanctionRow.id, "S"))
    if session.get(SanctionRow, id_) is not None:
        raise ValueError(f"id: there is a sanction {id_!r} already")
    subject = restricted(session, sanction.subject)
    row = SanctionRow(
        id=id_, subject_kind=subject.kind.value, subject_id=subject.id, starts=sanction.start,
        ends=sanction.end, clause=sanction.clause, text=sanction.text, source=source, version=1,
        author=checks.filled("author", author), reason=_reason(reason), made=at,
        lifted_at=None, lifted_by="", lifted_reason="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _sanction(row)


def list_(session: Session, *, ended_after: datetime | None = None) -> tuple[Sanction, ...]:
    """Return the sanctions, or those that had not ended at an instant."""
    return tuple(one.sanction for one in kept(session, ended_after=ended_after))


def kept(session: Session, *, ended_after: datetime | None = None) -> tuple[KeptSanction, ...]:
    """Return the sanctions with all that is known of them, oldest first."""
    query = select(SanctionRow).order_by(SanctionRow.starts, SanctionRow.id)
    if ended_after is not None:
        query = query.where(or_(SanctionRow.ends.is_(None), SanctionRow.ends > ended_after))
    return tuple(_kept(row) for row in session.scalars(query))


def get(session: Session, id_: str) -> KeptSanction | None:
    """Return one sanction, None where there is none of that id."""
    row = session.get(SanctionRow, id_)
    return None if row is None else _kept(row)


def change_end(
    session: Session, id_: str, end: datetime | None, *, at: datetime, version: int
) -> KeptSanction:
    """Let a sanction end at another time; None: when it is lifted. at: the gate's time now.

    Raises:
        ChangedMeanwhileError: it is no longer the version that was looked at, or has ended.
        ValueError: the end is not to come.
    """
    row = _running(session, id_, at, version)
    if end is not None and end <= max(at, row.starts):
        raise ValueError("end: choose a time that is still to come")
    row.ends, row.version = end, row.version + 1
    session.flush()
    return _kept(row)


def lift(
    session: Session, id_: str, *, at: datetime, by: str, reason: str = "",
    version: int | None = None,
) -> bool:  # fmt: skip
    """End a sanction now; False when there is none that still holds. at: the gate's time.

    Raises:
        ChangedMeanwhileError: it is no longer the version that was looked at, where one is given.
    """
    row = session.get(SanctionRow, id_)
    if row is None or (row.ends is not None and row.ends <= at):
        return False
    _unchanged(row, version)
    row.ends, row.version = max(at, row.starts), row.version + 1
    row.lifted_at, row.lifted_by, row.lifted_reason = at, by, reason.strip()[:LONGEST]
    session.flush()
    return True


def restricted(session: Session, subject: Subject) -> Subject:
    """Return a person or device that exists, which alone can be under a sanction.

    Raises:
        ValueError: it is neither, or there is none of that id.
    """
    if subject.kind not in (SubjectKind.PERSON, SubjectKind.DEVICE):
        raise ValueError(f"subject: a person or a device, not a {subject.kind.value}")
    return checks.subject(session, subject)


def _running(session: Session, id_: str, at: datetime, version: int | None) -> SanctionRow:
    row = session.get(SanctionRow, id_)
    if row is None or (row.ends is not None and row.ends <= at):
        raise ChangedMeanwhileError(f"sanction: {id_} has ended")
    _unchanged(row, version)
    return row


def _unchanged(row: SanctionRow, version: int | None) -> None:
    if version is not None and row.version != version:
        raise ChangedMeanwhileError(f"sanction: somebody has changed {row.id} meanwhile")


def _reason(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"reason: at most {LONGEST:,} characters, this has {len(text):,}")
    return text.strip()


def _sanction(row: SanctionRow) -> Sanction:
    return Sanction(
        id=row.id, subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        start=row.starts, end=row.ends, clause=row.clause, text=row.text,
        lifted=row.lifted_at is not None,
    )  # fmt: skip


def _kept(row: SanctionRow) -> KeptSanction:
    return KeptSanction(
        sanction=_sanction(row), author=row.author, reason=row.reason, made=row.made,
        source=row.source, version=row.version, lifted_at=row.lifted_at, lifted_by=row.lifted_by,
        lifted_reason=row.lifted_reason,
    )  # fmt: skip
