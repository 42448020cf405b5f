"""The audit chain as the store keeps it: appended to, read, never changed.

Triggers of the database refuse to change or delete an entry (migration 0002). A change of
what is enforced that nobody wrote an entry about gets one of its own, see ``Unspoken``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from appliance.audit import chain
from appliance.audit.chain import Entry, Link
from appliance.store.audit_tables import AuditRow

SHOWN_CHANGES: Final = 20  # rows named in an entry that nobody wrote; the rest are counted
_AT_ONCE: Final = 1000  # rows fetched at a time, so that a long chain needs little memory
_UNSPOKEN: Final = "bellgate_unspoken"


@dataclass(slots=True)
class Unspoken:
    """What a session changed. spoken: an entry tells of it already.

    actor: who writes through this session. doing: the command line it was, if it was one.
    """

    actor: str = "appliance"
    doing: str = ""
    reason: str = ""
    spoken: bool = False
    changed: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Note a change of what is enforced."""
        if what not in self.changed:
            self.changed.append(what)


def unspoken(session: Session) -> Unspoken:
    """Return what a session has changed so far."""
    found = session.info.setdefault(_UNSPOKEN, Unspoken())
    assert isinstance(found, Unspoken)
    return found


def append(session: Session, entry: Entry) -> Link:
    """Append an entry, in the transaction of what it tells of: both are kept or neither.

    The session must be one for writing: it holds the write lock, so no two get one number.
    """
    unspoken(session).spoken = True
    last = newest(session)
    number, previous = (1, chain.START) if last is None else (last.number + 1, last.digest)
    found = chain.digest(number, entry, previous)
    session.add(
        AuditRow(
            number=number, at=entry.at, actor=entry.actor, address=entry.address,
            action=entry.action, subject=entry.subject, reason=entry.reason, detail=entry.detail,
            previous=previous, digest=found,
        )
    )  # fmt: skip
    session.flush()
    return Link(number=number, entry=entry, previous=previous, digest=found)


def speak(session: Session, at: datetime) -> None:
    """Append what nobody has told of: called before every commit."""
    changes = unspoken(session)
    if changes.spoken or not changes.changed:
        return
    more = len(changes.changed) - SHOWN_CHANGES
    detail: dict[str, Any] = {"changed": changes.changed[:SHOWN_CHANGES]}
    if more > 0:
        detail["and_more"] = more
    action = "command.ran" if changes.doing else "store.changed"
    subject = changes.doing or changes.changed[0].partition(" ")[0]
    entry = Entry(
        at=at, actor=changes.actor, action=action, subject=subject, reason=changes.reason,
        detail=detail,
    )  # fmt: skip
    append(session, entry)


def row_name(row: object) -> str:
    """Return how a changed row is called in an entry: its table and key."""
    state = inspect(row)
    assert state is not None
    key = state.mapper.primary_key_from_instance(row)
    return " ".join([str(state.mapper.local_table.name), *(str(part) for part in key)])


def newest(session: Session) -> Link | None:
    """Return the newest entry; None before the first."""
    row = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    return None if row is None else link(row)


def every(session: Session) -> Iterator[Link]:
    """Yield the whole chain from its first entry, a handful of rows in memory at a time."""
    query = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=_AT_ONCE)
    for rows in session.scalars(query).partitions():
        for row in rows:
            yield link(row)
            session.expunge(row)


def page(
    session: Session, *, actor: str = "", area: str = "", subject: str = "",
    since: datetime | None = None, until: datetime | None = None, before: int | None = None,
    limit: int = 50, unasked: Iterable[str] = (),
) -> tuple[Link, ...]:  # fmt: skip
    """Return entries, newest first. area: the first word of the action, or the whole of it.

    before: a number; only entries older than it, for the next page. unasked: areas of which
    no entry is found by its subject, so that what is withheld cannot be guessed at.
    """
    query: Select[Any] = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
    if actor:
        query = query.where(AuditRow.actor == actor)
    if area:
        prefix = AuditRow.action.startswith(f"{area}.", autoescape=True)
        query = query.where(prefix | (AuditRow.action == area))
    if subject:
        query = query.where(AuditRow.subject == subject)
        for closed in unasked:
            query = query.where(~AuditRow.action.startswith(f"{closed}.", autoescape=True))
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if until is not None:
        query = query.where(AuditRow.at < until)
    if before is not None:
        query = query.where(AuditRow.number < before)
    return tuple(link(row) for row in session.scalars(query))


def link(row: AuditRow) -> Link:
    """Return a row as a link of the chain."""
    entry = Entry(
        at=row.at, actor=row.actor, action=row.action, subject=row.subject, reason=row.reason,
        address=row.address, detail=row.detail,
    )  # fmt: skip
    return Link(number=row.number, entry=entry, previous=row.previous, digest=row.digest)
