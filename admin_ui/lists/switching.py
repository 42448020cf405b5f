"""Switching a list on and off, and removing it.

What opens something for pupils waits for a headteacher, as a change of the policy does
(FM-02); what opens something for others needs a reason. All of it is audited.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.devices.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.lists import asked, listing, told
from admin_ui.lists.asked import OFF, REMOVE, Asked
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.changing import fetch
from admin_ui.lists.forms import NeededReasonForm
from admin_ui.lists.listing import ABOUT, Listed
from admin_ui.lists.openings import Opening, approvers, opening
from admin_ui.policy.deciding import DecisionForm
from admin_ui.record import record
from admin_ui.signin.again import signed_again
from appliance.store import lists, subscriptions, web_settings
from appliance.store.accounts import Account


@blueprint.post("/lists/id/<id_>/on")
def switch_on(id_: str) -> Response:
    """Let a list's names count, and fetch it again."""
    with gate().writing() as session:
        one = fetch(session, id_)
        if not one.enabled:
            _switch(session, one, on=True)
            record(session, "list.switched_on", id_, name=one.name)
    told.tell(f"{one.name} is switched on.")
    return redirect(url_for("lists.show", id_=id_), 303)


@blueprint.route("/lists/id/<id_>/off", methods=["GET", "POST"])
def switch_off(id_: str) -> str | Response:
    """Let a list's names not count any more, and fetch it no more."""
    return _end(id_, OFF)


@blueprint.route("/lists/id/<id_>/remove", methods=["GET", "POST"])
def remove(id_: str) -> str | Response:
    """Remove a list and its subscription; the audit entry says how to add it again."""
    return _end(id_, REMOVE)


@blueprint.post("/lists/id/<id_>/withdraw")
def withdraw(id_: str) -> Response:
    """Give up what waits for a headteacher."""
    with gate().writing() as session:
        if asked.get(session, id_) is not None:
            asked.take(session, id_)
            record(session, "list.change_withdrawn", id_)
            flash("The list stays as it is.", "success")
    return redirect(url_for("lists.show", id_=id_), 303)


@blueprint.route("/lists/id/<id_>/decide", methods=["GET", "POST"])
def decide(id_: str) -> str | Response | tuple[str, int]:
    """What it opens for pupils, then yes or no, signed."""
    if (away := signed_again(url_for("lists.decide", id_=id_))) is not None:
        return away
    with gate().reading() as session:
        one, opens, _ = _looked_at(session, id_)
        wanted = asked.get(session, id_)
        if wanted is None:
            flash("Nothing waits for a decision about this list.", "error")
            return redirect(url_for("lists.show", id_=id_), 303)
        if who.me().id not in {account.id for account in approvers(session, wanted.account)}:
            abort(403)  # whoever asks for it does not sign it
    form = DecisionForm()
    if request.method == "POST" and form.validate():
        return _decided(one, opens, wanted, form)
    page = render_template("lists/decide.html", form=form, one=one, opens=opens, wanted=wanted)
    return (page, 422) if form.errors else page


def _end(id_: str, does: str) -> str | Response:
    with gate().reading() as session:
        one, opens, may = _looked_at(session, id_)
    form = NeededReasonForm() if opens.who else ReasonForm()
    if does == OFF and not one.enabled:
        flash(f"{one.name} is switched off already.")
        return redirect(url_for("lists.show", id_=id_), 303)
    if not form.validate_on_submit():
        return render_template(
            "lists/off.html", form=form, one=one, opens=opens, removes=does == REMOVE, may=may
        )
    wanted = Asked(id_, does, who.me().id, who.me().login, told.line(form.reason.data))
    return _wait(one, opens, wanted, may) if may else _done(one, opens, wanted)


def _wait(one: Listed, opens: Opening, wanted: Asked, may: tuple[Account, ...]) -> Response:
    with gate().writing() as session:
        asked.put(session, wanted)
        record(session, "list.change_asked", one.id, reason=wanted.reason, does=wanted.words,
               name=one.name, opens_for=list(opens.who))  # fmt: skip
    names = ", ".join(account.name for account in may)
    flash(f"The list stays on until this is approved by: {names}.", "success")
    return redirect(url_for("lists.show", id_=one.id), 303)


def _decided(one: Listed, opens: Opening, wanted: Asked, form: FlaskForm) -> Response:
    reasons = told.line(form.reasons.data)
    if form.approved.data == "yes":
        return _done(one, opens, wanted, approved=reasons)
    with gate().writing() as session:
        asked.take(session, one.id)
        record(session, "list.change_refused", one.id, reason=reasons, does=wanted.words,
               asked_by=wanted.login)  # fmt: skip
    flash("It is refused. The list stays as it is.", "success")
    return redirect(url_for("lists.show", id_=one.id), 303)


def _done(one: Listed, opens: Opening, wanted: Asked, approved: str = "") -> Response:
    """Carry it out. approved: the reasons of whoever signed; empty where nobody had to."""
    removes = wanted.does == REMOVE
    signed = {"asked_by": wanted.login, "asked_because": wanted.reason} if approved else {}
    with gate().writing() as session:
        asked.take(session, one.id)
        if removes:
            lists.remove(session, one.id)
            subscriptions.remove(session, one.id)
            web_settings.put(session, ABOUT + one.id, {})
        else:
            _switch(session, one, on=False)
        record(
            session, "list.removed" if removes else "list.switched_off", one.id,
            reason=approved or wanted.reason, opens_for=list(opens.who), before=told.facts(one),
            **signed,
        )  # fmt: skip
    told.tell(f"{one.name} is {'removed' if removes else 'switched off'}.")
    where = url_for("lists.index") if removes else url_for("lists.show", id_=one.id)
    return redirect(where, 303)


def _looked_at(session: Session, id_: str) -> tuple[Listed, Opening, tuple[Account, ...]]:
    """Return a list, what its end opens, and who has to sign that: nobody, or one of these."""
    one = fetch(session, id_)
    opens = opening(one, listing.every(session))
    return one, opens, approvers(session, who.me().id) if opens.for_pupils else ()


def _switch(session: Session, one: Listed, *, on: bool) -> None:
    lists.enable(session, one.id, enabled=on)
    subscriptions.change(session, one.id, enabled=on)
