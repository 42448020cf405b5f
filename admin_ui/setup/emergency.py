"""Step 9: the emergency account. Its password is shown once and sealed in an envelope."""

from __future__ import annotations

from flask import make_response, redirect, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.accounts import emergency as sealed
from appliance.accounts import passwords


@blueprint.get("/setup/emergency")
@door.step("emergency")
def emergency() -> str:
    """Say what it is for, and offer to make it."""
    with gate().reading() as session:
        there = sealed.existing(session) is not None
    return door.page("emergency", form=FlaskForm(), there=there, sealed=None, password="")


@blueprint.post("/setup/emergency")
@door.step("emergency")
def make_emergency() -> str | Response:
    """Make it, or give it another password, and show that this once."""
    form = FlaskForm()
    if not form.validate_on_submit():
        return redirect(url_for("setup.emergency"), 303)
    password = passwords.invented()
    hashed = passwords.hashed(password)
    with gate().writing() as session:
        made = sealed.seal(session, hashed, gate().real())
        progress.mark(session, "emergency")
        record(session, "account.emergency_sealed", made.login)
    shown = door.page(
        "emergency", form=FlaskForm(formdata=None), there=True, sealed=made, password=password
    )
    response = make_response(shown)
    response.headers["Cache-Control"] = "no-store"
    return response
