"""The sealed emergency account (CY-04): one password in an envelope, for the day on which
nobody else can sign in. Its use alarms everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from appliance.accounts import passwords
from appliance.accounts.posts import Post
from appliance.store import accounts, credentials
from appliance.store.accounts import Account

LOGIN: Final = "emergency"
NAME: Final = "Emergency account"
POSTS: Final = frozenset({Post.IT_TECHNICIAN})


def find(session: Session) -> Account | None:
    """Return the emergency account; None: it was never made."""
    return next((one for one in accounts.list_(session) if one.emergency), None)


def renew(session: Session, *, at: datetime) -> tuple[Account, str]:
    """Make the account, or give it another password; return that password, to be shown once.

    Sessions under the password before it end.
    """
    found, password = find(session), passwords.invented()
    hashed = passwords.hashed(password)
    if found is None:
        login = LOGIN if credentials.by_login(session, LOGIN) is None else f"sealed-{LOGIN}"
        made = accounts.add(session, login, NAME, POSTS, at=at, password=hashed, emergency=True)
        return made, password
    credentials.set_password(session, found.id, hashed)
    accounts.set_enabled(session, found.id, True)
    again = accounts.get(session, found.id)
    assert again is not None
    return again, password
