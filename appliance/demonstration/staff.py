"""The accounts of the made-up school: one for each post, all with one password and one second
factor, which are made at random for each data directory and printed on the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy.orm import Session

from appliance.accounts import passwords, responsible, totp
from appliance.accounts.posts import Post
from appliance.accounts.responsible import Duty
from appliance.accounts.sealing import seal, unseal
from appliance.demonstration.roll import Roll
from appliance.store import accounts, credentials, web_settings
from appliance.store.accounts import Account

KEY: Final = "demonstration"  # of web_settings
_PURPOSE: Final = "demonstration"
# Login, which of the staff it is (None: nobody on the school's register), posts.
_POSTS: Final = (
    ("head", 2, (Post.HEADTEACHER,)),
    ("executive", None, (Post.EXECUTIVE_HEAD,)),
    ("slt", 6, (Post.SLT, Post.STAFF)),
    ("dsl", 5, (Post.DSL, Post.STAFF)),
    ("deputy", 9, (Post.DEPUTY_DSL, Post.STAFF)),
    ("esafety", 7, (Post.E_SAFETY_OFFICER, Post.STAFF)),
    ("technician", 11, (Post.IT_TECHNICIAN,)),
    ("officer", None, (Post.SCHOOL_OFFICER,)),
    ("manager", 3, (Post.LINE_MANAGER, Post.STAFF)),
    ("teacher", 0, (Post.STAFF,)),
    ("teacher2", 1, (Post.STAFF,)),
    ("governor", None, (Post.GOVERNOR,)),
    ("auditor", None, (Post.AUDITOR,)),
)  # fmt: skip
_OTHERS: Final = {
    "executive": "Dr Juniper", "officer": "Ms Clover", "governor": "Mr Thistle",
    "auditor": "Ms Vetch",
}  # fmt: skip
_DUTIES: Final = {
    Duty.HEADTEACHER: "head", Duty.DSL: "dsl", Duty.DEPUTY_DSL: "deputy", Duty.SLT_LEAD: "slt",
    Duty.GOVERNOR: "governor", Duty.E_SAFETY_OFFICER: "esafety",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """What every demonstration account signs in with. secret: of the second factor, base32."""

    password: str
    secret: str


def add(session: Session, roll: Roll, key: bytes, at: datetime) -> dict[str, Account]:
    """Add the accounts, by login. key: the admin UI's, which seals second factors."""
    keys = Keys(passwords.invented(groups=4), totp.new_secret())
    hashed, found = passwords.hashed(keys.password), {}
    for login, place, posts in _POSTS:
        person = None if place is None else roll.staff[place]
        name = person.name if person is not None else _OTHERS[login]
        made = accounts.add(
            session, login, name, posts, at=at, person=person.id if person else None,
            password=hashed,
        )  # fmt: skip
        sealed = seal(key, f"totp:{made.id}", keys.secret)
        credentials.set_totp(session, made.id, sealed, 0, ())
        found[login] = made
    for duty, login in _DUTIES.items():
        responsible.appoint(session, duty, found[login].id)
    kept = {"password": keys.password, "secret": keys.secret}
    sealed_keys = {name: seal(key, _PURPOSE, text).hex() for name, text in kept.items()}
    web_settings.put(session, KEY, {"on": True, **sealed_keys})
    return found


def on(session: Session) -> bool:
    """Whether this is a demonstration school. Fails closed: nothing said, it is a real one."""
    return web_settings.get(session, KEY).get("on") is True


def keys(session: Session, key: bytes) -> Keys | None:
    """Return what the accounts sign in with; None: this is a real school.

    Raises:
        SealError: the key of the admin UI is another one by now.
    """
    if not on(session):
        return None
    kept: Mapping[str, str] = web_settings.get(session, KEY)
    opened = {n: unseal(key, _PURPOSE, bytes.fromhex(kept[n])) for n in ("password", "secret")}
    return Keys(**opened)


def code(keys_: Keys, at: datetime) -> str:
    """Return the six digits that an authenticator app would show at an instant."""
    return pyotp.TOTP(keys_.secret, interval=totp.STEP).at(at)


def logins() -> tuple[tuple[str, tuple[Post, ...]], ...]:
    """Return every login with its posts."""
    return tuple((login, posts) for login, _, posts in _POSTS)
