"""Notes on attempts and people, concerns, and the filters that readers keep."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.log import asked, looking
from admin_ui.log.blueprint import blueprint
from admin_ui.log.people import KINDS
from admin_ui.log.reader import Reader, named_reader, reader
from admin_ui.log.shown import name_of, whom
from admin_ui.record import record
from appliance.store import attempt_search, notes, views
from appliance.store.attempt_wanted import Wanted

SAID: Final = {True: "The concern is kept, and stands on the list of open concerns.",
               False: "The note is kept."}  # fmt: skip


@blueprint.post("/log/attempt/<int:id_>/note")
def note_attempt(id_: int) -> AnyResponse:
    """Write a note on an attempt."""
    with gate().writing() as session:
        who = named_reader(session)
        kept = attempt_search.one(session, who.scope, id_)
        if kept is None:
            abort(404)
        kind, about = whom(kept.attempt)
        if looking.reason_owed(session, who, kind, about):
            abort(403)  # fails closed: who was not opened gets no note either
        _write(session, who, kind, about, kept.attempt.role, id_)
    return redirect(url_for("log.attempt", id_=id_), 303)


@blueprint.post("/log/person/<kind>/<path:id_>/note")
def note_person(kind: str, id_: str) -> AnyResponse:
    """Write a note on a person, device or address."""
    with gate().writing() as session:
        who = named_reader(session)
        role = _role(session, who, kind, id_)
        if role is None:
            abort(404)
        if looking.reason_owed(session, who, kind, id_):
            abort(403)
        _write(session, who, kind, id_, role, None)
    return redirect(url_for("log.person", kind=kind, id_=id_), 303)


@blueprint.get("/log/concerns")
def concerns() -> str:
    """Open concerns, and those closed lately."""
    with gate().reading() as session:
        who = named_reader(session)
        waiting = notes.concerns(session, who.scope)
        done = notes.concerns(session, who.scope, closed=True, limit=20)
    with gate().writing() as session:
        looking.note_look(session, who, "concerns", len(waiting) + len(done), asked={})
    names = {n.id: name_of(n.subject_kind, n.subject_id, who) for n in (*waiting, *done)}
    return render_template(
        "log/concerns.html", reader=who, waiting=waiting, done=done, names=names
    )  # fmt: skip


@blueprint.post("/log/notes/<int:id_>/close")
def close_concern(id_: int) -> AnyResponse:
    """Close a concern."""
    outcome = request.form.get("outcome", "").strip()
    with gate().writing() as session:
        who = named_reader(session)
        note = notes.get(session, who.scope, id_)
        if note is None:
            abort(404)
        if not outcome:
            flash("Say what came of it, then the concern can be closed.", "error")
        elif notes.close(session, id_, by=who.account.login, at=gate().real(), outcome=outcome):
            subject = f"{note.subject_kind}:{note.subject_id}"
            record(session, "log.concern_closed", subject, reason=outcome[:1000], note=id_)
            flash("The concern is closed.", "success")
        else:
            flash("Somebody has closed this concern already.", "error")
    return redirect(url_for("log.concerns"), 303)


@blueprint.post("/log/views")
def save_view() -> AnyResponse:
    """Keep the filter in the form under a name."""
    with gate().writing() as session:
        who = reader(session)
        if not who.seen.rows:
            abort(403)
        query = asked.read(request.form, who).query
        try:
            kept = views.save(
                session, who.account.id, request.form.get("view_name", ""), query,
                at=gate().real(),
            )  # fmt: skip
        except ValueError as error:
            flash(f"The view was not saved. {str(error).partition(': ')[2].capitalize()}.", "error")
        else:
            record(session, "log.view_saved", kept.name, filter=query)
            flash(f"The filter is saved as “{kept.name}”.", "success")
    return redirect(asked.url("log.index", query), 303)


@blueprint.post("/log/views/<int:id_>/remove")
def remove_view(id_: int) -> AnyResponse:
    """Forget a saved filter of one's own."""
    with gate().writing() as session:
        who = reader(session)
        if views.remove(session, who.account.id, id_):
            record(session, "log.view_removed", str(id_))
            flash("The saved view is removed.", "success")
        else:
            flash("There is no such view any more.", "error")
    return redirect(url_for("log.index"), 303)


def _write(
    session: Session, who: Reader, kind: str, id_: str, role: str, attempt: int | None
) -> None:
    concern = "concern" in request.form
    try:
        note = notes.add(
            session, kind, id_, role, request.form.get("text", ""), by=who.account.login,
            at=gate().real(), concern=concern, attempt=attempt,
        )  # fmt: skip
    except ValueError as error:
        said = "is too long" if "at most" in str(error) else "is empty"
        flash(f"The note was not kept: it {said}.", "error")
        return
    # The text stays out of the chain: notes may have to be withheld from those who read it.
    action = "log.concern_raised" if concern else "log.noted"
    record(session, action, f"{kind}:{id_}", note=note.id, attempt=attempt)
    flash(SAID[concern], "success")


def _role(session: Session, who: Reader, kind: str, id_: str) -> str | None:
    """Return the role of somebody as last seen, None where a reader may not know of them."""
    if kind not in KINDS or (kind == "device" and who.hides_device(id_)):
        return None
    if kind == "person" and id_ in who.open_people:
        people = who.view.snapshot.contents.people
        return next(person.role for person in people if person.id == id_)
    named = {kind: id_, "noise": True}
    found = attempt_search.page(session, who.scope, Wanted(**named), limit=1)  # type: ignore[arg-type]
    return found.rows[0].attempt.role if found.rows else None
