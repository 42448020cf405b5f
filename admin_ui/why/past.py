"""The snapshot that a moment is judged by, and how far the store can vouch for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_ui.gate import View
from appliance.policy.model import ReportedBlock, Target, TargetKind
from appliance.policy.snapshot import Snapshot
from appliance.policy_file import PolicyFileError
from appliance.publish.compile import compile_contents
from appliance.store import policies
from appliance.store.known import vocabulary_of
from appliance.store.tables import PolicyVersion, ReportedRow

AS_TODAY = (
    "Who has which device, the networks, the groups, one-off days, school dates and lists are "
    "taken as they are today: how they were is not kept."
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A snapshot to ask, and what has to be said about asking it. version: of the policy."""

    snapshot: Snapshot
    notes: tuple[str, ...]
    version: int | None


def judged_by(session: Session, view: View, at: datetime) -> Judged:
    """Return what a moment is judged by: for one that is past, the policy that held then."""
    rows = policies.history(session)
    current = rows[0].id if rows else None
    if at >= view.at - timedelta(seconds=1):
        later = at > view.at + timedelta(minutes=1)
        said = "This is what the rules of today say about a moment to come."
        return Judged(view.snapshot, (said,) if later else (), current)
    then = at - timedelta(seconds=view.snapshot.contents.clock_offset)
    row = next((row for row in rows if row.at <= then), None)
    notes = [AS_TODAY]
    if view.rehearsal:
        notes.append("The clock is being rehearsed, so past moments are rehearsed too.")
    if row is None:
        said = "The store knows of no policy that was in force then: today’s policy was asked."
        return Judged(_with_reports(session, view.snapshot, at, then), (said, *notes), current)
    if row.id == current:
        said = f"Version {row.id} of the policy was in force then, as it is now."
    else:
        said = f"Version {row.id} of the policy was in force then; it is not the one of today."
    try:
        found = _recompiled(session, row, view, then)
    except PolicyFileError:
        said = (f"Version {row.id} was in force then, but this program does not accept it any "
                "more: today’s policy was asked.")  # fmt: skip
        return Judged(view.snapshot, (said, *notes), current)
    return Judged(_with_reports(session, found, at, then), (said, *notes), row.id)


def _recompiled(session: Session, row: PolicyVersion, view: View, then: datetime) -> Snapshot:
    """The store as it would be published, with the policy and the timed things of then."""
    policy = vocabulary_of(session, row.text, row.source)
    contents = compile_contents(session, 0, then, policy)
    return Snapshot(contents, view.snapshot.lists)


def _with_reports(session: Session, snapshot: Snapshot, at: datetime, then: datetime) -> Snapshot:
    """Blocks from reports that held then and were lifted since."""
    query = select(ReportedRow).where(ReportedRow.starts <= at, ReportedRow.lifted_at > then)
    lifted = tuple(
        ReportedBlock(
            id=row.id, target=Target(TargetKind(row.target_kind), row.target_id),
            start=row.starts, clause=row.clause, text=row.text, veiled=row.veiled,
        )
        for row in session.scalars(query)
    )  # fmt: skip
    if not lifted:
        return snapshot
    contents = snapshot.contents
    return Snapshot(replace(contents, reported=(*contents.reported, *lifted)), snapshot.lists)
