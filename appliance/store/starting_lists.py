"""The starter lists: our own few names, in force until a subscribed list takes their place."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.lists.starting import starters
from appliance.store import lists
from appliance.store.known import vocabulary
from appliance.store.list_tables import ListRow

PREFIX: Final = "starter-"
SOURCE: Final = "comes with Bellgate"


def add(session: Session, at: datetime) -> tuple[str, ...]:
    """Add the starter lists of the categories that the policy knows; return their ids."""
    known = vocabulary(session)
    categories = {category.id for category in known.categories} if known is not None else set()
    added = []
    for category, parsed in starters():
        if category in categories:
            lists.add(session, PREFIX + category, category, parsed, source=SOURCE, at=at)
            added.append(PREFIX + category)
    return tuple(added)


def retire(session: Session, category: str, by: str, entries: int) -> str:
    """Take a category's starter list away for a longer one; return its id, or nothing.

    A list that is shorter stays beside it: then nothing that was closed opens.
    """
    row = session.scalars(
        select(ListRow).where(ListRow.id == PREFIX + category, ListRow.source == SOURCE)
    ).one_or_none()
    if row is None or row.id == by or row.entries >= entries:
        return ""
    session.delete(row)
    session.flush()
    return row.id
