"""The self-test's pages: the matrix, the runs, one run, and asking for one."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import access, who
from admin_ui.doctor import by_hand, exporting, shown
from admin_ui.doctor.blueprint import blueprint
from admin_ui.gate import gate
from admin_ui.record import record
from appliance.doctor import asked
from appliance.store import doctor

__all__ = ["blueprint", "by_hand", "exporting"]  # importing them puts their pages on it

PAGE: Final = 20
_LONGEST_NUMBER: Final = 18  # digits that the database can hold


@blueprint.get("/self-test")
def index() -> str:
    """The matrix of roles and periods, and the latest runs."""
    view = gate().view()
    before = _number(request.args.get("before", ""))
    with gate().reading() as session:
        found = doctor.runs(session, most=PAGE + 1, before=before)
        return render_template(
            "doctor/index.html", form=FlaskForm(), lines=shown.matrix(session, view),
            periods=shown.periods(), runs=found[:PAGE], levels=shown.LEVELS,
            who=shown.Who(session), waiting=asked.asked(gate().settings.data / "run") is not None,
            may_run=access.allowed("doctor.run_now", who.me().posts),
            may_write=access.allowed("doctor.write_down", who.me().posts),
            newer=url_for("doctor.index") if before else None,
            older=url_for("doctor.index", before=found[PAGE - 1].id) if len(found) > PAGE else None,
            year=exporting.last_year(view.at),
        )  # fmt: skip


@blueprint.post("/self-test/run")
def run_now() -> AnyResponse:
    """Ask the core for a self-test now. It is done beside everything else, in half a minute."""
    if FlaskForm().validate_on_submit():
        with gate().writing() as session:
            record(session, "doctor.asked", "the gate")
        try:
            asked.ask(gate().settings.data / "run", who.me().login)
        except OSError as error:
            flash(f"The self-test cannot be asked for: {error.strerror or error}.", "error")
        else:
            flash("The self-test begins now. Load this page again in half a minute.", "success")
    return redirect(url_for("doctor.index"), 303)


@blueprint.get("/self-test/<int:number>")
def show(number: int) -> str:
    """One run: what was tried as whom, what was wrong, and what to do."""
    view = gate().view()
    if len(str(number)) > _LONGEST_NUMBER:
        abort(404)
    with gate().reading() as session:
        run = doctor.run(session, number)
        if run is None:
            abort(404)
        found = doctor.results(session, number)
        return render_template(
            "doctor/show.html", run=run, who=shown.Who(session)(run), levels=shown.LEVELS,
            groups=shown.groups(found, view), ill=[one for one in found if one.todo
                                                   and one.level in ("amber", "red")],
        )  # fmt: skip


def _number(text: str) -> int | None:
    fine = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if fine else None
