"""Names that nobody classified and that look, or are used, like a service (policy DP 2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class NameUseRow(Base):
    """About how many clients used an unclassified site on a day. No client is named."""

    __tablename__ = "name_use"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)
    clients: Mapped[int]


class LookAlikeRow(Base):
    """A name put before the technician. state: ``open``, ``dismissed`` or ``classified``.

    names: what shows it, the site itself or hosts of it. reasons: sentences. service: the id
    of the service it resembles, or empty. held: while it is open, its names follow what the
    policy says of unclassified platforms. category: where the technician put it; entries:
    the names that went there.
    """

    __tablename__ = "look_alike"

    site: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[tuple[str, ...]] = mapped_column(Words)
    first_seen: Mapped[datetime] = mapped_column(UtcTime)
    last_seen: Mapped[datetime] = mapped_column(UtcTime)
    clients: Mapped[int]
    score: Mapped[int]
    service: Mapped[str]
    reasons: Mapped[tuple[str, ...]] = mapped_column(Words)
    held: Mapped[bool]
    state: Mapped[str]
    category: Mapped[str]
    entries: Mapped[tuple[str, ...]] = mapped_column(Words)
    decided: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
