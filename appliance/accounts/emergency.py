"""The sealed emergency account (CY-04): one password in an envelope, for the day on which
nobody else can sign in. Its use alarms everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from appliance.accounts.posts import Post
from appliance.store import accounts, credentials
from appliance.store.accounts import Account

LOGIN: Final = "emergency"
NAME: Final = "Emergency account"
POSTS: Final = frozenset({Post.IT_TECHNICIAN})


def existing(session: Session) -> Account | None:
    """Return the emergency account, if it was made."""
    return next((one for one in accounts.list_(session) if one.emergency), None)


def seal(session: Session, hashed: str, at: datetime) -> Account:
    """Make the account with this password's hash, or give it another; it is signed out.

    Where it was disabled it can be used again: somebody has just made a new envelope.
    """
    one = existing(session)
    if one is None:
        login = LOGIN if credentials.by_login(session, LOGIN) is None else f"sealed-{LOGIN}"
        return accounts.add(session, login, NAME, POSTS, at=at, password=hashed, emergency=True)
    credentials.set_password(session, one.id, hashed)
    accounts.set_enabled(session, one.id, True)
    return one
