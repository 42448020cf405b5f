"""The headteacher's half of a change: approved or refused, with reasons and a signature."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.policy.approval import may_approve
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.effect import Preview, preview
from admin_ui.policy.previewing import say_in_force
from admin_ui.policy.working import both, fetch
from admin_ui.record import record
from admin_ui.signin.again import signed_again
from appliance.store import accounts, policy_drafts
from appliance.store.policy_drafts import Draft, OvertakenError


class DecisionForm(FlaskForm):
    """Approve or refuse, and why."""

    approved = RadioField(
        "Do you approve this change?", widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes, put it in force"), SelectChoice("no", "No")],
        validators=[InputRequired("Choose yes or no")],
    )  # fmt: skip
    reasons = TextAreaField(
        "Reasons", widget=GovTextArea(),
        validators=[DataRequired("Give your reasons"), Length(max=1000)],
        description="They stand in the register of rules beside your name and the date.",
    )  # fmt: skip


@blueprint.route("/policy/changes/<int:id_>/decide", methods=["GET", "POST"])
def decide(id_: int) -> str | AnyResponse | tuple[str, int]:
    """What it opens, then yes or no."""
    if (away := signed_again(url_for("policy.decide", id_=id_))) is not None:
        return away
    form = DecisionForm()
    found, shown, author = _waiting(id_)
    if found.state != "waiting":
        flash("This change was decided already.", "error")
        return redirect(url_for("policy.draft", id_=id_), 303)
    if request.method == "POST" and form.validate():
        return _decided(id_, form)
    page = render_template("policy/decide.html", draft=found, shown=shown, author=author, form=form)
    return (page, 422) if form.errors else page


def _waiting(id_: int) -> tuple[Draft, Preview | None, str]:
    with gate().reading() as session:
        found = fetch(session, id_)
        author = accounts.get(session, found.account)
        if found.state != "waiting":
            return found, None, found.author
        old, new = both(session, found)
        shown = preview(old, new)
        if not may_approve(session, who.me(), found.account, old.document, shown.effects,
                           shown.differences):  # fmt: skip
            abort(403)
    return found, shown, author.name if author else found.author


def _decided(id_: int, form: DecisionForm) -> AnyResponse:
    reasons, at, me = form.reasons.data or "", gate().real(), who.me()
    version = None
    try:
        with gate().writing() as session:
            if form.approved.data == "yes":
                version = policy_drafts.enforce(
                    session, id_, at=at, approver=me.login, decision=reasons
                )
                done = version is not None
                if done:
                    record(session, "policy.changed", f"version {version}", reason=reasons,
                           change=id_)  # fmt: skip
            else:
                done = policy_drafts.refuse(session, id_, by=me.login, at=at, decision=reasons)
                if done:
                    record(session, "policy.refused", f"change {id_}", reason=reasons)
    except OvertakenError:
        flash("Another version came into force meanwhile, so this one cannot. Nothing was "
              "changed.", "error")  # fmt: skip
        return redirect(url_for("policy.draft", id_=id_), 303)
    if not done:
        flash("This change was decided already.", "error")
    elif version is None:
        flash("The change is refused. The policy stays as it is.", "success")
    else:
        say_in_force(version)
    return redirect(url_for("policy.draft", id_=id_), 303)
