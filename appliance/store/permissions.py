"""Standing permissions: permitted by the headteacher, their controls applied by the technician.

Neither alone opens anything (reference policy 5.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from appliance.policy.model import StandingPermission, Subject, SubjectKind
from appliance.store import checks
from appliance.store.tables import PermissionRow


@dataclass(frozen=True, slots=True)
class KeptPermission:
    """A permission with who did which half of it. id: what the functions here take."""

    id: int
    permission: StandingPermission
    permitted_by: str | None
    controls_by: str | None
    reason: str


def permit(
    session: Session, name: str, subject: Subject, *,
    by: str, start: datetime, end: datetime | None = None, reason: str = "",
) -> KeptPermission:  # fmt: skip
    """The headteacher permits. It opens nothing before the controls are applied.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(start, end)
    held = checks.subject(session, subject)
    row = PermissionRow(
        name=checks.word("name", name), subject_kind=held.kind.value, subject_id=held.id,
        permitted_by=checks.filled("by", by), controls_by=None, starts=start, ends=end,
        reason=reason,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _kept(row)


def apply_controls(session: Session, id_: int, *, by: str, at: datetime | None = None) -> bool:
    """The technician has applied the controls; False when there is no such permission.

    at: the moment of it; a permission that has ended by then counts as none.
    """
    row = session.get(PermissionRow, id_)
    if row is None or (at is not None and row.ends is not None and row.ends <= at):
        return False
    row.controls_by = checks.filled("by", by)
    session.flush()
    return True


def withdraw(session: Session, id_: int, *, at: datetime) -> bool:
    """End a permission now; False when there is none that still holds."""
    row = session.get(PermissionRow, id_)
    if row is None or (row.ends is not None and row.ends <= at):
        return False
    row.ends = max(at, row.starts)
    session.flush()
    return True


def list_(session: Session, *, ended_after: datetime | None = None) -> tuple[KeptPermission, ...]:
    """Return the permissions, or those that had not ended at an instant."""
    query = select(PermissionRow).order_by(PermissionRow.id)
    if ended_after is not None:
        query = query.where(or_(PermissionRow.ends.is_(None), PermissionRow.ends > ended_after))
    return tuple(_kept(row) for row in session.scalars(query))


def _kept(row: PermissionRow) -> KeptPermission:
    permission = StandingPermission(
        name=row.name, subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        permitted=row.permitted_by is not None, controls_applied=row.controls_by is not None,
        start=row.starts, end=row.ends,
    )  # fmt: skip
    return KeptPermission(row.id, permission, row.permitted_by, row.controls_by, row.reason)
