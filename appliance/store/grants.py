"""Grants: time-limited permissions, exactly as wide as they were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import Grant, Subject, SubjectKind, Target, TargetKind
from appliance.store import checks
from appliance.store.numbering import next_id
from appliance.store.tables import GrantRow

METHODS: Final = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """A grant with who made it and why, and who revoked it, if anybody did."""

    grant: Grant
    author: str
    reason: str
    made: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None


def add(session: Session, grant: Grant, *, author: str, reason: str, at: datetime) -> Grant:
    """Add a grant; an empty id becomes the next number. Return it as it is kept.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(grant.start, grant.end)
    id_ = checks.word("id", grant.id or next_id(session, GrantRow.id, "G"))
    if session.get(GrantRow, id_) is not None:
        raise ValueError(f"id: there is a grant {id_!r} already")
    methods = tuple(method.upper() for method in grant.methods)
    if odd := sorted(set(methods) - METHODS):
        raise ValueError(f"methods: {', '.join(odd)} is no HTTP method")
    subject, target = checks.subject(session, grant.subject), checks.target(session, grant.target)
    checks.openable(session, target)
    row = GrantRow(
        id=id_, subject_kind=subject.kind.value, subject_id=subject.id,
        target_kind=target.kind.value, target_id=target.id, starts=grant.start, ends=grant.end,
        when=tuple(sorted(grant.when)), methods=methods, clause=grant.clause, text=grant.text,
        author=checks.filled("author", author), reason=reason, made=at,
        revoked_by=None, revoked_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _grant(row)


def list_(session: Session, *, ended_after: datetime | None = None) -> tuple[KeptGrant, ...]:
    """Return the grants, or those that had not ended at an instant, by start and id."""
    query = select(GrantRow).order_by(GrantRow.starts, GrantRow.id)
    if ended_after is not None:
        query = query.where(GrantRow.ends > ended_after)
    return tuple(
        KeptGrant(_grant(r), r.author, r.reason, r.made, r.revoked_by, r.revoked_at)
        for r in session.scalars(query)
    )


def revoke(session: Session, id_: str, *, by: str, at: datetime) -> bool:
    """End a grant now, or before it starts; False when there is none that still holds."""
    row = session.get(GrantRow, id_)
    if row is None or row.ends <= at:
        return False
    row.ends = max(at, row.starts)  # what was allowed until now stays explained
    row.revoked_by, row.revoked_at = checks.filled("by", by), at
    session.flush()
    return True


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id, subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        target=Target(TargetKind(row.target_kind), row.target_id), start=row.starts, end=row.ends,
        when=frozenset(row.when), methods=row.methods, clause=row.clause, text=row.text,
    )  # fmt: skip
