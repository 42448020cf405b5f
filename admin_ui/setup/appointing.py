"""From names and e-mail addresses to accounts with posts, and who answers for what."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.accounts import inviting
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door
from appliance.accounts import responsible
from appliance.accounts.responsible import NAMES, POSTS, Duty
from appliance.store import accounts, credentials, web_sessions
from appliance.store.accounts import Account


class AppointmentError(ValueError):
    """What was given for a duty cannot be; the message is for its field."""

    def __init__(self, duty: Duty, words: str) -> None:
        super().__init__(words)
        self.duty = duty


def appoint(session: Session, wanted: Mapping[Duty, tuple[str, str]], response: Response) -> None:
    """Give each duty to whom it was given on the form: name and login, empty for nobody.

    response: gets a new token where the posts of whoever is signed in change, which ends
    every session of theirs.

    Raises:
        AppointmentError: nothing is kept then.
    """
    before = responsible.every(session)
    for duty, (_, login) in wanted.items():
        responsible.appoint(session, duty, None)
        old = before.get(duty)
        if old is not None and old.login != login:
            _step_down(session, duty, old, wanted, response)
    for duty, (name, login) in wanted.items():
        if login:
            account = _account(session, duty, name, login)
            _give(session, account, account.posts | {POSTS[duty]}, response)
            responsible.appoint(session, duty, account.id)
            record(session, "setup.appointed", account.login, duty=NAMES[duty])


def uninvited(session: Session) -> tuple[Account, ...]:
    """Return the accounts that nobody has signed in with and that have no password yet."""
    return tuple(
        account for account in accounts.list_(session)
        if account.enabled and not account.emergency and account.seen is None
        and not account.has_password and not account.has_totp
    )  # fmt: skip


def invite(session: Session, account: Account) -> str:
    """Make a link (its path) by which somebody chooses a password; links before it end."""
    record(session, "account.invited", account.login)
    return inviting.invite(session, account)


def _account(session: Session, duty: Duty, name: str, login: str) -> Account:
    """Return the account of a login, made where there is none."""
    found = credentials.by_login(session, login)
    if found is not None and found.emergency:
        raise AppointmentError(duty, "The emergency account is nobody’s own. Enter another")
    if found is not None:
        if not found.enabled:
            accounts.set_enabled(session, found.id, True)
        if found.name != name:
            accounts.set_details(session, found.id, name=name, email=found.email)
        return found
    email = login if "@" in login else ""
    try:
        made = accounts.add(session, login, name, [POSTS[duty]], at=gate().real(), email=email)
    except ValueError as error:
        words = str(error).partition(": ")[2]
        raise AppointmentError(duty, f"{words[:1].upper()}{words[1:]}") from error
    record(session, "account.added", made.login, posts=sorted(made.posts))
    return made


def _step_down(
    session: Session, duty: Duty, old: Account, wanted: Mapping[Duty, tuple[str, str]],
    response: Response,
) -> None:  # fmt: skip
    """Take the post from whom the form names no more, unless another line still gives it."""
    still = {POSTS[other] for other, (_, login) in wanted.items() if login == old.login}
    posts = old.posts - {POSTS[duty]} | still
    _give(session, old, posts, response)
    if not posts and old.seen is None:
        accounts.set_enabled(session, old.id, False)
        record(session, "account.disabled", old.login)


def _give(
    session: Session, account: Account, posts: frozenset[str] | set[str], response: Response
) -> None:
    """Give an account other posts. Whoever does so to themselves goes on under a new token."""
    if frozenset(posts) == account.posts:
        return
    mine = who.session()
    accounts.set_posts(session, account.id, posts)
    record(session, "account.posts_changed", account.login, posts=sorted(posts))
    changed = accounts.get(session, account.id)
    if mine is not None and mine.account.id == account.id and changed is not None:
        token = web_sessions.begin(
            session, changed, at=gate().real(), address=door.address(), complete=True,
            proved=mine.proved,
        )  # fmt: skip
        who.keep(response, token)  # type: ignore[arg-type]
