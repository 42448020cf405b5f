"""What readers of the attempt log keep beside it: notes, saved views, and counts by the hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime


class NoteRow(Base):
    """A note on an attempt or a person, or the flag that it is a concern.

    role: what the network took them for, so that notes about staff stay with those who may
    read about staff. by: a login. outcome: what came of a concern.
    """

    __tablename__ = "log_note"
    __table_args__ = (Index(None, "attempt"), Index(None, "subject_kind", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int | None] = mapped_column(BigInteger)  # the row may be purged, this stays
    subject_kind: Mapped[str]  # person, device or address
    subject_id: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    concern: Mapped[bool]
    closed: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[str]
    outcome: Mapped[str] = mapped_column(Text)


class SavedViewRow(Base):
    """A filter of the log that somebody gave a name."""

    __tablename__ = "log_view"
    __table_args__ = (Index(None, "account", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    made: Mapped[datetime] = mapped_column(UtcTime)


class AttemptHourRow(Base):
    """How many attempts an hour saw of one sort: what the charts are drawn from.

    hour: hours since 1970 in UTC, of ``attempt.at``. Kept up by whoever writes or purges the
    log, in the same transaction, so that the charts and the log agree. Without a row id the
    rows lie in the order of their key: those of the running hour on the same few pages.
    """

    __tablename__ = "attempt_hour"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hour: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[str] = mapped_column(primary_key=True)
    period_kind: Mapped[str] = mapped_column(primary_key=True)
    rows: Mapped[int]
    count: Mapped[int]


class AttemptWhoRow(Base):
    """In which hours somebody or something may be found in the log.

    subject: 64 bits of a digest, see ``attempt_hours.subjects``. Stands in for an index on
    people: it is in order of time, so a class that goes online touches the few pages of this
    hour, and once an hour, where an index would touch one page for each pupil each time. An
    hour stays named when its last row was folded away: it is then read in vain.

    Measured behind a million rows, 14 attempts in a transaction: 2.4 MB to the disk for 1,000
    attempts without any of this, 4.6 MB with the two tables, 52 MB with indexes on person,
    device, MAC and address.
    """

    __tablename__ = "attempt_who"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hour: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[int] = mapped_column(BigInteger, primary_key=True)
