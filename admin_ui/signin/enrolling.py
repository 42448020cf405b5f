"""Setting up the second factor: a secret for an authenticator app, and recovery codes.

The secret waits in the browser's cookie, sealed, until a code shows that the app has it.
"""

from __future__ import annotations

import base64
import io

import flask
import segno
from flask import Response, abort, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.record import record
from admin_ui.signin import back, checking, starting
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import CodeForm
from appliance.accounts import limits, totp
from appliance.accounts.sealing import SealError, seal, unseal
from appliance.store import credentials, passkeys, web_sessions
from appliance.store.accounts import Account

COOKIE = "enrol"
WRONG = "The code does not fit. Check that the phone’s time is right, and enter the newest code"


@blueprint.route("/second-factor/set-up", methods=["GET", "POST"])
@guessed
def enrol() -> str | AnyResponse:
    """Set up an authenticator app, for the first time or in place of another."""
    if (away := _barred()) is not None:
        return away
    account, onward = _account(), back.asked()
    secret = _pending(account)
    if secret is None:
        secret = _keep(account, totp.new_secret())
    form = CodeForm()
    if form.validate_on_submit():
        codes, refused = _set_up(account, secret, form.code.data)
        if codes:
            return shown_once(codes, starting.renew("code"), onward)
        form.code.errors = [refused]
    return render_template(
        "signin/enrol.html", form=form, onward=onward, secret=totp.grouped(secret),
        again=account.has_totp, login=account.login,
    )  # fmt: skip


@blueprint.get("/second-factor/set-up/code.svg")
def enrol_code() -> Response:
    """The secret as a QR code, for whoever it is being set up for."""
    account = _account()
    secret = _pending(account)
    if secret is None or _barred() is not None:
        abort(404)
    school = gate().view().snapshot.contents.school.name
    drawn = io.BytesIO()
    code = segno.make(totp.uri(secret, account.login, school), error="m", micro=False)
    code.save(drawn, kind="svg", scale=5, border=4, light="#fff", svgclass=None, lineclass=None)
    return Response(drawn.getvalue(), content_type="image/svg+xml")


def shown_once(codes: tuple[str, ...], token: str | None, onward: str) -> AnyResponse:
    """Show recovery codes. Only now: afterwards the database has but their digests."""
    account = _account()
    page = render_template(
        "signin/recovery_codes.html", codes=codes, login=account.login,
        onward=back.on(onward, account), fresh=token is not None,
    )  # fmt: skip
    response = flask.make_response(page)
    return response if token is None else who.keep(response, token)


def _set_up(account: Account, secret: str, code: str) -> tuple[tuple[str, ...], str]:
    """Keep the secret if the app shows the right code; return recovery codes, or what is wrong."""
    now = gate().real()
    with gate().writing() as session:
        one = limits.begin(session, account.login, flask.request.remote_addr or "", at=now)
        if one.id is None:
            return (), checking.Checked(None, one.until).words(WRONG)
        step = totp.step_of(secret, code, at=now, newest=0)
        if step is None:
            return (), WRONG
        limits.succeeded(session, one)
        codes = totp.recovery_codes()
        sealed = seal(checking.key(), f"totp:{account.id}", secret)
        credentials.set_totp(
            session, account.id, sealed, step, tuple(map(totp.recovery_digest, codes))
        )
        _end_others(session, account)
        record(session, "account.second_factor_set_up", account.login, actor=account.login,
               instead_of_another=account.has_totp)  # fmt: skip
    return codes, ""


def _end_others(session: Session, account: Account) -> None:
    found = who.session()
    if found is not None:
        web_sessions.end_others(session, account.id, found.id)


def _barred() -> AnyResponse | None:
    """Return the way to the factor that somebody has already: it has to be shown before.

    Fails closed: a password alone sets up a second factor only where there is none at all.
    """
    found = who.session()
    assert found is not None, "access.py lets nobody without a session here"
    account = found.account
    if account.emergency:
        abort(403)  # its secret is in the envelope alone
    with gate().reading() as session:
        has_one = account.has_totp or bool(passkeys.of(session, account.id))
    shows = has_one or (found.complete and account.has_password)
    if not shows or who.proved_just_now():
        return None
    return redirect(url_for("signin.second_factor", next=url_for("signin.enrol")), 303)


def _account() -> Account:
    found = who.session()
    assert found is not None, "access.py lets nobody without a session here"
    return found.account


def _pending(account: Account) -> str | None:
    kept = flask.session.get(COOKIE)
    if not isinstance(kept, str):
        return None
    try:
        return unseal(checking.key(), f"enrol:{account.id}", base64.b64decode(kept))
    except (SealError, ValueError):
        return None


def _keep(account: Account, secret: str) -> str:
    sealed = seal(checking.key(), f"enrol:{account.id}", secret)
    flask.session[COOKIE] = base64.b64encode(sealed).decode()
    return secret
