"""What gateway mode adds: who signed in on which device, and what was said of signals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class SignInRow(Base):
    """A person using a device for a while. how: ``portal`` or ``radius``.

    person: empty where the Wi-Fi named somebody whom the register does not know. by: the login
    or user name. session: what the Wi-Fi calls it, so that a replay begins nothing. changed:
    counts up at each change of any row, which tells the core to look.

    Not enforced through the snapshot: the core writes who is signed in into a file beside it
    (``identity.sign_ins``), since a thousand sign-ins at 08:50 are no thousand policies.
    """

    __tablename__ = "sign_in"
    __table_args__ = tuple(Index(None, name) for name in ("ends", "changed", "session", "mac"))

    id: Mapped[int] = mapped_column(primary_key=True)
    addresses: Mapped[tuple[str, ...]] = mapped_column(Words)
    mac: Mapped[str]
    person: Mapped[str]
    how: Mapped[str]
    by: Mapped[str]
    session: Mapped[str]
    changed: Mapped[int]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)


class SignalRulingRow(Base):
    """What somebody said of a client's signals: seen, or a false alarm until an instant.

    client: ``kind:id`` of a person, device or address. kinds: the signs it was said of.
    """

    __tablename__ = "signal_ruling"

    client: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime | None] = mapped_column(UtcTime)
    by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    kinds: Mapped[tuple[str, ...]] = mapped_column(Words)
