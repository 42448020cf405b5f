"""Changing a list, fetching it now, and taking an update that was held back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from admin_ui.devices.changing import blame
from admin_ui.gate import gate
from admin_ui.lists import listing, told
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import CHANGES, EVERY, AboutForm, AddressForm, NeededReasonForm
from admin_ui.lists.listing import ABOUT, Listed
from admin_ui.lists.meaning import meanings
from admin_ui.record import record
from appliance.store import subscriptions, web_settings

FIELDS = ("name", "address", "format", "category", "licence", "attribution", "every",
          "most_change")  # fmt: skip


@blueprint.route("/lists/id/<id_>/change", methods=["GET", "POST"])
def edit(id_: str) -> str | Response:
    """Change where a list comes from, how often, and what it is called."""
    with gate().reading() as session:
        before = fetch(session, id_)
        known = meanings(session)
    if before.illegal:
        abort(404)  # taken in anew or removed, nothing else
    form: Any = AddressForm() if before.subscription else AboutForm()
    if before.subscription:
        form.offer(known.values(), before.meaning.id)
        _offer_own(form, before)
        if before.kept is not None:
            del form.category  # its names would leave their kind, and open: removed, then added
    if request.method == "GET":
        _fill(form, before)
    elif form.validate() and not told.changed_meanwhile(form, before):
        try:
            with gate().writing() as session:
                _keep(session, form, before)
        except ValueError as error:
            blame(form, error)
        else:
            flash(f"{form.name.data} is changed.", "success")
            return redirect(url_for("lists.show", id_=id_), 303)
    return render_template(
        "lists/edit.html", form=form, list=before, title=f"Change {before.name}",
        does="Save", words="Another address takes effect with the next fetch, which follows at "
        "once. Until then the list stays as it is. To put it into another kind of site, remove "
        "it and add it again.",
    )  # fmt: skip


@blueprint.post("/lists/id/<id_>/update")
def update(id_: str) -> Response:
    """Have a list fetched now."""
    with gate().writing() as session:
        one = fetch(session, id_)
        if one.enabled and subscriptions.ask_now(session, id_, gate().real()):
            record(session, "list.update_asked", id_)
        else:
            flash(f"{one.name} is not fetched: it is switched off, or came as a file.", "error")
    return redirect(url_for("lists.show", id_=id_), 303)


@blueprint.post("/lists/id/<id_>/accept")
def accept(id_: str) -> Response:
    """Take an update that was held back for what it changes."""
    form, back = NeededReasonForm(), redirect(url_for("lists.show", id_=id_), 303)
    digest = request.form.get("digest", "")[:128]
    if not form.validate():
        flash("Nothing was changed: give a reason for using the update.", "error")
        return back
    with gate().writing() as session:
        one = fetch(session, id_)
        done = subscriptions.accept(session, id_, digest, gate().real())
        if done:
            record(
                session, "list.update_accepted", id_, reason=form.reason.data or "",
                names_before=one.entries, names_after=one.fetch.entries, come=one.fetch.come,
                gone=one.fetch.gone, digest=digest,
            )  # fmt: skip
    if done:
        flash("The update is taken as you saw it, within a minute.", "success")
    else:
        flash("Nothing was changed: that update is not there any more. Look at what there is now.",
              "error")  # fmt: skip
    return back


def fetch(session: Session, id_: str) -> Listed:
    """Return a list, or 404."""
    found = listing.find(session, id_)
    if found is None:
        abort(404)
    return found


def _keep(session: Session, form: Any, before: Listed) -> None:
    held, reason = before.subscription, form.reason.data or ""
    if held is None:
        about = {name: told.line(form[name].data) for name in ("name", "licence", "attribution")}
        web_settings.put(session, ABOUT + before.id, {**before.about, **about})
    else:
        given = {name: form[name].data for name in FIELDS if name in form}
        given["most_change"] = float(given["most_change"])
        for name in ("name", "licence", "attribution"):
            given[name] = told.line(given[name])
        changed = {n: value for n, value in given.items() if value != getattr(held, n)}
        subscriptions.change(session, before.id, **changed)
    after = fetch(session, before.id)
    record(session, "list.changed", before.id, reason=reason, before=told.facts(before),
           after=told.facts(after))  # fmt: skip


def _fill(form: Any, one: Listed) -> None:
    form.seen.data, held = told.mark(one), one.subscription
    form.name.data, form.licence.data = one.name, one.licence
    form.attribution.data = one.attribution
    if held is not None:
        form.address.data, form.format.data = held.address, held.format
        form.every.data = held.every
        if "category" in form:
            form.category.data = held.category
        form.most_change.data = f"{held.most_change:g}"


def _offer_own(form: AddressForm, one: Listed) -> None:
    """Let what a preset or the console has set stand, though nobody would choose it here."""
    held = one.subscription
    assert held is not None
    share = f"{held.most_change:g}"
    if share not in CHANGES:
        choice = SelectChoice(share, f"{held.most_change:.0%} of the names")
        form.most_change.choices = [*(form.most_change.choices or ()), choice]
    if held.every not in EVERY:
        hours = SelectChoice(held.every, f"Every {held.every} hours")
        form.every.choices = [*(form.every.choices or ()), hours]
