"""Accounts: who may sign in, with which posts, invitations, import, the emergency account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import abort, render_template

from admin_ui import who
from admin_ui.accounts import (
    adding,
    changing,
    deciding,
    emergency,
    importing,
    mail_settings,
    provider_settings,
    reviewing,
)
from admin_ui.accounts.blueprint import blueprint
from admin_ui.gate import gate
from appliance.accounts import access_rules, limits
from appliance.accounts.posts import NAMES, SECOND_FACTOR, Post
from appliance.store import account_changes, accounts, credentials, passkeys, web_settings
from appliance.store.accounts import Account

__all__ = ["PARTS", "blueprint"]

# Importing these hangs their pages on the blueprint.
PARTS: Final = (adding, changing, deciding, emergency, importing, mail_settings,
                provider_settings, reviewing)  # fmt: skip
TERM: Final = timedelta(days=120)  # accounts are looked through every term (CY-04)


@blueprint.get("/accounts")
def index() -> str:
    """Everybody who may sign in."""
    now = gate().real()
    with gate().reading() as session:
        everybody = accounts.list_(session)
        waiting = account_changes.waiting(session)
        reviewed = web_settings.get(session, "reviewed")
        locked = {one.id for one in everybody
                  if limits.account_locked_until(session, one.login, at=now)}  # fmt: skip
    names = {one.id: one.name for one in everybody}
    return render_template(
        "accounts/index.html", everybody=everybody, post_names=post_names, locked=locked,
        waiting=waiting, names=names, may=may_change(), decides=_decides(), must=owes,
        review_due=_review_due(reviewed, everybody, now),
        has_emergency=any(one.emergency for one in everybody),
    )  # fmt: skip


@blueprint.get("/accounts/<int:id_>")
def show(id_: int) -> str:
    """One account: what it may do, how it signs in, and what can be done with it."""
    now = gate().real()
    with gate().reading() as session:
        one = accounts.get(session, id_) or abort(404)
        kept = credentials.of(session, id_)
        held = passkeys.of(session, id_)
        waiting = [change for change in account_changes.waiting(session) if change.account == id_]
        until = limits.account_locked_until(session, one.login, at=now)
    return render_template(
        "accounts/show.html", one=one, posts=post_names(one), passkeys=len(held),
        codes=len(kept.recovery) if kept is not None else 0, waiting=waiting, locked_until=until,
        may=may_change() and not one.emergency, must=owes(one), named=NAMES,
    )  # fmt: skip


def post_names(account: Account) -> list[str]:
    """Return the names of an account's posts, in the order of the list of posts."""
    return [NAMES[post] for post in Post if post in account.posts]


def may_change() -> bool:
    """Whether whoever looks may change accounts: the technician."""
    return Post.IT_TECHNICIAN in who.me().posts


def owes(account: Account) -> bool:
    """Whether an account has to have a second step."""
    return bool(SECOND_FACTOR & account.posts) and not account.emergency


def _decides() -> bool:
    return bool(access_rules.HEADS & who.me().posts)


def _review_due(reviewed: dict[str, object], everybody: tuple[Account, ...], now: datetime) -> bool:
    """Whether nobody has looked through the accounts for a term."""
    last = reviewed.get("at")
    since = (
        datetime.fromisoformat(str(last)) if last else min((one.made for one in everybody),
                                                           default=now)
    )  # fmt: skip
    return now - since > TERM
