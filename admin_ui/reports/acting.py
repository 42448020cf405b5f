"""One report, and the second half of its form: what the e-safety officer did, signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.access import DSLS, OFFICERS
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.reports import leads, who_reads
from admin_ui.reports.blueprint import blueprint
from admin_ui.reports.forms import ActionForm
from admin_ui.signin.again import signed_again
from appliance.store import content_reports, report_blocks
from appliance.store.content_reports import ChangedMeanwhileError, Report, State


@blueprint.get("/reports/<id_>")
def show(id_: str) -> str:
    """One report. A look at one that somebody else handed in is written down."""
    account = who.me()
    with gate().writing() as session:
        report = who_reads.fetch(session, id_)
        blocks = report_blocks.of_report(session, id_)
        told = leads.everyone(session) if report.suspected_illegal else ()
        if report.account != account.id:
            record(session, "report.looked", id_)
    posts = account.posts
    return render_template(
        "reports/show.html", report=report, blocks=blocks, leads=told, at=gate().real(),
        names=who_reads.sees_names(account, report), may_block=who_reads.may_block(account, report),
        may_act=bool(posts & OFFICERS) and report.state is State.SUBMITTED,
        may_reveal=bool(posts & DSLS) and report.sealed is not None,
    )  # fmt: skip


@blueprint.route("/reports/<id_>/action", methods=["GET", "POST"])
def act(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Record what was done, with name, date and signature."""
    with gate().reading() as session:
        report = who_reads.fetch(session, id_)
    form = ActionForm()
    form.sealed = report.suspected_illegal
    if not form.is_submitted():
        if report.state is State.DONE:
            flash(f"Report {id_} is signed already and is not changed any more.", "error")
            return redirect(url_for("reports.show", id_=id_), 303)
        if (away := signed_again()) is not None:
            return away
        form.officer_name.data = who.me().name
        return render_template("reports/act.html", report=report, form=form)
    if not form.validate():
        return render_template("reports/act.html", report=report, form=form), 422
    if not who.proved_just_now():  # fails closed; what was typed stays in the page
        return _unsigned(report, form, stale=True), 403
    return _sign(report, form)


def _prove(id_: str) -> str:
    return url_for("signin.second_factor", next=url_for("reports.act", id_=id_))


def _unsigned(report: Report, form: ActionForm, *, stale: bool = False) -> str:
    prove = _prove(report.id) if stale else ""
    return render_template(
        "reports/act.html", report=report, form=form, prove=prove, meanwhile=not stale
    )


def _sign(report: Report, form: ActionForm) -> str | AnyResponse | tuple[str, int]:
    action, name = form.action_taken.data or "", form.officer_name.data or ""
    try:
        with gate().writing() as session:
            content_reports.act(
                session, report.id, version=report.version, action_taken=action,
                officer_name=name, by=who.me().login, at=gate().real(),
                signature=_signature(report, action, name),
            )  # fmt: skip
            record(session, "report.acted", report.id, name=name)
    except ChangedMeanwhileError:
        return _unsigned(report, form), 409
    flash(f"The action on report {report.id} was recorded and signed.", "success")
    return redirect(url_for("reports.show", id_=report.id), 303)


def _signature(report: Report, action: str, name: str) -> dict[str, Any]:
    """What the signature binds together: the form as it was, the words, the person."""
    account = who.me()
    form: dict[str, Any] = {
        "report": report.id, "version": report.version, "staff_name": report.staff_name,
        "accessed_by": report.accessed_by, "day": report.day.isoformat(),
        "urls": list(report.urls), "sealed": report.sealed, "nature": report.nature,
        "action_taken": action.strip(), "officer_name": name.strip(), "account": account.login,
    }  # fmt: skip
    text = json.dumps(form, sort_keys=True, ensure_ascii=False)
    return {"factor": _factor(), "digest": hashlib.sha256(text.encode()).hexdigest()}


def _factor() -> str:
    return "second factor" if who.me().has_totp else "password"
