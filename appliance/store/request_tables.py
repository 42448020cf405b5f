"""Blocked content access requests (reference policy, appendix A) and what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class RequestRow(Base):
    """One form. The appendix's own fields first; then how wide; then how it was answered."""

    __tablename__ = "access_request"
    __table_args__ = (Index(None, "state"), Index(None, "made"))

    id: Mapped[str] = mapped_column(primary_key=True)  # R1, R2
    kind: Mapped[str]  # blocked_content or curriculum
    state: Mapped[str]
    version: Mapped[int]  # moves with every change: two people never overwrite each other
    made: Mapped[datetime] = mapped_column(UtcTime)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    staff_name: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    url: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    risks: Mapped[str] = mapped_column(Text)
    block_reference: Mapped[str]  # from the block page
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str]
    when: Mapped[tuple[str, ...]] = mapped_column("periods", Words)
    until: Mapped[str]  # as it was asked for: lesson, today or date
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    due: Mapped[datetime | None] = mapped_column(UtcTime)
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    review: Mapped[dict[str, Any]] = mapped_column(
        JSON
    )  # risks_confirmed, controls, note, narrowed
    approved: Mapped[bool | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decision_reasons: Mapped[str] = mapped_column(Text)
    authoriser_name: Mapped[str]
    signature: Mapped[dict[str, Any]] = mapped_column(JSON)  # how it was signed: factor, digest
    grant: Mapped[str | None] = mapped_column("grant_id")


class RequestEventRow(Base):
    """One thing that happened to a request: a state, a question, an answer."""

    __tablename__ = "access_request_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    request: Mapped[str] = mapped_column(
        ForeignKey("access_request.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str]
    what: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
