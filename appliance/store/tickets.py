"""Secrets that work once. The database has only their digests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from appliance.store.account_tables import TicketRow
from appliance.store.web_sessions import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a secret stands for. account: None where it is nobody's yet."""

    kind: str
    account: int | None
    made: datetime
    ends: datetime


def issue(
    session: Session, kind: str, *,
    at: datetime, lasts: timedelta, account: int | None = None, secret: str | None = None,
) -> str:  # fmt: skip
    """Make a ticket; return its secret (256 random bits where none is given)."""
    secret = secret or secrets.token_urlsafe(32)
    row = TicketRow(
        id=digest(secret), kind=kind, account=account, made=at, ends=at + lasts, used=None
    )
    session.add(row)
    session.flush()
    return secret


def find(session: Session, kind: str, secret: str, *, at: datetime) -> Ticket | None:
    """Return what a secret stands for.

    Fails closed: unknown, of another kind, used, over, or a clock before its making: None.
    """
    row = session.get(TicketRow, digest(secret))
    if row is None or row.kind != kind or row.used is not None:
        return None
    if not row.made - timedelta(minutes=1) <= at < row.ends:
        return None
    return Ticket(kind=row.kind, account=row.account, made=row.made, ends=row.ends)


def use(session: Session, kind: str, secret: str, *, at: datetime) -> Ticket | None:
    """Return what a secret stands for and make it worthless; None as ``find``.

    The session must be one for writing: it holds the write lock, so only one comes through.
    """
    found = find(session, kind, secret, at=at)
    if found is not None:
        row = session.get(TicketRow, digest(secret))
        assert row is not None
        row.used = at
        session.flush()
    return found


def withdraw(session: Session, kind: str, account: int | None) -> None:
    """Make every ticket of a kind for an account worthless."""
    session.execute(delete(TicketRow).where(TicketRow.kind == kind, TicketRow.account == account))


def sweep(session: Session, *, at: datetime) -> None:
    """Forget tickets that are over."""
    session.execute(delete(TicketRow).where(TicketRow.ends <= at))
