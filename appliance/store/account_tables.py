"""Who may use the web pages: accounts, what they sign in with, and their sessions.

Nothing here is read by enforcement. Secrets are kept as hashes, or sealed with a key that
lies outside the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, UtcTime, Words


class AccountRow(Base):
    """Somebody who may sign in. posts: the roles on these pages (``accounts.posts.Post``)."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)  # lower case: an e-mail address or a word
    name: Mapped[str]
    email: Mapped[str]
    posts: Mapped[tuple[str, ...]] = mapped_column(Words)
    person: Mapped[str | None]  # the same human being in the register of people, if there
    password: Mapped[str | None]  # Argon2id
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed
    totp_step: Mapped[int]  # the newest time step that was used: no code counts twice
    recovery: Mapped[tuple[str, ...]] = mapped_column(Words)  # digests of the codes still unused
    issuer: Mapped[str | None]  # of the identity provider that vouched for them
    subject: Mapped[str | None]  # their id there
    enabled: Mapped[bool]
    emergency: Mapped[bool]  # the sealed account: its use alarms everyone
    made: Mapped[datetime] = mapped_column(UtcTime)
    seen: Mapped[datetime | None] = mapped_column(UtcTime)


class PasskeyRow(Base):
    """A passkey (Web Authentication). id: the credential's id, base64url."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int]  # the authenticator's counter: running backwards, it was copied
    name: Mapped[str]
    made: Mapped[datetime] = mapped_column(UtcTime)
    seen: Mapped[datetime | None] = mapped_column(UtcTime)


class SessionRow(Base):
    """A browser that is signed in. id: the digest of its token, which only the browser has."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    posts: Mapped[tuple[str, ...]] = mapped_column(Words)  # as they were: a change ends it
    address: Mapped[str]
    made: Mapped[datetime] = mapped_column(UtcTime)
    seen: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    proved: Mapped[datetime | None] = mapped_column(UtcTime)  # the second factor, last shown
    complete: Mapped[bool]  # False: the second factor is still owed


class TicketRow(Base):
    """A secret that works once. kind: see ``appliance.accounts.tickets.Kind``."""

    __tablename__ = "ticket"

    id: Mapped[str] = mapped_column(primary_key=True)  # the secret's digest
    kind: Mapped[str]
    account: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    made: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class TryRow(Base):
    """One attempt to sign in: what the limits are counted from (CY-03)."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index(None, "login", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    login: Mapped[str]  # a digest: people type passwords into the wrong field
    address: Mapped[str]
    good: Mapped[bool]


class AccountChangeRow(Base):
    """A change of somebody's access that waits for a headteacher (CY-04).

    what: ``posts`` gives these posts; ``second_factor`` takes the second factor away.
    """

    __tablename__ = "account_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    what: Mapped[str]
    posts: Mapped[tuple[str, ...]] = mapped_column(Words)
    reason: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(UtcTime)
    asked_by: Mapped[str]
    decided: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str | None]
    approved: Mapped[bool | None]


class WebSettingRow(Base):
    """A setting of the web pages alone: enforcement never reads it. Secrets lie here sealed."""

    __tablename__ = "web_setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
