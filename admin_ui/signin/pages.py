"""Signing in and out: password, second factor, passkey, identity provider, e-mailed link."""

from __future__ import annotations

from typing import Final

import flask
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import mailing, who
from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.record import record
from admin_ui.signin import (
    back,
    checking,
    enrolling,
    invitation,
    link,
    own,
    passkeys,
    second,
    starting,
    vouching,
)
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import SignInForm
from appliance.store import web_sessions

__all__ = ["PARTS", "blueprint"]

# Importing these hangs their pages on the blueprint.
PARTS: Final = (enrolling, invitation, link, own, passkeys, second, vouching)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@guessed
def sign_in() -> str | AnyResponse:
    """Sign in by login and password, with the other ways beside it."""
    onward = back.asked()
    if (account := who.account()) is not None:
        return redirect(back.on(onward, account), 303)
    form = SignInForm()
    if form.validate_on_submit():
        found = checking.password(form.login.data, form.password.data)
        if found.account is not None:
            return starting.begin(found.account, "password", onward)
        form.password.errors = [found.words(checking.WRONG)]
    return render_template(
        "signin/sign_in.html", form=form, onward=onward, passkeys=passkeys.possible(),
        provider=vouches.name if (vouches := vouching.settings()) is not None else "",
        links=mailing.settings() is not None,
    )  # fmt: skip


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign this browser out."""
    found = who.session()
    assert found is not None, "access.py lets nobody without a session here"
    with gate().writing() as session:
        web_sessions.end(session, found.id)
        record(session, "sign_in.ended", found.account.login, actor=found.account.login)
    flask.session.clear()
    flash("You are signed out.", "success")
    return who.forget(flask.make_response(redirect(url_for("signin.sign_in"), 303)))
