"""Changes of the policy on their way: being made, waiting for approval, decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks, policies
from appliance.store.policy_tables import PolicyDraftRow


@dataclass(frozen=True, slots=True)
class Draft:
    """A changed policy file, and what became of it. See ``PolicyDraftRow``."""

    id: int
    account: int
    author: str
    made: datetime
    changed: datetime
    base: int | None
    text: str
    source: str
    state: str
    reason: str
    effects: tuple[str, ...]
    decided_by: str | None
    decided: datetime | None
    decision: str
    version: int | None


class OvertakenError(ValueError):
    """Another version came into force meanwhile: this change was made from an older one."""


def edit(
    session: Session, *, account: int, author: str, text: str, source: str, at: datetime
) -> Draft:
    """Keep a changed text as the one change that an account is making.

    The first edit is made from the version in force; later ones go on from there.
    """
    row = _editing(session, account)
    if row is None:
        current = policies.current_policy(session)
        row = PolicyDraftRow(
            account=account, author=checks.filled("author", author), made=at, changed=at,
            base=current.id if current else None, text=text, source=source, state="editing",
            reason="", effects=(), decided_by=None, decided=None, decision="", version=None,
        )  # fmt: skip
        session.add(row)
    row.text, row.source, row.changed = text, source, at
    session.flush()
    return _draft(row)


def editing(session: Session, account: int) -> Draft | None:
    """Return the change that an account is making; None when it makes none."""
    row = _editing(session, account)
    return None if row is None else _draft(row)


def find(session: Session, id_: int) -> Draft | None:
    """Return a change by its number."""
    row = session.get(PolicyDraftRow, id_)
    return None if row is None else _draft(row)


def waiting(session: Session) -> tuple[Draft, ...]:
    """Return the changes that wait for approval, oldest first."""
    query = select(PolicyDraftRow).where(PolicyDraftRow.state == "waiting")
    return tuple(_draft(row) for row in session.scalars(query.order_by(PolicyDraftRow.id)))


def of_versions(session: Session) -> dict[int, Draft]:
    """Return the change that each version came from, by version; older ones have none."""
    query = select(PolicyDraftRow).where(PolicyDraftRow.version.is_not(None))
    return {row.version: _draft(row) for row in session.scalars(query) if row.version}


def overtaken(session: Session, draft: Draft) -> bool:
    """Whether another version came into force since a change was begun."""
    current = policies.current_policy(session)
    return (current.id if current else None) != draft.base


def propose(session: Session, id_: int, *, reason: str, effects: tuple[str, ...]) -> bool:
    """Hand a change in for approval; False when it is not being made any more.

    Raises:
        ValueError: no reason is given.
        OvertakenError: another version came into force.
    """
    row = _open(session, id_, "editing")
    if row is None:
        return False
    row.reason, row.effects, row.state = checks.filled("reason", reason), effects, "waiting"
    session.flush()
    return True


def enforce(
    session: Session, id_: int, *, at: datetime, reason: str = "",
    approver: str | None = None, decision: str = "",
) -> int | None:  # fmt: skip
    """Put a change in force; None when it is decided already. Return the new version.

    approver: who signed it; None where nobody had to.

    Raises:
        policy_file.PolicyFileError: the text has mistakes.
        ValueError: no reason is given.
        OvertakenError: another version came into force.
    """
    row = _open(session, id_, "waiting" if approver is not None else "editing")
    if row is None:
        return None
    row.reason = checks.filled("reason", reason or row.reason)
    version = policies.set_policy(session, row.text, row.source, row.author, row.reason, at)
    row.state, row.version, row.decision = "in_force", version.id, decision
    if approver is not None:
        row.decided_by, row.decided = checks.filled("approver", approver), at
    session.flush()
    return version.id


def refuse(session: Session, id_: int, *, by: str, at: datetime, decision: str) -> bool:
    """Refuse a change, with reasons; False when it does not wait any more.

    Raises:
        ValueError: no reasons are given.
    """
    row = session.get(PolicyDraftRow, id_)
    if row is None or row.state != "waiting":
        return False
    row.state, row.decision = "refused", checks.filled("decision", decision)
    row.decided_by, row.decided = checks.filled("by", by), at
    session.flush()
    return True


def withdraw(session: Session, id_: int) -> bool:
    """Give a change up; False when it is decided already."""
    row = session.get(PolicyDraftRow, id_)
    if row is None or row.state not in ("editing", "waiting"):
        return False
    row.state = "withdrawn"
    session.flush()
    return True


def _open(session: Session, id_: int, state: str) -> PolicyDraftRow | None:
    row = session.get(PolicyDraftRow, id_)
    if row is None or row.state != state:
        return None
    if overtaken(session, _draft(row)):
        raise OvertakenError("another version of the policy came into force meanwhile")
    return row


def _editing(session: Session, account: int) -> PolicyDraftRow | None:
    query = select(PolicyDraftRow).where(
        PolicyDraftRow.account == account, PolicyDraftRow.state == "editing"
    )
    return session.scalars(query.order_by(PolicyDraftRow.id.desc()).limit(1)).first()


def _draft(row: PolicyDraftRow) -> Draft:
    return Draft(
        id=row.id, account=row.account, author=row.author, made=row.made, changed=row.changed,
        base=row.base, text=row.text, source=row.source, state=row.state, reason=row.reason,
        effects=row.effects, decided_by=row.decided_by, decided=row.decided,
        decision=row.decision, version=row.version,
    )  # fmt: skip
