"""People as the network knows them: a role and groups. Not the accounts of these pages."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import PersonForm, ReasonForm
from admin_ui.devices.known import known
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.policy.ids import id_of
from appliance.policy.subjects import Person
from appliance.store import people as register
from appliance.store import register_search
from appliance.store.register_search import Wanted
from appliance.store.tables import PersonRow

PAGE: Final = 50  # people on a page


@blueprint.get("/people")
def people() -> str:
    """List the people, found by words, role and group."""
    wanted = Wanted(
        words=request.args.get("words", "")[:100], role=request.args.get("role", "")[:64],
        group=request.args.get("group", "")[:64],
    )  # fmt: skip
    number = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    with gate().reading() as session:
        choices = known(session)
        found = register_search.people(session, wanted, skip=(number - 1) * PAGE, limit=PAGE)
    asked = {"words": wanted.words, "role": wanted.role, "group": wanted.group}
    return render_template(
        "devices/people.html", found=found, choices=choices, number=number,
        asked={name: text for name, text in asked.items() if text},
        pages=-(-found.total // PAGE),
    )  # fmt: skip


@blueprint.route("/people/add", methods=["GET", "POST"])
def add_person() -> str | Response:
    """Add a person."""
    form = PersonForm()
    with gate().reading() as session:
        form.offer(known(session))
    if form.validate_on_submit():
        try:
            with gate().writing() as session:
                kept = register.add_person(session, _read(form, session, ""))
                record(session, "person.added", kept.id, reason=form.reason.data or "",
                       after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is added.")
            return redirect(url_for("devices.people"), 303)
    return render_template("devices/edit_person.html", form=form, person=None)


@blueprint.route("/people/id/<id_>", methods=["GET", "POST"])
def edit_person(id_: str) -> str | Response:
    """Change a person's name, role or groups."""
    form = PersonForm()
    with gate().reading() as session:
        before = _person(session, id_)
        form.offer(known(session))
    if before is None:
        abort(404)
    if request.method == "GET":
        form.seen.data, form.id.data = changing.mark(before), before.id
        form.name.data, form.role.data = before.name, before.role
        form.groups.data = list(before.groups)
    elif form.validate() and not changing.changed_meanwhile(form, before):
        try:
            with gate().writing() as session:
                kept = register.add_person(session, _read(form, session, id_))
                record(session, "person.changed", id_, reason=form.reason.data or "",
                       before=changing.facts(before), after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is changed.")
            return redirect(url_for("devices.people"), 303)
    return render_template("devices/edit_person.html", form=form, person=before)


@blueprint.route("/people/id/<id_>/remove", methods=["GET", "POST"])
def remove_person(id_: str) -> str | Response:
    """Remove a person, also from devices."""
    with gate().reading() as session:
        person = _person(session, id_)
    if person is None:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        with gate().writing() as session:
            register.remove_person(session, id_)
            record(session, "person.removed", id_, reason=form.reason.data or "",
                   before=changing.facts(person))  # fmt: skip
        changing.tell(f"{person.name} is removed.")
        return redirect(url_for("devices.people"), 303)
    return render_template(
        "devices/remove.html", form=form, name=person.name, what="person",
        leave=url_for("devices.people"),
        words="Devices that they use stay, and count as their own role or network says. What was "
        "recorded stays as long as the school keeps the log.",
    )  # fmt: skip


def _person(session: Session, id_: str) -> Person | None:
    row = session.get(PersonRow, id_)
    if row is None:
        return None
    return Person(id=row.id, name=row.name, role=row.role, groups=row.groups)


def _read(form: PersonForm, session: Session, id_: str) -> Person:
    made = id_ or (form.id.data or "").strip() or id_of(str(form.name.data))
    if not made:
        raise ValueError("id: enter an id, as none can be made of this name")
    if not id_ and known(session).has_person(session, made):
        raise ValueError(f"id: there is a person {made!r} already")
    return Person(
        id=made, name=str(form.name.data), role=str(form.role.data),
        groups=tuple(form.groups.data or ()),
    )  # fmt: skip
