"""Filters of the log that somebody gave a name, each account's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.log_tables import SavedViewRow

MOST: Final = 50  # of one account
LONGEST: Final = 60  # characters of a name


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named filter. query: what its address says, field by field."""

    id: int
    name: str
    query: Mapping[str, str]


def save(
    session: Session, account: int, name: str, query: Mapping[str, str], *, at: datetime
) -> SavedView:
    """Keep a filter under a name; one of that name is replaced.

    Raises:
        ValueError: names the field that is wrong.
    """
    name = " ".join(checks.filled("name", name).split())
    if len(name) > LONGEST:
        raise ValueError(f"name: at most {LONGEST} characters")
    row = session.scalars(
        select(SavedViewRow).where(SavedViewRow.account == account, SavedViewRow.name == name)
    ).first()
    if row is None:
        count = select(func.count(SavedViewRow.id)).where(SavedViewRow.account == account)
        if session.scalars(count).one() >= MOST:
            raise ValueError(f"name: there are {MOST} views already, remove one first")
        row = SavedViewRow(account=account, name=name)
        session.add(row)
    row.query, row.made = dict(query), at
    session.flush()
    return SavedView(row.id, row.name, row.query)


def of_account(session: Session, account: int) -> tuple[SavedView, ...]:
    """Return the views of an account, by name."""
    mine = select(SavedViewRow).where(SavedViewRow.account == account)
    rows = session.scalars(mine.order_by(func.lower(SavedViewRow.name)))
    return tuple(SavedView(row.id, row.name, row.query) for row in rows)


def remove(session: Session, account: int, id_: int) -> bool:
    """Remove a view; False where the account has none of that id."""
    mine = SavedViewRow.id == id_, SavedViewRow.account == account
    found = session.scalars(select(SavedViewRow.id).where(*mine)).first()
    session.execute(delete(SavedViewRow).where(*mine))
    return found is not None
