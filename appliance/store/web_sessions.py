"""Browsers that are signed in. The database has only digests of their tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.store import accounts
from appliance.store.account_tables import AccountRow, SessionRow
from appliance.store.accounts import Account

LONGEST: Final = timedelta(hours=12)  # a school day: nobody stays signed in overnight
IDLE: Final = timedelta(hours=1)
STILL: Final = timedelta(minutes=1)  # how exactly ``seen`` is kept: not a write for every page


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A session that holds. complete: no second factor is owed any more.

    proved: when the second factor was last shown; None where it never was.
    """

    id: str
    account: Account
    made: datetime
    ends: datetime
    proved: datetime | None
    complete: bool
    address: str


def begin(
    session: Session, account: Account, *, at: datetime, address: str, complete: bool,
    proved: datetime | None = None,
) -> str:  # fmt: skip
    """Sign a browser in; return its token, which nobody but the browser keeps."""
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        id=digest(token), account=account.id, posts=tuple(sorted(account.posts)),
        address=address, made=at, seen=at, ends=at + LONGEST, proved=proved, complete=complete,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return token


def find(session: Session, token: str, *, at: datetime) -> WebSession | None:
    """Return the session of a token.

    Fails closed: ended, idle too long, account disabled or with other posts than when it
    began, a clock that ran back behind its start: None.
    """
    row = session.get(SessionRow, digest(token))
    if row is None or not row.made - STILL <= at < min(row.ends, row.seen + IDLE):
        return None
    account = session.get(AccountRow, row.account)
    if account is None or not account.enabled or account.posts != row.posts:
        return None
    return WebSession(
        id=row.id, account=accounts.account(account), made=row.made, ends=row.ends,
        proved=row.proved, complete=row.complete, address=row.address,
    )  # fmt: skip


def stale(session: Session, id_: str, *, at: datetime) -> bool:
    """Whether ``seen`` is so old that a page should move it."""
    row = session.get(SessionRow, id_)
    return row is not None and at - row.seen >= STILL


def touch(session: Session, id_: str, *, at: datetime) -> None:
    """Note that a session is in use."""
    row = session.get(SessionRow, id_)
    if row is not None:
        row.seen = max(row.seen, at)


def prove(session: Session, id_: str, *, at: datetime) -> None:
    """Note that the second factor was shown: nothing is owed any more."""
    row = session.get(SessionRow, id_)
    if row is not None:
        row.proved, row.complete = at, True


def renew(session: Session, id_: str, *, at: datetime) -> str | None:
    """Note that the second factor was shown, under a new token; return that token.

    The one before opens nothing any more: whoever saw it gains nothing from the second
    factor (session fixation). The session ends when it would have ended.
    """
    row = session.get(SessionRow, id_)
    if row is None:
        return None
    token = secrets.token_urlsafe(32)
    fresh = SessionRow(
        id=digest(token), account=row.account, posts=row.posts, address=row.address,
        made=row.made, seen=max(row.seen, at), ends=row.ends, proved=at, complete=True,
    )  # fmt: skip
    session.delete(row)
    session.add(fresh)
    session.flush()
    return token


def of(session: Session, account_id: int, *, at: datetime) -> tuple[WebSession, ...]:
    """Return the sessions of an account that hold, newest first."""
    account = session.get(AccountRow, account_id)
    if account is None:
        return ()
    rows = session.scalars(
        select(SessionRow).where(SessionRow.account == account_id).order_by(SessionRow.made.desc())
    )
    shown = accounts.account(account)
    return tuple(
        WebSession(
            id=row.id, account=shown, made=row.made, ends=row.ends, proved=row.proved,
            complete=row.complete, address=row.address,
        )
        for row in rows
        if at < min(row.ends, row.seen + IDLE)
    )  # fmt: skip


def end_others(session: Session, account_id: int, id_: str) -> int:
    """Sign an account out everywhere but in one browser; return how many were signed out."""
    rows = list(
        session.scalars(
            select(SessionRow).where(SessionRow.account == account_id, SessionRow.id != id_)
        )
    )
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def end(session: Session, id_: str) -> None:
    """Sign one browser out."""
    session.execute(delete(SessionRow).where(SessionRow.id == id_))


def end_all(session: Session, account_id: int) -> None:
    """Sign an account out everywhere."""
    session.execute(delete(SessionRow).where(SessionRow.account == account_id))


def sweep(session: Session, *, at: datetime) -> None:
    """Forget sessions that are over."""
    session.execute(delete(SessionRow).where(SessionRow.ends <= at))


def digest(token: str) -> str:
    """Return what is kept of a token: it is 256 random bits, so a plain SHA-256 will do."""
    return hashlib.sha256(token.encode()).hexdigest()
