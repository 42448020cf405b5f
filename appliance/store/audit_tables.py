"""The audit chain: what people did with the appliance, each entry bound to the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime


class AuditRow(Base):
    """One entry. Triggers refuse to change or delete it; ``audit.chain`` makes the digests."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"), Index(None, "actor"), Index(None, "subject"))

    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, 3: a gap is a broken chain
    at: Mapped[datetime] = mapped_column(UtcTime)  # the system's time, never a rehearsal's
    actor: Mapped[str]  # a login; ``command:USER`` for the command line; ``appliance``
    address: Mapped[str]
    action: Mapped[str]  # area.what, such as request.authorised
    subject: Mapped[str]  # whom or what it was done to
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str]
    digest: Mapped[str]
