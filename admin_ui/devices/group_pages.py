"""Groups: classes, year groups, staff teams; each may have bells of its own."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui.devices import changing
from admin_ui.devices.blueprint import blueprint
from admin_ui.devices.forms import GroupForm, ReasonForm
from admin_ui.devices.known import known
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.policy.ids import id_of
from appliance.policy.subjects import Group
from appliance.store import people, register_search
from appliance.store.tables import GroupRow


@blueprint.get("/groups")
def groups() -> str:
    """List the groups, with how many are in each."""
    with gate().reading() as session:
        choices = known(session)
        sizes = register_search.group_sizes(session)
    return render_template("devices/groups.html", choices=choices, sizes=sizes)


@blueprint.route("/groups/add", methods=["GET", "POST"])
def add_group() -> str | Response:
    """Add a group."""
    form = GroupForm()
    with gate().reading() as session:
        form.offer(known(session))
    if form.validate_on_submit():
        try:
            with gate().writing() as session:
                kept = people.add_group(session, _read(form, session, ""))
                record(session, "group.added", kept.id, reason=form.reason.data or "",
                       after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is added.")
            return redirect(url_for("devices.groups"), 303)
    return render_template("devices/edit_group.html", form=form, group=None)


@blueprint.route("/groups/id/<id_>", methods=["GET", "POST"])
def edit_group(id_: str) -> str | Response:
    """Change a group's name or bells."""
    form = GroupForm()
    with gate().reading() as session:
        before = _group(session, id_)
        form.offer(known(session))
    if before is None:
        abort(404)
    if request.method == "GET":
        form.seen.data, form.id.data = changing.mark(before), before.id
        form.name.data, form.timetable.data = before.name, before.timetable or ""
    elif form.validate() and not changing.changed_meanwhile(form, before):
        try:
            with gate().writing() as session:
                kept = people.add_group(session, _read(form, session, id_))
                record(session, "group.changed", id_, reason=form.reason.data or "",
                       before=changing.facts(before), after=changing.facts(kept))  # fmt: skip
        except ValueError as error:
            changing.blame(form, error)
        else:
            changing.tell(f"{kept.name} is changed.")
            return redirect(url_for("devices.groups"), 303)
    return render_template("devices/edit_group.html", form=form, group=before)


@blueprint.route("/groups/id/<id_>/remove", methods=["GET", "POST"])
def remove_group(id_: str) -> str | Response:
    """Remove a group, also from all that is in it."""
    with gate().reading() as session:
        group = _group(session, id_)
        sizes = register_search.group_sizes(session).get(id_, (0, 0))
    if group is None:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        with gate().writing() as session:
            people.remove_group(session, id_)
            record(session, "group.removed", id_, reason=form.reason.data or "",
                   before=changing.facts(group), devices=sizes[0], people=sizes[1])  # fmt: skip
        changing.tell(f"{group.name} is removed.")
        return redirect(url_for("devices.groups"), 303)
    return render_template(
        "devices/remove.html", form=form, name=group.name, what="group",
        leave=url_for("devices.groups"),
        words=f"{sizes[0]} devices and {sizes[1]} people are in it. They stay, without the "
        "group; what was permitted to the group then opens nothing.",
    )  # fmt: skip


def _group(session: Session, id_: str) -> Group | None:
    row = session.get(GroupRow, id_)
    return None if row is None else Group(id=row.id, name=row.name, timetable=row.timetable)


def _read(form: GroupForm, session: Session, id_: str) -> Group:
    made = id_ or (form.id.data or "").strip() or id_of(str(form.name.data))
    if not made:
        raise ValueError("id: enter an id, as none can be made of this name")
    if not id_ and any(group.id == made for group in known(session).groups):
        raise ValueError(f"id: there is a group {made!r} already")
    return Group(id=made, name=str(form.name.data), timetable=form.timetable.data or None)
