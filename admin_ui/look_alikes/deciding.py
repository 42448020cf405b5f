"""Deciding of one name, and undoing it: shown what it changes, done, written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.lists.meaning import Meaning, meanings, named
from admin_ui.look_alikes.blueprint import blueprint
from admin_ui.look_alikes.forms import NAMES, ClassifyForm, FineForm, UndoForm
from admin_ui.record import record
from appliance.store import look_alikes
from appliance.store.look_alikes import UNCLASSIFIED, DecidedMeanwhileError, LookAlike, State

Answer = str | Response


@blueprint.route("/look-alikes/<site>/classify", methods=["GET", "POST"])
def classify(site: str) -> Answer:
    """Put a name into a category of the policy."""
    form = ClassifyForm()
    one, kinds = _looked_up(site)
    if one.state is not State.OPEN:
        return _too_late(one)
    form.offer(one, sorted(((k.id, k.name) for k in kinds), key=lambda kind: kind[1].casefold()))
    if form.validate_on_submit():
        category, alone = str(form.category.data), form.what.data == NAMES
        said = {k.id: k for k in kinds}[category]

        def do(session: Session) -> LookAlike:
            kept = look_alikes.classify(
                session, site, category, note=form.note.data or "", names_alone=alone, **_by()
            )
            record(session, "look_alike.classified", site, reason=kept.note, category=category,
                   names=list(kept.entries))  # fmt: skip
            return kept

        done = _done(do, form, f"{site} is now under “{said.name}”: {said.short}.")
        if done is not None:
            return done
    return render_template("look_alikes/classify.html", one=one, form=form, kinds=kinds)


@blueprint.route("/look-alikes/<site>/fine", methods=["GET", "POST"])
def fine(site: str) -> Answer:
    """Say that a name is fine."""
    form = FineForm()
    one, kinds = _looked_up(site)
    if one.state is not State.OPEN:
        return _too_late(one)
    if form.validate_on_submit():

        def do(session: Session) -> LookAlike:
            kept = look_alikes.dismiss(session, site, note=form.note.data or "", **_by())
            record(session, "look_alike.dismissed", site, reason=kept.note, was_held=one.held)
            return kept

        done = _done(do, form, f"{site} is fine, and is not put before you again.")
        if done is not None:
            return done
    until = next((kind for kind in kinds if kind.id == UNCLASSIFIED), None)
    return render_template("look_alikes/fine.html", one=one, form=form, until=until)


@blueprint.route("/look-alikes/<site>/undo", methods=["GET", "POST"])
def undo(site: str) -> Answer:
    """Put a name up again that was decided, and take it out of its category."""
    form = UndoForm()
    one, kinds = _looked_up(site)
    if one.state is State.OPEN:
        flash(f"{site} is open already: somebody has undone it meanwhile.", "error")
        return redirect(url_for("look_alikes.index"), 303)
    mark = f"{one.state}/{one.category}/{one.decided}"
    if form.validate_on_submit() and form.seen.data == mark:

        def do(session: Session) -> LookAlike:
            kept = look_alikes.reopen(session, site, note=form.note.data or "", **_by())
            record(session, "look_alike.reopened", site, reason=kept.note, was=one.state.value,
                   category=one.category, names=list(one.entries))  # fmt: skip
            return kept

        done = _done(do, form, f"{site} waits for a decision again.")
        if done is not None:
            return done
    elif form.is_submitted() and form.seen.data != mark:
        form.form_errors.append(
            "Somebody else decided of this name while the form was open. Look at what it says "
            "now, then send it again if you still want to undo it."
        )
    form.seen.data = form.seen.raw_data = mark
    kind = next((k for k in kinds if k.id == one.category), None)
    return render_template("look_alikes/undo.html", one=one, form=form, kind=kind)


def _looked_up(site: str) -> tuple[LookAlike, tuple[Meaning, ...]]:
    """Return a name, and the kinds of site that it can be put into."""
    with gate().reading() as session:
        one = look_alikes.get(session, site)
        if one is None:
            abort(404)
        found = meanings(session)
        kinds = tuple(named(found, id_) for id_, _ in look_alikes.categories(session))
    return one, kinds


def _done(do: Callable[[Session], LookAlike], form: Any, words: str) -> Response | None:
    """Do it in one transaction; None: it cannot be done, and the form says why."""
    try:
        with gate().writing() as session:
            do(session)
    except DecidedMeanwhileError as error:
        flash(f"Nothing was changed: {str(error).partition(': ')[2]}.", "error")
        return redirect(url_for("look_alikes.index"), 303)
    except ValueError as error:
        text = str(error).partition(": ")[2] or str(error)
        form.form_errors.append(text[:1].upper() + text[1:])
        return None
    if gate().in_force():
        flash(f"{words} It is in force.", "success")
    else:
        flash(f"{words} It is kept, but the gate has not taken it up yet.", "warning")
    return redirect(url_for("look_alikes.index"), 303)


def _too_late(one: LookAlike) -> Response:
    flash(f"{one.site} was decided already, by {one.decided_by}. Nothing was changed.", "error")
    return redirect(url_for("look_alikes.index", show="decided"), 303)


def _by() -> dict[str, Any]:
    account = who.account()
    assert account is not None  # the door lets nobody else in
    return {"by": account.login, "at": gate().view().at}
