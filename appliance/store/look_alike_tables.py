"""Names that nobody classified and that look, or are used, like a service (policy DP 2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class NameUseRow(Base):
    """How many clients used an unclassified site on a day. No client is named."""

    __tablename__ = "name_use"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)
    clients: Mapped[int]
    queries: Mapped[int]


class LookAlikeRow(Base):
    """A name put before the technician. state: ``open``, ``dismissed`` or ``classified``.

    reasons: sentences. service: the id of the service it resembles, or empty. category:
    where the technician put it.
    """

    __tablename__ = "look_alike"

    site: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[datetime] = mapped_column(UtcTime)
    last_seen: Mapped[datetime] = mapped_column(UtcTime)
    clients: Mapped[int]
    score: Mapped[int]
    service: Mapped[str]
    reasons: Mapped[tuple[str, ...]] = mapped_column(Words)
    state: Mapped[str]
    category: Mapped[str]
    decided: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
