"""Switching a list on and off, and removing it.

What opens something needs a reason, and says beforehand for whom. It stands in the audit log
and among what changed lately on the headteacher's home page.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices.forms import ReasonForm
from admin_ui.gate import gate
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.changing import fetch
from admin_ui.lists.forms import NeededReasonForm
from admin_ui.lists.listing import ABOUT, Listed
from admin_ui.lists.openings import Opening, opening
from admin_ui.record import record
from appliance.store import lists, subscriptions, web_settings


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
    one, opens = _looked_at(id_)
    form = _form(opens)
    if one.enabled and form.validate_on_submit():
        with gate().writing() as session:
            _switch(session, one, on=False)
            record(session, "list.switched_off", id_, reason=form.reason.data or "",
                   name=one.name, opens_for=list(opens.roles))  # fmt: skip
        told.tell(f"{one.name} is switched off.")
        return redirect(url_for("lists.show", id_=id_), 303)
    if not one.enabled:
        flash(f"{one.name} is switched off already.")
        return redirect(url_for("lists.show", id_=id_), 303)
    return render_template("lists/off.html", form=form, one=one, opens=opens, removes=False)


@blueprint.route("/lists/id/<id_>/remove", methods=["GET", "POST"])
def remove(id_: str) -> str | Response:
    """Remove a list and its subscription; the audit entry says how to add it again."""
    one, opens = _looked_at(id_)
    form = _form(opens)
    if form.validate_on_submit():
        with gate().writing() as session:
            lists.remove(session, id_)
            subscriptions.remove(session, id_)
            web_settings.put(session, ABOUT + id_, {})
            record(session, "list.removed", id_, reason=form.reason.data or "",
                   opens_for=list(opens.roles), before=told.facts(one))  # fmt: skip
        told.tell(f"{one.name} is removed.")
        return redirect(url_for("lists.index"), 303)
    return render_template("lists/off.html", form=form, one=one, opens=opens, removes=True)


def _looked_at(id_: str) -> tuple[Listed, Opening]:
    with gate().reading() as session:
        one = fetch(session, id_)
        return one, opening(one, listing.every(session))


def _form(opens: Opening) -> NeededReasonForm | ReasonForm:
    return NeededReasonForm() if opens.roles else ReasonForm()


def _switch(session: Session, one: Listed, *, on: bool) -> None:
    lists.enable(session, one.id, enabled=on)
    subscriptions.change(session, one.id, enabled=on)
