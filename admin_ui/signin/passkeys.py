"""Passkeys: signing in with one, showing one as the second factor, and keeping one's own.

The browser's part is a script (assets/js/passkeys.js): it fetches what is asked, lets the
device answer, and sends the form.
"""

from __future__ import annotations

import json
from ipaddress import ip_address

import flask
from flask import Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.limits import guessed
from admin_ui.record import record
from admin_ui.signin import back, starting
from admin_ui.signin.again import signed_again
from admin_ui.signin.blueprint import blueprint
from admin_ui.signin.forms import PasskeyForm
from appliance.accounts import tickets, webauthn
from appliance.accounts.tickets import Kind
from appliance.accounts.webauthn import PasskeyError, Site
from appliance.store import accounts, passkeys
from appliance.store.accounts import Account
from appliance.store.passkeys import Passkey

COOKIE = "passkey"
MOST = 10  # passkeys of one account
WRONG = "This passkey does not open an account here. Please sign in another way."


def possible() -> bool:
    """Whether browsers take passkeys at this address: a name, and by HTTPS or on this computer."""
    host = _host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure or host == "localhost"
    return False


@blueprint.post("/sign-in/passkey/options")
@guessed
def passkey_options() -> Response:
    """What the browser is to have signed, by whichever passkey its owner picks."""
    return _options(webauthn.ask_to_sign(_site(), _challenge(None)))


@blueprint.post("/sign-in/passkey")
@guessed
def passkey() -> AnyResponse:
    """Sign in with a passkey: it verified its owner, so nothing else is owed."""
    onward = back.asked()
    with gate().writing() as session:
        found = _signed(session, None)
        account = accounts.get(session, found.account) if found is not None else None
    if account is None or not account.enabled:
        flash(WRONG, "error")
        return redirect(url_for("signin.sign_in", next=onward or None), 303)
    return starting.begin(account, "passkey", onward, proved=True)


@blueprint.post("/second-factor/passkey/options")
@guessed
def second_passkey_options() -> Response:
    """What the browser is to have signed, by a passkey of whoever is signing in."""
    account = _account()
    with gate().reading() as session:
        held = passkeys.of(session, account.id)
    return _options(webauthn.ask_to_sign(_site(), _challenge(account.id), held))


@blueprint.post("/second-factor/passkey")
@guessed
def second_passkey() -> AnyResponse:
    """Show a passkey as the second factor."""
    onward = back.asked()
    with gate().writing() as session:
        found = _signed(session, _account().id)
    if found is None:
        flash("This passkey does not fit. Please use another one, or a code.", "error")
        return redirect(url_for("signin.second_factor", next=onward or None), 303)
    return starting.proved("passkey", onward)


@blueprint.route("/me/passkeys", methods=["GET", "POST"])
@guessed
def passkeys_own() -> str | AnyResponse:
    """One's own passkeys, and keeping another."""
    if who.me().emergency:
        abort(403)  # what opens it lies in the envelope alone
    if (away := signed_again()) is not None:
        return away
    account, form = who.me(), PasskeyForm()
    if form.validate_on_submit():
        return _keep(account, form.name.data, form.credential.data or "")
    with gate().reading() as session:
        held = passkeys.of(session, account.id)
    return render_template(
        "signin/passkeys.html", form=form, held=held, possible=possible(), full=len(held) >= MOST
    )


@blueprint.post("/me/passkeys/options")
@guessed
def passkey_new_options() -> Response:
    """What the browser needs to make a passkey."""
    if not who.proved_just_now() or who.me().emergency:
        abort(401)
    account, school = who.me(), gate().view().snapshot.contents.school.name
    with gate().reading() as session:
        held = passkeys.of(session, account.id)
    return _options(webauthn.ask_to_make(_site(), account, school, _challenge(account.id), held))


@blueprint.post("/me/passkeys/remove")
def passkey_remove() -> AnyResponse:
    """Take one of one's own passkeys away."""
    if (away := signed_again(url_for("signin.passkeys_own"))) is not None:
        return away
    account = who.me()
    with gate().writing() as session:
        gone = passkeys.remove(session, account.id, request.form.get("id", ""))
        if gone is not None:
            record(session, "passkey.removed", account.login, name=gone.name)
    if gone is None:
        flash("There is no such passkey any more.", "error")
    else:
        flash(f"The passkey “{gone.name}” opens your account no more.", "success")
    return redirect(url_for("signin.passkeys_own"), 303)


def _keep(account: Account, name: str, answer: str) -> AnyResponse:
    now, problem = gate().real(), ""
    with gate().writing() as session:
        challenge = _spent(session, account.id)
        try:
            if challenge is None or len(passkeys.of(session, account.id)) >= MOST:
                raise PasskeyError("it was not asked for, or too long ago")
            made = webauthn.registered(_site(), challenge, answer)
            passkeys.add(
                session, id_=made.id, account=account.id, public_key=made.public_key,
                uses=made.uses, name=name, at=now,
            )  # fmt: skip
            record(session, "passkey.added", account.login, name=name)
        except ValueError:  # PasskeyError too
            problem = "The passkey could not be kept. Please try again."
    flash(problem or f"The passkey “{name}” is kept.", "error" if problem else "success")
    return redirect(url_for("signin.passkeys_own"), 303)


def _signed(session: Session, account: int | None) -> Passkey | None:
    """Return the passkey that signed what was asked. Fails closed: anything else is None."""
    answer, now = request.form.get("credential", ""), gate().real()
    challenge = _spent(session, account)
    try:
        named = json.loads(answer)
        held = passkeys.get(session, str(named["id"])) if isinstance(named, dict) else None
        if challenge is None or held is None or account not in (None, held.account):
            raise PasskeyError("unknown, or not asked for")
        uses = webauthn.signed(_site(), challenge, answer, held)
    except (PasskeyError, ValueError, KeyError, RecursionError):
        record(session, "sign_in.refused", "", actor="nobody", what="passkey")
        return None
    passkeys.used(session, held.id, uses=uses, at=now)
    return held


def _challenge(account: int | None) -> str:
    """Make a challenge that is signed once, by this browser, within minutes."""
    with gate().writing() as session:
        secret = tickets.issue(session, Kind.PASSKEY, at=gate().real(), account=account)
    flask.session[COOKIE] = secret
    return secret


def _spent(session: Session, account: int | None) -> str | None:
    """Return the challenge of this browser, once; None where there is none for that account."""
    secret = flask.session.pop(COOKIE, None)
    if not isinstance(secret, str):
        return None
    ticket = tickets.use(session, Kind.PASSKEY, secret, at=gate().real())
    return secret if ticket is not None and ticket.account == account else None


def _options(text: str) -> Response:
    return Response(text, content_type="application/json")


def _host() -> str:
    host = request.host
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _site() -> Site:
    if not possible():
        abort(404)
    return Site(host=_host(), origin=f"{request.scheme}://{request.host}")


def _account() -> Account:
    found = who.session()
    assert found is not None, "access.py lets nobody without a session here"
    return found.account
