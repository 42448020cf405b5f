"""Ids that people can say: a letter and the next number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session


def next_id(session: Session, column: InstrumentedAttribute[str], letter: str) -> str:
    """Return the letter with the number after the highest in use (G1, G2 and so on)."""
    taken = session.scalars(select(column).where(column.startswith(letter, autoescape=True)))
    numbers = [int(id_[1:]) for id_ in taken if id_[1:].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1}"
