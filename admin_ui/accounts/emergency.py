"""The sealed emergency account: made, put into an envelope, and answered for after its use."""

from __future__ import annotations

from datetime import datetime

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.accounts.blueprint import blueprint
from admin_ui.accounts.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin import alarm
from admin_ui.signin.again import signed_again
from appliance.accounts import passwords
from appliance.accounts.emergency import LOGIN, existing, seal
from appliance.store import web_settings


@blueprint.route("/accounts/emergency", methods=["GET", "POST"])
def emergency() -> str | AnyResponse:
    """Make the account, or a new password for it; the password is shown once, to be printed."""
    if (away := signed_again()) is not None:
        return away
    form = ReasonForm()
    with gate().reading() as session:
        one = existing(session)
    if form.validate_on_submit():
        password = passwords.invented()
        hashed = passwords.hashed(password)
        with gate().writing() as session:
            one = seal(session, hashed, gate().real())
            record(session, "account.emergency_sealed", one.login, reason=form.reason.data.strip())
        return make_response(render_template("accounts/envelope.html", one=one, password=password))
    return render_template("accounts/emergency.html", form=form, one=one)


@blueprint.route("/accounts/emergency/answer", methods=["GET", "POST"])
def answer() -> str | AnyResponse:
    """A headteacher says why the account was used; with that the alarm ends."""
    if (away := signed_again()) is not None:
        return away
    form = ReasonForm()
    with gate().reading() as session:
        used = web_settings.get(session, alarm.KEY)
    if not used:
        flash("The emergency account was not used, or its use is answered for already.", "notice")
        return redirect(url_for("accounts.index"), 303)
    if form.validate_on_submit():
        with gate().writing() as session:
            alarm.answer(session)
            record(session, "account.emergency_answered", LOGIN, reason=form.reason.data.strip(),
                   times=used.get("times"))  # fmt: skip
        flash("The alarm is over. Please have a new envelope made now.", "success")
        return redirect(url_for("accounts.index"), 303)
    return render_template(
        "accounts/answer.html", form=form, used=used,
        first=datetime.fromisoformat(used["first"]), last=datetime.fromisoformat(used["last"]),
    )  # fmt: skip
