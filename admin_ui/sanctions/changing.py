"""Lifting a sanction, and letting it end at another time."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices.changing import blame, tell
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests import wording
from admin_ui.sanctions import standing
from admin_ui.sanctions.blueprint import blueprint
from admin_ui.sanctions.forms import EndForm, LiftForm, number
from admin_ui.sanctions.need import need
from admin_ui.sanctions.standing import Held
from appliance.store import sanctions
from appliance.store.sanctions import ChangedMeanwhileError

Answer = str | Response | tuple[str, int]


@blueprint.route("/sanctions/id/<id_>/lift", methods=["GET", "POST"])
def lift(id_: str) -> Answer:
    """End a sanction now, with a reason."""
    view, form = gate().view(), LiftForm()
    held, others = _decided(id_, view)
    if not held.runs:
        return _over(held)
    if not form.is_submitted():
        form.seen.data = str(held.kept.version)
    elif form.validate_on_submit():
        reason = form.reason.data.strip()
        try:
            with gate().writing() as session:
                me = need(session).account
                done = sanctions.lift(
                    session, id_, at=view.at, by=me.login, reason=reason, version=number(form.seen)
                )
                if done:
                    record(session, "sanction.lifted", _subject(held), reason=reason, sanction=id_)
        except ChangedMeanwhileError:
            return _meanwhile("sanctions/lift.html", form, held, others)
        if not done:
            return _over(held)
        tell(f"The sanction on {held.name} is lifted.")
        return redirect(url_for("sanctions.show", id_=id_), 303)
    page = render_template("sanctions/lift.html", form=form, held=held, others=others)
    return (page, 400) if form.is_submitted() else page


@blueprint.route("/sanctions/id/<id_>/end", methods=["GET", "POST"])
def change_end(id_: str) -> Answer:
    """Let a sanction end earlier or later, with a reason."""
    view, form = gate().view(), EndForm()
    held, others = _decided(id_, view)
    if not held.runs:
        return _over(held)
    if not form.is_submitted():
        form.seen.data = str(held.kept.version)
        form.until.data = "date"
    else:
        good = form.validate_on_submit()
        in_time, end = form.ends(view)
        if good and in_time:
            reason = form.reason.data.strip()
            try:
                with gate().writing() as session:
                    sanctions.change_end(session, id_, end, at=view.at, version=number(form.seen))
                    record(
                        session, "sanction.changed", _subject(held), reason=reason, sanction=id_,
                        before=held.end and held.end.isoformat(), until=end and end.isoformat(),
                    )  # fmt: skip
            except ChangedMeanwhileError:
                return _meanwhile("sanctions/end.html", form, held, others)
            except ValueError as error:
                blame(form, error)
                return render_template("sanctions/end.html", form=form, held=held), 409
            ends = "when somebody lifts it" if end is None else _until(end, view)
            tell(f"The sanction on {held.name} now ends {ends}.")
            return redirect(url_for("sanctions.show", id_=id_), 303)
    page = render_template("sanctions/end.html", form=form, held=held)
    return (page, 400) if form.is_submitted() else page


def _decided(id_: str, view: View) -> tuple[Held, tuple[Held, ...]]:
    """Return a sanction that whoever is signed in may end, and others on the same subject."""
    with gate().reading() as session:
        mine = need(session)
        every = standing.every(session, mine, view.at)
    held = next((one for one in every if one.id == id_), None) or abort(404)
    if held.of_policy or not mine.may_decide(held.subject):
        abort(403)  # fails closed: nobody lifts their own; the policy file is changed elsewhere
    others = (one for one in every if one.runs and one.subject == held.subject)
    return held, tuple(one for one in others if one.id != id_)


def _meanwhile(
    template: str, form: LiftForm | EndForm, held: Held, others: tuple[Held, ...]
) -> Answer:
    """Say that it was changed meanwhile; what was typed stays, and can be sent again."""
    view = gate().view()
    with gate().reading() as session:
        now = _now(session, held, view)
    if not now.runs:
        return _over(now)
    form.seen.data = form.seen.raw_data = str(now.kept.version)
    form.form_errors.append(
        "Somebody else has changed this sanction while the form was open. What you typed is still "
        "here: look at when it ends now, then send it again if you still want to."
    )
    return render_template(template, form=form, held=now, others=others), 409


def _now(session: Session, held: Held, view: View) -> Held:
    return standing.one(session, need(session), held.id, view.at) or abort(404)


def _over(held: Held) -> Response:
    flash(f"This sanction on {held.name} has ended already. Nothing was changed.", "error")
    return redirect(url_for("sanctions.show", id_=held.id), 303)


def _until(end: datetime, view: View) -> str:
    return f"at {wording.until_words(end, view.zone)}"


def _subject(held: Held) -> str:
    return f"{held.subject.kind.value}:{held.subject.id}"
