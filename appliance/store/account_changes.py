"""Changes of somebody's access that wait for a headteacher (CY-04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.account_tables import AccountChangeRow

POSTS, SECOND_FACTOR = "posts", "second_factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """One change that was asked for. posts: what the account would hold, wholly."""

    id: int
    account: int
    what: str
    posts: frozenset[str]
    reason: str
    asked: datetime
    asked_by: str


def ask(
    session: Session, account: int, what: str, posts: Iterable[str], *,
    reason: str, by: str, at: datetime,
) -> int:  # fmt: skip
    """Keep a change until it is decided; one of the same sort that waited gives way to it.

    Raises:
        ValueError: there is no reason.
    """
    reason = checks.filled("reason", reason)
    for row in _waiting(session):
        if row.account == account and row.what == what:
            session.delete(row)
    row = AccountChangeRow(
        account=account, what=what, posts=tuple(sorted(set(posts))), reason=reason, asked=at,
        asked_by=by, decided=None, decided_by=None, approved=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def waiting(session: Session) -> tuple[AccountChange, ...]:
    """Return what nobody has decided, oldest first."""
    return tuple(_change(row) for row in _waiting(session))


def get(session: Session, id_: int) -> AccountChange | None:
    """Return a change that waits."""
    row = session.get(AccountChangeRow, id_)
    return None if row is None or row.decided is not None else _change(row)


def decide(session: Session, id_: int, *, approved: bool, by: str, at: datetime) -> bool:
    """Decide a change; False where it does not wait any more."""
    row = session.get(AccountChangeRow, id_)
    if row is None or row.decided is not None:
        return False
    row.approved, row.decided, row.decided_by = approved, at, by
    session.flush()
    return True


def drop(session: Session, account: int) -> int:
    """Take back what waits for an account, as when other posts were given; return how many."""
    rows = [row for row in _waiting(session) if row.account == account]
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def _waiting(session: Session) -> list[AccountChangeRow]:
    query = select(AccountChangeRow).where(AccountChangeRow.decided.is_(None))
    return list(session.scalars(query.order_by(AccountChangeRow.id)))


def _change(row: AccountChangeRow) -> AccountChange:
    return AccountChange(
        id=row.id, account=row.account, what=row.what, posts=frozenset(row.posts),
        reason=row.reason, asked=row.asked, asked_by=row.asked_by,
    )  # fmt: skip
