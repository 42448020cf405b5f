"""What was recorded, and how far into each spool segment the store has got."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words

_AROUND = text("reason = 'circumvention'")
_BIG_ID = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts by itself there


class AttemptRow(Base):
    """A burst of one attempt, see ``attempts.visits``. lookups: those a page visit explains."""

    __tablename__ = "attempt"
    # Ids are never used twice: who follows the log by id misses nothing. No index on people:
    # each of a class in one transaction would cost a page of the SD card, twice. What stands
    # in for it is ``log_tables.AttemptWhoRow``. Ways round the gate are few, and looked for
    # over weeks: an index of these rows alone costs the others nothing.
    __table_args__ = (
        Index(None, "at"),
        Index("ix_attempt_circumvention", "at", sqlite_where=_AROUND, postgresql_where=_AROUND),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_BIG_ID, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    last: Mapped[datetime] = mapped_column(UtcTime)
    count: Mapped[int]
    lookups: Mapped[int]
    layer: Mapped[str]
    visit: Mapped[str]
    address: Mapped[str]
    mac: Mapped[str]
    device: Mapped[str]
    device_name: Mapped[str]
    person: Mapped[str]
    groups: Mapped[tuple[str, ...]] = mapped_column(Words)
    network: Mapped[str]
    role: Mapped[str]
    period: Mapped[str]
    period_kind: Mapped[str]
    host: Mapped[str]
    url: Mapped[str]
    method: Mapped[str]
    search: Mapped[str]
    service: Mapped[str]
    category: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    rule: Mapped[str]
    clause: Mapped[str]
    signal: Mapped[str] = mapped_column(server_default="")
    evidence: Mapped[str] = mapped_column(server_default="")


class SegmentRow(Base):
    """How many bytes of a spool segment are in the store; moves with what was read."""

    __tablename__ = "spool_segment"

    id: Mapped[str] = mapped_column(primary_key=True)  # the head's, not the file's name
    name: Mapped[str]
    read: Mapped[int] = mapped_column(BigInteger)
    skipped: Mapped[int] = mapped_column(BigInteger)
