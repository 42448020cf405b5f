"""Supervised sessions: a member of staff sits beside, up to the lesson's end (DM 7.2).

While one runs, the ordinary policy of the role holds again. It ends by itself at the bell, or
by the button, which anybody may press who may begin one: ending is the safe direction.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import dates, who
from admin_ui.devices.changing import blame, tell
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.sanctions import standing
from admin_ui.sanctions.blueprint import blueprint
from admin_ui.sanctions.forms import SuperviseForm
from admin_ui.sanctions.need import Need, need
from admin_ui.sanctions.standing import Held
from appliance.policy import spans
from appliance.policy.model import Subject, SubjectKind, SupervisedSession
from appliance.policy.sanctioned import devices_of
from appliance.store import supervision
from appliance.store.supervision import KeptSession, SupervisedAlreadyError

Answer = str | Response | tuple[str, int]


class _Over(ValueError):
    """The sanction has ended meanwhile: there is nothing to supervise."""


@blueprint.route("/sanctions/id/<id_>/supervise", methods=["GET", "POST"])
def supervise(id_: str) -> Answer:
    """Begin a supervised session for a person or device under a sanction."""
    view, form = gate().view(), SuperviseForm()
    with gate().reading() as session:
        mine = need(session)
        held = _allowed(session, mine, id_, view)
    if not held.holds:
        return _ended(held)
    choices = _choices(held, mine)
    form.who.choices = {_value(subject): words for subject, words in choices}
    if not form.is_submitted():
        form.who.data = _value(choices[0][0])
        return _page(form, held, view, choices)
    good = form.validate_on_submit()
    chosen = next((s for s, _ in choices if _value(s) == form.who.data), None)
    if chosen is None and not form.who.errors:
        form.who.errors = ["Choose what you open"]
    if not good or chosen is None:
        return _page(form, held, view, choices), 400
    try:
        kept = _begin(id_, chosen)
    except _Over:
        return _ended(held)
    except SupervisedAlreadyError as error:
        form.form_errors.append(
            f"{str(error).partition(': ')[2]}. End that session first, then begin yours."
        )
        return _page(form, held, view, choices), 409
    except ValueError as error:
        blame(form, error)
        return _page(form, held, view, choices), 409
    until = dates.clock_time(kept.session.end.astimezone(view.zone))
    tell(f"You supervise {standing.name_of(chosen, mine.contents)} until {until}.")
    return redirect(url_for("sanctions.show", id_=id_), 303)


@blueprint.post("/sanctions/supervised/<int:id_>/end")
def end_session(id_: int) -> Answer:
    """End a supervised session now."""
    view, me = gate().view(), who.me()
    with gate().writing() as session:
        mine = need(session)
        kept = supervision.get(session, id_)
        if kept is None or not mine.sees(kept.session.subject):
            abort(404)
        if mine.about_me(kept.session.subject):
            abort(403)
        done = supervision.end(session, id_, at=view.at, by=me.login)
        if done:
            record(session, "sanction.supervision_ended", _named(kept), supervised=id_)
    name = standing.name_of(kept.session.subject, mine.contents)
    if done:
        tell(f"The supervised session of {name} is over.")
    else:
        flash(f"The supervised session of {name} had ended already.", "error")
    return redirect(url_for("sanctions.index"), 303)


def _begin(id_: str, chosen: Subject) -> KeptSession:
    """Begin it, in the one transaction in which it is looked whether it still may be."""
    view = gate().view()
    with gate().writing() as session:
        mine = need(session)
        if not _allowed(session, mine, id_, view).holds:
            raise _Over(id_)
        ends = spans.end_of_supervision(chosen, view.at, view.snapshot)
        kept = supervision.supervise(
            session,
            SupervisedSession(subject=chosen, start=view.at, end=ends, staff=mine.account.name),
            account=mine.account.login,
        )  # fmt: skip
        record(
            session, "sanction.supervision_begun", _named(kept), sanction=id_, supervised=kept.id,
            until=ends.isoformat(), staff=mine.account.name,
        )  # fmt: skip
        return kept


def _allowed(session: Session, mine: Need, id_: str, view: View) -> Held:
    held = standing.one(session, mine, id_, view.at) or abort(404)
    if not mine.may_supervise(held.subject, standing.running(session, view.at)):
        abort(403)  # fails closed: nobody sits beside themselves, nor who is under a sanction
    return held


def _choices(held: Held, mine: Need) -> list[tuple[Subject, str]]:
    """Return what may be opened, the narrowest first: one device, or all that somebody uses."""
    if held.subject.kind is SubjectKind.DEVICE:
        return [(held.subject, f"{held.name}, whoever of them uses it")]
    named = {device.id: device.name for device in mine.contents.devices}
    ids = devices_of(held.subject, mine.contents)
    found = [(Subject(SubjectKind.DEVICE, id_), f"Only {named[id_]}") for id_ in ids]
    return [*found, (held.subject, "Every device they use")]


def _page(form: SuperviseForm, held: Held, view: View, choices: list[tuple[Subject, str]]) -> str:
    moments = [spans.running(subject, view.at, view.snapshot) for subject, _ in choices]
    ends = [spans.end_of_supervision(subject, view.at, view.snapshot) for subject, _ in choices]
    return render_template(
        "sanctions/supervise.html", form=form, held=held, ends=min(ends), moment=moments[0],
        clock_trusted=view.clock_trusted, account=who.me(),
    )  # fmt: skip


def _ended(held: Held) -> Response:
    when = "does not hold yet" if held.runs else "has ended"
    flash(f"The sanction on {held.name} {when}: nobody need sit beside them.", "error")
    return redirect(url_for("sanctions.show", id_=held.id), 303)


def _value(subject: Subject) -> str:
    return f"{subject.kind.value}:{subject.id}"


def _named(kept: KeptSession) -> str:
    return _value(kept.session.subject)
