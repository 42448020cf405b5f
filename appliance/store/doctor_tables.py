"""What the self-test found, kept for the yearly review (FM-08, FM-09)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime


class DoctorRunRow(Base):
    """One self-test. who: who asked for it, ``schedule`` where nobody did. version: of the policy.

    level: the worst that was found (``status.checks.Level``).
    """

    __tablename__ = "doctor_run"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str]
    version: Mapped[int]
    level: Mapped[str]
    tried: Mapped[int]
    failed: Mapped[int]


class DoctorResultRow(Base):
    """One thing that a self-test tried: as whom, in which period, what, and what was found."""

    __tablename__ = "doctor_result"
    __table_args__ = (Index(None, "role", "period_kind", "run_id"),)

    run_id: Mapped[int] = mapped_column(
        ForeignKey("doctor_run.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    network: Mapped[str]
    period: Mapped[str]
    period_kind: Mapped[str]
    about: Mapped[str]
    host: Mapped[str]
    expected: Mapped[str]
    found: Mapped[str]
    level: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    todo: Mapped[str] = mapped_column(Text)
