"""Inappropriate content reports (reference policy, appendix B) and the blocks made from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class ContentReportRow(Base):
    """One form: what the member of staff wrote, then what the e-safety officer did."""

    __tablename__ = "content_report"
    __table_args__ = (Index(None, "state"), Index(None, "made"))

    id: Mapped[str] = mapped_column(primary_key=True)  # C1, C2
    state: Mapped[str]
    version: Mapped[int]
    made: Mapped[datetime] = mapped_column(UtcTime)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    staff_name: Mapped[str]
    accessed_by: Mapped[str]  # the individual who accessed it, if known
    day: Mapped[date] = mapped_column(Date)
    urls: Mapped[tuple[str, ...]] = mapped_column(Words)  # empty where they are sealed
    sealed: Mapped[str | None] = mapped_column(Text)  # the URLs of what may be illegal
    nature: Mapped[str] = mapped_column(Text)
    suspected_illegal: Mapped[bool]
    due: Mapped[datetime | None] = mapped_column(UtcTime)
    action_taken: Mapped[str] = mapped_column(Text)
    officer_name: Mapped[str]
    acted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acted_by: Mapped[str | None]
    signature: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReportBlockRow(Base):
    """A block (``reported_block``) that was made from a report, and why it was lifted."""

    __tablename__ = "content_report_block"

    block: Mapped[str] = mapped_column(primary_key=True)
    report: Mapped[str] = mapped_column(
        ForeignKey("content_report.id", ondelete="CASCADE"), index=True
    )
    made: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str]
    lifted_reason: Mapped[str] = mapped_column(Text)
