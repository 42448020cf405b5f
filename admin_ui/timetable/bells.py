"""Changing the bells: they stand in the policy file, so a change of them is one of the policy."""

from __future__ import annotations

import re
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.policy.working import Working, keep, working
from admin_ui.timetable import period_rows
from admin_ui.timetable.blueprint import blueprint
from admin_ui.timetable.period_rows import Row
from appliance.policy.timetable import Period
from appliance.policy_file import PolicyFileError
from appliance.policy_file.bell_changes import DAYS
from appliance.policy_file.build_time import timetables
from appliance.policy_file.edit import EditError, with_value, without
from appliance.policy_file.slot_words import KINDS

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class BellsForm(FlaskForm):
    """The token against forgery; the rows are read by ``period_rows``."""


@blueprint.route("/timetable/<id_>/bells", methods=["GET", "POST"])
def bells(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Change the periods of a timetable."""
    with gate().reading() as session:
        base = working(session)
    held = {timetable.id: timetable.periods for timetable in timetables(base.document)}
    if id_ not in held:
        abort(404)
    if request.method == "GET":
        return _page(id_, period_rows.rows_of(held[id_]), [], base)
    rows, said = period_rows.read(request.form, with_days=True), list[str]()
    if request.form.get("do") == "more":
        return _page(id_, [*rows, *(Row() for _ in range(period_rows.BLANK))], [], base)
    periods = period_rows.checked(rows, with_days=True)
    if not period_rows.problems(rows):
        if not periods:
            said.append("A timetable needs at least one period")
        else:
            try:
                return keep(_written(base, {**held, id_: periods}, id_))
            except (EditError, PolicyFileError) as error:
                said.append(str(error))
    return _page(id_, rows, said, base), 422


@blueprint.post("/timetable/new")
def new_timetable() -> AnyResponse:
    """Add a timetable for some groups; it begins as a copy of the default one."""
    id_ = request.form.get("id", "").strip().lower()
    with gate().reading() as session:
        base = working(session)
    held = {timetable.id: timetable.periods for timetable in timetables(base.document)}
    if not _ID.fullmatch(id_) or id_ in held:
        flash("Give the new timetable a short name of its own: small letters, digits and dashes.",
              "error")  # fmt: skip
        return redirect(url_for("timetable.index"), 303)
    try:
        return keep(_written(base, {**held, id_: held["default"]}, id_))
    except (EditError, PolicyFileError) as error:
        flash(f"The timetable cannot be added here: {error}", "error")
        return redirect(url_for("timetable.index"), 303)


@blueprint.post("/timetable/<id_>/remove")
def remove_timetable(id_: str) -> AnyResponse:
    """Take a timetable away; those who had it have the default one then."""
    with gate().reading() as session:
        base = working(session)
    if id_ == "default" or id_ not in (base.document.timetables or {}):
        abort(404)
    try:
        return keep(without(base.text, ("timetables", id_)))
    except (EditError, PolicyFileError) as error:
        flash(f"The timetable cannot be removed: {error}", "error")
        return redirect(url_for("timetable.index"), 303)


def _written(base: Working, wanted: dict[str, tuple[Period, ...]], changed: str) -> str:
    """The text with the changed timetable; a file without timetables gets all of them."""
    text = base.text
    own = base.document.timetables
    for id_ in wanted if own is None else [changed]:
        path = ("timetables", id_, "periods")
        text = with_value(text, path, period_rows.as_written(wanted[id_]))
    return text


def _page(id_: str, rows: list[Row], said: list[str], base: Working) -> str:
    return render_template(
        "timetable/bells.html", id=id_, rows=rows, said=said, kinds=KINDS, days=DAYS,
        form=BellsForm(), fresh=base.fresh, removable=id_ != "default" and base.document.timetables,
    )  # fmt: skip
