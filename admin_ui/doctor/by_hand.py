"""A check that somebody made by hand, on a device in a room, written down (FM-08)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin_ui import who
from admin_ui.doctor.blueprint import blueprint
from admin_ui.doctor.shown import BY_HAND
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.store import doctor
from appliance.store.doctor import KeptResult

RESULTS = (
    ("blocked", "It was blocked, as it should be"),
    ("open", "It was open, as it should be"),
    ("wrong", "It was not as it should be"),
)


class CheckForm(FlaskForm):
    """What was tried, as whom, where, and what came of it."""

    role = SelectField("Signed in as, or on the network of", widget=GovSelect())
    where = StringField(
        "Device and place", widget=GovTextInput(),
        validators=[InputRequired("Say on which device, and where"), Length(max=120)],
        description="For example: class laptop 12, library",
    )  # fmt: skip
    what = StringField(
        "What was tried", widget=GovTextInput(),
        validators=[InputRequired("Say what was tried"), Length(max=200)],
        description="For example: the filtering test of SWGfL (testfiltering.com), all four parts",
    )  # fmt: skip
    result = RadioField(
        "What came of it", choices=[SelectChoice(*one) for one in RESULTS], widget=GovRadioInput(),
        validators=[InputRequired("Choose what came of it")],
    )  # fmt: skip
    words = TextAreaField("More about it", widget=GovTextArea(), validators=[Length(max=1000)])
    action = TextAreaField(
        "What was done, or has to be", widget=GovTextArea(), validators=[Length(max=1000)]
    )


@blueprint.route("/self-test/by-hand", methods=["GET", "POST"])
def write_down() -> str | AnyResponse | tuple[str, int]:
    """Write down a check that was made by hand."""
    form, view = CheckForm(), gate().view()
    roles = sorted(view.snapshot.contents.roles, key=lambda role: role.rank)
    form.role.choices = [SelectChoice(role.id, role.name) for role in roles]
    if not form.is_submitted():
        return render_template("doctor/by_hand.html", form=form)
    if not form.validate():
        return render_template("doctor/by_hand.html", form=form), 422
    wrong = form.result.data == "wrong"
    kept = KeptResult(
        about=_plain(form.what.data), level="red" if wrong else "good", role=form.role.data,
        network=_plain(form.where.data), found=form.result.data,
        words=_plain(form.words.data) or dict(RESULTS)[form.result.data] + ".",
        todo=_plain(form.action.data),
    )  # fmt: skip
    with gate().writing() as session:
        run = doctor.put(
            session, [kept], at=gate().real(), who=BY_HAND + who.me().login,
            version=view.snapshot.contents.version,
        )  # fmt: skip
        record(session, "doctor.written_down", f"check {run.id}", result=form.result.data)
    flash("The check is written down.", "success")
    return redirect(url_for("doctor.show", number=run.id), 303)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
