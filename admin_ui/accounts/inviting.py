"""Invitations: a link to choose a password with, shown once, or mailed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import mailing
from admin_ui.gate import gate
from appliance.accounts import tickets
from appliance.accounts.tickets import Kind
from appliance.store.accounts import Account


def invite(session: Session, account: Account) -> str:
    """Make an invitation; return the path that it opens. Those before open nothing any more."""
    secret = tickets.issue(session, Kind.INVITATION, at=gate().real(), account=account.id)
    return url_for("signin.invitation", secret=secret)


def shown_once(invited: Sequence[tuple[Account, str]], said: str = "") -> AnyResponse:
    """Show invitations, and mail them where mail is set up. Nothing keeps the links."""
    mailed = mailing.invitations(invited)
    page = render_template(
        "accounts/invitations.html", said=said, mailed=mailed,
        invited=[(one, url_for("pages.home", _external=True).rstrip("/") + path)
                 for one, path in invited],
    )  # fmt: skip
    return make_response(page)
