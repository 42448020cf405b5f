"""Sessions: begun at sign-in, under a new token once the second factor was shown."""

from __future__ import annotations

import flask
from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, management, who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin import alarm, back
from appliance.store import credentials, passkeys, web_sessions
from appliance.store.accounts import Account


def begin(account: Account, how: str, onward: str, *, proved: bool = False) -> AnyResponse:
    """Sign a browser in and send it on. proved: what was shown counts as both factors.

    Whoever has a second factor, or has to have one, is not let through before it was shown.
    """
    if account.emergency and management.outside():
        flask.abort(403)
    now = gate().real()
    with gate().writing() as session:
        second = account.has_totp or bool(passkeys.of(session, account.id))
        owes = access.owes_second_factor(account.posts, account.has_totp)
        complete = proved or account.emergency or not (second or owes)
        before = who.session()
        if before is not None:
            web_sessions.end(session, before.id)
        web_sessions.sweep(session, at=now)
        token = web_sessions.begin(
            session, account, at=now, address=request.remote_addr or "", complete=complete,
            proved=now if proved else None,
        )  # fmt: skip
        action = "sign_in.succeeded" if complete else "sign_in.first_factor_shown"
        record(session, action, account.login, actor=account.login, how=how)
        if complete:
            credentials.seen(session, account.id, now)
        if account.emergency:
            alarm.raise_(session, account, now)
    _forget_forms()
    alarm.spread(account)
    if complete:
        to = back.on(onward, account)
    else:
        to = url_for("signin.second_factor", next=onward or None)
    return _with_token(token, to)


def proved(how: str, onward: str) -> AnyResponse:
    """Note that the second factor was shown, and send the browser on with a new token."""
    token = renew(how)
    account = who.session()
    assert account is not None
    return _with_token(token, back.on(onward, account.account))


def renew(how: str) -> str:
    """Note that the second factor was shown; return the new token of this session."""
    now, found = gate().real(), who.session()
    assert found is not None, "access.py lets nobody without a session here"
    with gate().writing() as session:
        token = web_sessions.renew(session, found.id, at=now)
        if token is None:
            flask.abort(401)  # signed out meanwhile, elsewhere
        action = "sign_in.signed_again" if found.complete else "sign_in.succeeded"
        record(session, action, found.account.login, actor=found.account.login, how=how)
        credentials.seen(session, found.account.id, now)
        flask.g.session = web_sessions.find(session, token, at=now)
    _forget_forms()
    return token


def _forget_forms() -> None:
    """Give the browser a new cookie for its forms too: none from before signing in counts."""
    flask.session.clear()
    flask.g.pop("csrf_token", None)


def _with_token(token: str, to: str) -> AnyResponse:
    response = flask.make_response(redirect(to, 303))
    return who.keep(response, token)
