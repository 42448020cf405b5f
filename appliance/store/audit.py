"""The audit chain as the store keeps it: appended to, read, never changed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.audit import chain
from appliance.audit.chain import Entry, Link
from appliance.store.audit_tables import AuditRow


def append(session: Session, entry: Entry) -> Link:
    """Append an entry, in the transaction of what it tells of: both are kept or neither.

    The session must be one for writing: it holds the write lock, so no two get one number.
    """
    last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    number, previous = (1, chain.START) if last is None else (last.number + 1, last.digest)
    found = chain.digest(number, entry, previous)
    session.add(
        AuditRow(
            number=number,
            at=entry.at,
            actor=entry.actor,
            address=entry.address,
            action=entry.action,
            subject=entry.subject,
            reason=entry.reason,
            detail=entry.detail,
            previous=previous,
            digest=found,
        )
    )
    session.flush()
    return Link(number=number, entry=entry, previous=previous, digest=found)


def link(row: AuditRow) -> Link:
    """Return a row as a link of the chain."""
    entry = Entry(
        at=row.at, actor=row.actor, action=row.action, subject=row.subject, reason=row.reason,
        address=row.address, detail=row.detail,
    )  # fmt: skip
    return Link(number=row.number, entry=entry, previous=row.previous, digest=row.digest)
