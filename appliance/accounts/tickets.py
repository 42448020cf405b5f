"""One-time secrets: what each sort is for, and how long it holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from appliance.store import tickets
from appliance.store.tickets import Ticket


class Kind(StrEnum):
    """What a secret opens."""

    SETUP = "setup"  # the setup wizard, from the console
    INVITATION = "invitation"  # choosing the first password, or another
    LINK = "link"  # signing in by e-mail
    OIDC = "oidc"  # coming back from the identity provider
    PASSKEY = "passkey"  # a challenge to be signed


LASTS: Final = {
    Kind.SETUP: timedelta(days=30),
    Kind.INVITATION: timedelta(days=7),
    Kind.LINK: timedelta(minutes=15),
    Kind.OIDC: timedelta(minutes=10),
    Kind.PASSKEY: timedelta(minutes=5),
}


def issue(session: Session, kind: Kind, *, at: datetime, account: int | None = None) -> str:
    """Make a ticket and return its secret. Invitations before it become worthless; links do
    not, or anybody could spoil somebody's link by asking for another."""
    tickets.sweep(session, at=at)
    if kind in (Kind.SETUP, Kind.INVITATION):
        tickets.withdraw(session, kind, account)
    return tickets.issue(session, kind, at=at, lasts=LASTS[kind], account=account)


def find(session: Session, kind: Kind, secret: str, *, at: datetime) -> Ticket | None:
    """Return what a secret stands for without using it; None where it holds no more."""
    return tickets.find(session, kind, secret, at=at)


def use(session: Session, kind: Kind, secret: str, *, at: datetime) -> Ticket | None:
    """Return what a secret stands for, once; None where it holds no more."""
    return tickets.use(session, kind, secret, at=at)
