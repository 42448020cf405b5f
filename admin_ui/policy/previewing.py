"""A change before it is in force: what it does, for whom, and who has to sign it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.policy.approval import Approval, approval, may_approve
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.effect import Preview, preview
from admin_ui.policy.working import both, fetch
from admin_ui.record import record
from appliance.policy_file import PolicyFileError
from appliance.store import accounts, policy_drafts
from appliance.store.policy_drafts import Draft, OvertakenError


class ReasonForm(FlaskForm):
    """Why the policy changes: kept with the version, shown in the register."""

    reason = TextAreaField(
        "Why is this changed?", widget=GovTextArea(),
        validators=[DataRequired("Say why this is changed"), Length(max=1000)],
        description="Who asked for it and what for. It stands in the register of rules.",
    )  # fmt: skip


@blueprint.get("/policy/changes/<int:id_>")
def draft(id_: int) -> str:
    """What a change would do, and how far it has come."""
    return _page(id_, ReasonForm())


@blueprint.post("/policy/changes/<int:id_>")
def confirm(id_: int) -> AnyResponse | tuple[str, int]:
    """Put a change in force, or hand it to whoever has to sign it."""
    form = ReasonForm()
    with gate().reading() as session:
        _own(fetch(session, id_))
    if not form.validate():
        return _page(id_, form), 422
    reason = form.reason.data or ""
    try:
        with gate().writing() as session:
            kept = _own(fetch(session, id_))
            old, new = both(session, kept)
            shown = preview(old, new)
            asked = approval(session, who.me(), old.document, shown.effects, shown.differences)
            said = tuple(effect.said for effect in shown.effects)
            if asked.approvers:
                done = policy_drafts.propose(session, id_, reason=reason, effects=said)
                if done:
                    record(session, "policy.proposed", f"change {id_}", reason=reason,
                           effects=list(said))  # fmt: skip
                version = None
            else:
                version = policy_drafts.enforce(session, id_, at=gate().real(), reason=reason)
                done = version is not None
                if done:
                    record(session, "policy.changed", f"version {version}", reason=reason,
                           change=id_, effects=list(said))  # fmt: skip
    except OvertakenError:
        flash("Another version came into force meanwhile. Please look at your change again.",
              "error")  # fmt: skip
        return redirect(url_for("policy.draft", id_=id_), 303)
    return _done(id_, done, version, asked)


@blueprint.post("/policy/changes/<int:id_>/withdraw")
def withdraw(id_: int) -> AnyResponse:
    """Give a change up."""
    with gate().writing() as session:
        _own(fetch(session, id_))
        if policy_drafts.withdraw(session, id_):
            record(session, "policy.withdrawn", f"change {id_}")
            flash("The change was thrown away. The policy is as it was.", "success")
        else:
            flash("This change was decided already.", "error")
    return redirect(url_for("policy.index"), 303)


def say_in_force(version: int) -> None:
    """Say that a version is in force, and truthfully whether the running gate has it."""
    if gate().in_force():
        flash(f"Version {version} of the policy is in force now.", "success")
    else:
        flash(
            f"Version {version} is kept. The running gate has not confirmed it within a second: "
            "look at the home page.",
            "note",
        )


def _done(id_: int, done: bool, version: int | None, asked: Approval) -> AnyResponse:
    if not done:
        flash("This change was decided already.", "error")
        return redirect(url_for("policy.draft", id_=id_), 303)
    if version is None:
        names = ", ".join(one.name for one in asked.approvers)
        flash(f"The change waits for approval by: {names}.", "success")
        return redirect(url_for("policy.draft", id_=id_), 303)
    say_in_force(version)
    return redirect(url_for("policy.index"), 303)


def _own(found: Draft) -> Draft:
    if found.account != who.me().id:
        abort(403)
    return found


def _page(id_: int, form: ReasonForm) -> str:
    with gate().reading() as session:
        found = fetch(session, id_)
        author = accounts.get(session, found.account)
        live = found.state in ("editing", "waiting")
        shown: Preview | None = None
        asked, may, mistakes = Approval(False, "", ()), False, ""
        if live:
            try:
                old, new = both(session, found)
                shown = preview(old, new)
                asked = approval(session, author or who.me(), old.document, shown.effects,
                                 shown.differences)  # fmt: skip
                may = found.state == "waiting" and may_approve(
                    session, who.me(), found.account, old.document, shown.effects,
                    shown.differences,
                )  # fmt: skip
            except PolicyFileError as error:
                mistakes = str(error)
        overtaken = live and policy_drafts.overtaken(session, found)
    return render_template(
        "policy/draft.html", draft=found, author=author, shown=shown, asked=asked, form=form,
        may_approve=may, mistakes=mistakes, overtaken=overtaken,
        own=found.account == who.me().id,
    )  # fmt: skip
