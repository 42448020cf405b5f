"""Subscribing to a list: a ready-made one with one button, any other by its address."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.devices.changing import blame
from admin_ui.gate import gate
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import AddressForm
from admin_ui.lists.meaning import meanings
from admin_ui.record import record
from appliance.lists.presets import preset
from appliance.lists.subscription import Subscription
from appliance.policy.ids import id_of
from appliance.store import lists, subscriptions

_SOON = "It is fetched within a minute; from then on its names count."


@blueprint.post("/lists/ready-made/<id_>")
def add_preset(id_: str) -> Response:
    """Subscribe to a ready-made list."""
    found = preset(id_)
    if found is None:
        abort(404)
    wanted = found.subscription(made=gate().real(), made_by=who.me().login)
    try:
        with gate().writing() as session:
            _subscribe(session, wanted, "")
    except ValueError as error:
        flash(f"Nothing was added: {error}.", "error")
        return redirect(url_for("lists.presets"), 303)
    flash(f"{found.name} is added. {_SOON}", "success")
    return redirect(url_for("lists.show", id_=id_), 303)


@blueprint.route("/lists/add", methods=["GET", "POST"])
def add() -> str | Response:
    """Subscribe to a list by its address."""
    form = AddressForm()
    with gate().reading() as session:
        form.offer(meanings(session).values())
    if form.validate_on_submit():
        try:
            with gate().writing() as session:
                wanted = _read(form)
                _free(session, wanted.list_id)
                _subscribe(session, wanted, form.reason.data or "")
        except ValueError as error:
            blame(form, error)
        else:
            flash(f"{wanted.name} is added. {_SOON}", "success")
            return redirect(url_for("lists.show", id_=wanted.list_id), 303)
    return render_template(
        "lists/edit.html", form=form, list=None, title="Add a list by its address",
        does="Add the list",
        words="The gate fetches it now, and again as often as you say. An update that looks wrong "
        "is never used: the list as it was stays.",
    )  # fmt: skip


def _subscribe(session: Session, wanted: Subscription, reason: str) -> None:
    """Subscribe, and write it down.

    Raises:
        ValueError: a field is wrong, or there is a subscription of that id.
    """
    subscriptions.add(session, wanted)
    one = listing.find(session, wanted.list_id)
    lists.enable(session, wanted.list_id, enabled=True)  # one of the console, taken over
    record(
        session, "list.added", wanted.list_id, reason=reason, name=wanted.name,
        address=wanted.address, category=wanted.category, licence=wanted.licence,
        preset=wanted.preset, names=one.entries if one else 0,
    )  # fmt: skip


def _read(form: AddressForm) -> Subscription:
    name = told.line(form.name.data)
    made = id_of(name)
    if not made:
        raise ValueError("name: it needs a letter or a digit")
    return Subscription(
        list_id=made, name=name, address=str(form.address.data).strip(),
        format=form.format.data, category=form.category.data,
        licence=told.line(form.licence.data), attribution=told.line(form.attribution.data),
        every=form.every.data, most_change=float(form.most_change.data), made=gate().real(),
        made_by=who.me().login,
    )  # fmt: skip


def _free(session: Session, id_: str) -> None:
    """Raises ValueError: the id that comes of the name is another list's already."""
    if listing.find(session, id_) is not None:
        raise ValueError(f"name: there is a list {id_!r} already: choose another name")
