"""Sites and URL prefixes blocked for every role from an inappropriate content report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import ReportedBlock, Target, TargetKind
from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.tables import ReportedRow


def block(session: Session, reported: ReportedBlock, *, author: str) -> ReportedBlock:
    """Block a target for everybody; an empty id becomes the next number.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(reported.start, None)
    if reported.target.kind is TargetKind.EVERYTHING:
        raise ValueError("target: a report blocks a site or page, not everything")
    id_ = checks.word("id", reported.id or next_id(session, ReportedRow.id, "B"))
    if session.get(ReportedRow, id_) is not None:
        raise ValueError(f"id: there is a reported block {id_!r} already")
    target = checks.target(session, reported.target)
    row = ReportedRow(
        id=id_, target_kind=target.kind.value, target_id=target.id, starts=reported.start,
        clause=reported.clause, text=reported.text, veiled=reported.veiled,
        author=checks.filled("author", author),
        lifted_by=None, lifted_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _reported(row)


def list_(session: Session, *, lifted: bool = False) -> tuple[ReportedBlock, ...]:
    """Return the blocks that hold, or those that were lifted."""
    which = ReportedRow.lifted_at.is_not(None) if lifted else ReportedRow.lifted_at.is_(None)
    rows = session.scalars(select(ReportedRow).where(which).order_by(ReportedRow.id))
    return tuple(_reported(row) for row in rows)


def lift(session: Session, id_: str, *, by: str, at: datetime) -> bool:
    """Lift a block; False when there is none that holds."""
    row = session.get(ReportedRow, id_)
    if row is None or row.lifted_at is not None:
        return False
    row.lifted_by, row.lifted_at = checks.filled("by", by), at
    session.flush()
    return True


def _reported(row: ReportedRow) -> ReportedBlock:
    return ReportedBlock(
        id=row.id, target=Target(TargetKind(row.target_kind), row.target_id), start=row.starts,
        clause=row.clause, text=row.text, veiled=row.veiled,
    )  # fmt: skip
