"""Attempts to sign in, for as long as the limits look back on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.store.account_tables import TryRow


def add(session: Session, *, at: datetime, login: str, address: str) -> int:
    """Note a try, as a failed one until ``mark_good``; return its id. login: a digest."""
    row = TryRow(at=at, login=login, address=address, good=False)
    session.add(row)
    session.flush()
    return row.id


def mark_good(session: Session, id_: int) -> None:
    """Note that a try succeeded."""
    row = session.get(TryRow, id_)
    if row is not None:
        row.good = True
        session.flush()


def failed(
    session: Session, *, since: datetime, login: str = "", address: str = ""
) -> tuple[datetime, ...]:
    """Return when tries failed since then, oldest first: those of a login, or of an address."""
    query = select(TryRow.at).where(TryRow.good.is_(False), TryRow.at > since)
    query = query.where(TryRow.login == login if login else TryRow.address == address)
    return tuple(session.scalars(query.order_by(TryRow.at)))


def forget(session: Session, *, login: str) -> int:
    """Forget the failed tries of a login, as when somebody unlocks it; return how many."""
    found = session.scalars(select(TryRow).where(TryRow.login == login, TryRow.good.is_(False)))
    rows = list(found)
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def sweep(session: Session, *, before: datetime) -> None:
    """Forget tries that no limit looks at any more."""
    session.execute(delete(TryRow).where(TryRow.at < before))
