"""Accounts of the web pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appliance.policy.model import Subject, SubjectKind
from appliance.store import checks
from appliance.store.account_tables import AccountRow, SessionRow

_LOGIN: Final = re.compile(r"[^\s\x00-\x1f/?#:\\<>\"']{2,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in, without any secret. posts: see ``appliance.accounts.posts``."""

    id: int
    login: str
    name: str
    email: str = ""
    posts: frozenset[str] = frozenset()
    person: str | None = None
    has_password: bool = False
    has_totp: bool = False
    enabled: bool = True
    emergency: bool = False
    made: datetime
    seen: datetime | None = None


def add(
    session: Session, login: str, name: str, posts: Iterable[str], *,
    at: datetime, email: str = "", person: str | None = None, password: str | None = None,
    emergency: bool = False,
) -> Account:  # fmt: skip
    """Add an account. password: an Argon2id hash, None where another way in is to be used.

    Raises:
        ValueError: names the field that is wrong.
    """
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise ValueError("login: an e-mail address or a word of 2 to 120 characters, no blanks")
    if session.scalar(select(AccountRow.id).where(AccountRow.login == login)) is not None:
        raise ValueError(f"login: there is an account {login!r} already")
    row = AccountRow(
        login=login, name=checks.filled("name", name), email=email.strip(),
        posts=tuple(sorted(set(posts))), person=person, password=password, totp=None, totp_step=0,
        recovery=(), issuer=None, subject=None, enabled=True, emergency=emergency, made=at,
        seen=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return account(row)


def get(session: Session, id_: int) -> Account | None:
    """Return an account by id."""
    row = session.get(AccountRow, id_)
    return None if row is None else account(row)


def list_(session: Session) -> tuple[Account, ...]:
    """Return every account, by name."""
    rows = session.scalars(select(AccountRow).order_by(AccountRow.name, AccountRow.id))
    return tuple(account(row) for row in rows)


def holders(session: Session, post: str) -> tuple[Account, ...]:
    """Return the enabled accounts that hold a post, by name."""
    return tuple(one for one in list_(session) if one.enabled and post in one.posts)


def set_posts(session: Session, id_: int, posts: Iterable[str]) -> bool:
    """Give an account other posts; its sessions end with that. False when there is none."""
    row = session.get(AccountRow, id_)
    if row is None:
        return False
    row.posts = tuple(sorted(set(posts)))
    session.execute(delete(SessionRow).where(SessionRow.account == id_))
    session.flush()
    return True


def set_enabled(session: Session, id_: int, enabled: bool) -> bool:
    """Let an account sign in, or never again; its sessions end. False when there is none."""
    row = session.get(AccountRow, id_)
    if row is None:
        return False
    row.enabled = enabled
    session.execute(delete(SessionRow).where(SessionRow.account == id_))
    session.flush()
    return True


def set_person(session: Session, id_: int, person: str | None) -> bool:
    """Say who an account is in the register of people; None: nobody. False when there is none.

    Raises:
        ValueError: there is no such person, or another account is theirs.
    """
    row = session.get(AccountRow, id_)
    if row is None:
        return False
    if person is not None:
        checks.subject(session, Subject(SubjectKind.PERSON, person), "person")
        other = select(AccountRow.login).where(AccountRow.person == person, AccountRow.id != id_)
        if (login := session.scalar(other.limit(1))) is not None:
            raise ValueError(f"person: the account {login!r} is theirs already")
    row.person = person
    session.flush()
    return True


def set_details(session: Session, id_: int, *, name: str, email: str) -> bool:
    """Give an account another name and e-mail address. False when there is none.

    Raises:
        ValueError: names the field that is wrong.
    """
    row = session.get(AccountRow, id_)
    if row is None:
        return False
    row.name, row.email = checks.filled("name", name), email.strip()
    session.flush()
    return True


def account(row: AccountRow) -> Account:
    """Return a row as what pages may know of it."""
    return Account(
        id=row.id, login=row.login, name=row.name, email=row.email, posts=frozenset(row.posts),
        person=row.person, has_password=row.password is not None, has_totp=row.totp is not None,
        enabled=row.enabled, emergency=row.emergency, made=row.made, seen=row.seen,
    )  # fmt: skip
