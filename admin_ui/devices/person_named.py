"""Finding the person that somebody typed: by id, or by the whole name."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_ui.devices.known import Known
from appliance.store.tables import PersonRow


def person_named(session: Session, choices: Known, text: str) -> str | None:
    """Return the id of a person; None where nothing was typed.

    Raises:
        ValueError: nobody is called so, or several are.
    """
    typed = text.strip()
    if not typed:
        return None
    if choices.has_person(session, typed):
        return typed
    by_name = select(PersonRow.id).where(func.lower(PersonRow.name) == typed.lower())
    ids = sorted(session.scalars(by_name.limit(5)))
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise ValueError(f"person: several people are called so; their ids are {', '.join(ids)}")
    raise ValueError(f"person: there is nobody called {typed!r} in the list of people")
