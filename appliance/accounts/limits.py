"""How often somebody may guess: 10 times in 5 minutes, then not for 5 minutes (CY-03).

Counted for each account, also one that does not exist, and for each address. A sign-in that
succeeds clears nothing: guesses on one account are not paid for with another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from appliance.store import tries
from appliance.store.web_sessions import digest

MOST: Final = 10  # failed tries
WINDOW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try that was counted. id: None, it may not be made. until: when the next may be."""

    id: int | None
    until: datetime | None = None


def begin(session: Session, login: str, address: str, *, at: datetime) -> Try:
    """Count a try before it is made, so that many at once are counted too.

    It counts as failed until ``succeeded``. Fails closed: whoever is interrupted has failed.
    """
    tries.sweep(session, before=at - 2 * WINDOW)
    until = locked_until(session, login, address, at=at)
    if until is not None:
        return Try(id=None, until=until)
    return Try(id=tries.add(session, at=at, login=name(login), address=address))


def succeeded(session: Session, one: Try) -> None:
    """Note that a try was no wrong guess."""
    assert one.id is not None
    tries.mark_good(session, one.id)


def locked_until(session: Session, login: str, address: str, *, at: datetime) -> datetime | None:
    """Return until when no try may be made; None: it may."""
    ends = (_locked(session, at, login=name(login)), _locked(session, at, address=address))
    return max((end for end in ends if end is not None), default=None)


def account_locked_until(session: Session, login: str, *, at: datetime) -> datetime | None:
    """Return until when an account is locked, whoever tries; None: it is not."""
    return _locked(session, at, login=name(login))


def unlock(session: Session, login: str) -> int:
    """Forget the failed tries on an account; return how many there were."""
    return tries.forget(session, login=name(login))


def name(login: str) -> str:
    """Return what is kept of a login that was typed: its digest, it may be a password."""
    return digest("login:" + login.strip().lower())


def _locked(
    session: Session, at: datetime, *, login: str = "", address: str = ""
) -> datetime | None:
    """Return the end of a lock: a window after the failure that was one too many."""
    failed = tries.failed(session, since=at - 2 * WINDOW, login=login, address=address)
    if not failed:
        return None
    last = failed[-1]
    within = sum(1 for when in failed if when > last - WINDOW)
    end = last + WINDOW
    return end if within >= MOST and at < end else None
