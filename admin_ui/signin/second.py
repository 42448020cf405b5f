"""The second factor: after the password, and again before something is signed."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, who
from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.signin import back, checking, starting
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import CodeForm, PasswordForm
from appliance.store import passkeys
from appliance.store.web_sessions import WebSession

WRONG_CODE = "The code is wrong, or was used before. Wait for the next one and enter that"


@blueprint.route("/second-factor", methods=["GET", "POST"])
@guessed
def second_factor() -> str | AnyResponse:
    """Show the second factor: a code, a passkey, or, where there is none, the password."""
    session, onward = _session(), back.asked()
    account = session.account
    with gate().reading() as reading:
        has_passkey = bool(passkeys.of(reading, account.id))
    if account.has_totp or has_passkey:
        return _code(session, onward, has_passkey)
    if not session.complete and access.owes_second_factor(account.posts, account.has_totp):
        return redirect(url_for("signin.enrol", next=onward or None), 303)
    if account.has_password:
        return _password(session, onward)
    # Signed in by mail or by the identity provider: something of their own has to be shown.
    return redirect(url_for("signin.enrol", next=onward or None), 303)


def _code(session: WebSession, onward: str, has_passkey: bool) -> str | AnyResponse:
    form = CodeForm()
    if session.account.has_totp and form.validate_on_submit():
        found = checking.second_factor(session.account, form.code.data)
        if found.account is not None:
            return starting.proved("code", onward)
        form.code.errors = [found.words(WRONG_CODE)]
    return render_template(
        "signin/second_factor.html", form=form, onward=onward, again=session.complete,
        has_totp=session.account.has_totp, has_passkey=has_passkey,
    )  # fmt: skip


def _password(session: WebSession, onward: str) -> str | AnyResponse:
    form = PasswordForm()
    if form.validate_on_submit():
        found = checking.password(session.account.login, form.password.data)
        if found.account is not None and found.account.id == session.account.id:
            return starting.proved("password", onward)
        form.password.errors = [found.words("The password is wrong")]
    return render_template("signin/password_again.html", form=form, onward=onward)


def _session() -> WebSession:
    found = who.session()
    assert found is not None, "access.py lets nobody without a session here"
    return found
