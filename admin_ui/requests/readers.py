"""Who reads whose requests. A page asks this after ``access.py`` has let somebody in."""

from __future__ import annotations

from flask import abort
from sqlalchemy.orm import Session

from admin_ui import school_policy
from admin_ui.access import DSLS, HEADS, TECHNICIAN
from admin_ui.requests.answers import steps_of
from appliance.accounts.posts import Post
from appliance.store import requests
from appliance.store.accounts import Account
from appliance.store.requests import Request


def reads_all(session: Session, account: Account) -> bool:
    """Whether somebody may read the requests of others: those who answer, and who oversee.

    Fails closed: everybody else reads their own alone.
    """
    steps = steps_of(school_policy.requests_rule(session))
    answering = frozenset(post for step in steps for post in step.posts)
    return bool(account.posts & (TECHNICIAN | HEADS | DSLS | {Post.AUDITOR} | answering))


def readable(session: Session, id_: str, account: Account) -> Request:
    """Return a request that somebody may read; else the page is not found, or not open."""
    found = requests.get(session, id_)
    if found is None:
        abort(404)
    if found.account != account.id and not reads_all(session, account):
        abort(403)
    return found
