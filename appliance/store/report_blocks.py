"""Blocks for everyone that were made from a report (reference policy 7.3), and their undoing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import ReportedBlock, Target, TargetKind
from appliance.store import checks, reports
from appliance.store.report_tables import ReportBlockRow
from appliance.store.tables import ReportedRow

# The line of a paper policy that a block from a report carries out, where it has one.
CLAUSES: Final = MappingProxyType({"duffield-meadows": "7.3"})


class AlreadyBlockedError(ValueError):
    """The same target is blocked from a report already: a second block would outlive the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block and the report it came from. veiled: only the safeguarding leads see its target."""

    id: str
    report: str
    target: Target
    made: datetime
    made_by: str
    veiled: bool
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_reason: str


def make(
    session: Session, report: str, target: Target, *,
    by: str, start: datetime, made: datetime, veiled: bool, clause: str = "",
) -> Block:  # fmt: skip
    """Block a target for everyone, and keep from which report.

    start: from when the gate blocks, in the gate's own time (a rehearsal has another than
    ``made``, the real one).

    Raises:
        AlreadyBlockedError: it is blocked already.
        ValueError: names the field that is wrong.
    """
    wanted = checks.target(session, target)
    standing = next((one for one in reports.list_(session) if one.target == wanted), None)
    if standing is not None:
        raise AlreadyBlockedError(f"target: this is blocked already, by block {standing.id}")
    text = f"Blocked for everyone from report {report}."
    reported = ReportedBlock(
        id="", target=wanted, start=start, clause=clause, text=text, veiled=veiled
    )
    kept = reports.block(session, reported, author=by)
    session.add(
        ReportBlockRow(block=kept.id, report=report, made=made, made_by=by, lifted_reason="")
    )
    session.flush()
    found = get(session, kept.id)
    assert found is not None
    return found


def lift(session: Session, id_: str, *, by: str, at: datetime, reason: str) -> bool:
    """Undo a block; False when it does not hold (any more).

    Raises:
        ValueError: no reason is given.
    """
    row = session.get(ReportBlockRow, id_)
    why = checks.filled("reason", reason)
    if row is None or not reports.lift(session, id_, by=by, at=at):
        return False
    row.lifted_reason = why
    session.flush()
    return True


def get(session: Session, id_: str) -> Block | None:
    """Return a block by its number (B1, B2)."""
    return next(iter(_found(session, ReportBlockRow.block == id_)), None)


def of_report(session: Session, report: str) -> tuple[Block, ...]:
    """Return the blocks made from a report, oldest first, lifted ones too."""
    return _found(session, ReportBlockRow.report == report)


def standing(session: Session) -> frozenset[str]:
    """Return the numbers of the reports from which something is blocked now."""
    query = select(ReportBlockRow.report).join(
        ReportedRow, ReportedRow.id == ReportBlockRow.block
    )  # fmt: skip
    return frozenset(session.scalars(query.where(ReportedRow.lifted_at.is_(None))))


def _found(session: Session, which: object) -> tuple[Block, ...]:
    query = (
        select(ReportBlockRow, ReportedRow)
        .join(ReportedRow, ReportedRow.id == ReportBlockRow.block)
        .where(which)  # type: ignore[arg-type]
        .order_by(ReportBlockRow.made, ReportBlockRow.block)
    )
    return tuple(
        Block(
            id=row.block, report=row.report,
            target=Target(TargetKind(kept.target_kind), kept.target_id), made=row.made,
            made_by=row.made_by, veiled=kept.veiled, lifted_at=kept.lifted_at,
            lifted_by=kept.lifted_by, lifted_reason=row.lifted_reason,
        )
        for row, kept in session.execute(query)
    )  # fmt: skip
