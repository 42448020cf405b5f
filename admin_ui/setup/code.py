"""Step 1, the code from the console; and the overview of all steps."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from admin_ui.dates import clock_time
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.accounts import limits, setup_code


class CodeForm(FlaskForm):
    """The code."""

    code = StringField(
        "Setup code", widget=GovTextInput(),
        validators=[DataRequired("Enter the setup code"), Length(max=64, message="Too long")],
        description="Twelve letters and numbers, such as ABCD-EFGH-JKLM. Small letters will do.",
    )  # fmt: skip


@blueprint.get("/setup")
def index() -> str | Response:
    """Every step, which are done, and where to go on."""
    away = door.refused("school")
    if away is not None:
        return away
    with gate().reading() as session:
        reached, unmanned = progress.load(session), setup_code.needed(session)
    open_ = progress.BEFORE_TECHNICIAN if unmanned else {step.name for step in progress.STEPS}
    return render_template(
        "setup/index.html", steps=progress.STEPS, reached=reached, open=open_, unmanned=unmanned
    )


@blueprint.route("/setup/code", methods=["GET", "POST"])
def code() -> str | Response:
    """Ask for the code of the first start."""
    with gate().reading() as session:
        unmanned = setup_code.needed(session)
    if not unmanned or door.refused("school") is None:
        return redirect(url_for("setup.index"), 303)
    form = CodeForm()
    if form.validate_on_submit() and _given(form):
        return redirect(url_for("setup.index"), 303)
    return render_template("setup/code.html", form=form, total=progress.TOTAL)


def _given(form: CodeForm) -> bool:
    """Whether the code is right. Fails closed: too many tries are not even looked at."""
    now, zone = gate().real(), gate().view().zone
    with gate().writing() as session:
        tried = limits.begin(session, f"setup {door.address()}", door.address(), at=now)
        right = tried.id is not None and setup_code.holds(session, form.code.data, at=now)
        if right:
            limits.succeeded(session, tried)
        record(session, "setup.opened" if right else "setup.code_refused", "set-up wizard")
    if right:
        door.keep_code(form.code.data)
        return True
    if tried.until is not None:
        when = clock_time(tried.until.astimezone(zone))
        form.code.errors = [f"Too many wrong codes. Try again at {when}"]
    else:
        form.code.errors = [
            "This is not the code. It is on the console where the gate was started; a new start "
            "shows a new one"
        ]
    return False
