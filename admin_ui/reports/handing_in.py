"""Handing in a report: the warning first, then the form of appendix B, then what to do next."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import due, school_policy, who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.reports import addresses, leads
from admin_ui.reports.blueprint import blueprint
from admin_ui.reports.forms import ReportForm
from admin_ui.reports.sealing import seal
from appliance.store import content_reports
from appliance.store.content_reports import Draft, Report

WARNED: Final = "report-warning-read"
ILLEGAL: Final = "illegal"


@blueprint.get("/reports/new")
def new() -> str:
    """The plain warning, before any field."""
    with gate().reading() as store:
        told = leads.everyone(store)
    url = request.args.get("url", "")[: addresses.LONGEST]
    return render_template("reports/warning.html", leads=told, url=url)


@blueprint.post("/reports/new")
def warned() -> AnyResponse:
    """Note that the warning was read, and go on to the form."""
    answer = request.form.get("answer", "")
    if answer not in ("no", ILLEGAL):
        return redirect(url_for("reports.new"), 303)
    session[WARNED] = answer
    url = request.form.get("url", "")[: addresses.LONGEST]
    return redirect(url_for("reports.form", url=url or None), 303)


@blueprint.route("/reports/new/form", methods=["GET", "POST"])
def form() -> str | AnyResponse | tuple[str, int]:
    """The fields of appendix B. Without the warning read first, the warning is shown."""
    answer = session.get(WARNED)
    if answer is None:
        url = request.args.get("url", "")[: addresses.LONGEST]
        return redirect(url_for("reports.new", url=url or None), 303)
    if request.files:  # fails closed: nothing is looked at, nothing is kept
        return render_template("reports/no_files.html"), 400
    today = gate().view().at.date()
    shown = ReportForm(ImmutableMultiDict(request.form) if request.method == "POST" else None)
    shown.today = today
    if request.method == "GET":
        shown.staff_name.data, shown.day.data = who.me().name, today
        shown.urls.data = request.args.get("url", "")[: addresses.LONGEST]
        shown.may_be_illegal.data = answer == ILLEGAL
    elif shown.validate():
        kept = _keep(shown)
        session.pop(WARNED, None)
        flash(f"Report {kept.id} was handed in. Thank you.", "success")
        return redirect(url_for("reports.show", id_=kept.id), 303)
    return render_template("reports/form.html", form=shown), 200 if not shown.errors else 422


def _keep(shown: ReportForm) -> Report:
    view, real = gate().view(), gate().real()
    read, illegal = addresses.read(shown.urls.data or ""), bool(shown.may_be_illegal.data)
    assert shown.day.data is not None, "the form asks for it"
    draft = Draft(
        account=who.me().id, staff_name=shown.staff_name.data or "",
        accessed_by=shown.accessed_by.data or "", day=shown.day.data,
        nature=shown.nature.data or "", suspected_illegal=illegal,
        urls=() if illegal else read.urls, sealed=seal(read.urls) if illegal else None,
    )  # fmt: skip
    with gate().writing() as store:
        until = due.due_at(real, school_policy.requests_rule(store), view.snapshot.contents)
        kept = content_reports.submit(store, draft, at=real, due=until)
        record(store, "report.submitted", kept.id, illegal=illegal, addresses=len(read.urls))
    return kept
