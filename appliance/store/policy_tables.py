"""Changes of the policy on their way into force, and the yearly reviews (FM-02, FM-05)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class PolicyDraftRow(Base):
    """A policy file that somebody changes. Not enforced: ``policy_version`` is.

    state: editing, waiting (for approval), in_force, refused, withdrawn. base: the version
    it was made from; it can only come into force while that is still the newest.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (Index(None, "state"), Index(None, "version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author: Mapped[str]  # login
    made: Mapped[datetime] = mapped_column(UtcTime)
    changed: Mapped[datetime] = mapped_column(UtcTime)
    base: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    effects: Mapped[tuple[str, ...]] = mapped_column(Words)  # as the author was shown them
    decided_by: Mapped[str | None]
    decided: Mapped[datetime | None] = mapped_column(UtcTime)
    decision: Mapped[str] = mapped_column(Text)  # reasons of whoever approved or refused
    version: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))


class PolicyReviewRow(Base):
    """A review of filtering and monitoring as it was held: at least once a year (FM-05)."""

    __tablename__ = "policy_review"
    __table_args__ = (Index(None, "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    took_part: Mapped[str] = mapped_column(Text)
    results: Mapped[str] = mapped_column(Text)
    actions: Mapped[str] = mapped_column(Text)
    next_review: Mapped[date] = mapped_column(Date)
    recorded: Mapped[datetime] = mapped_column(UtcTime)
    recorded_by: Mapped[str]
    version: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
