"""Opening the sealed addresses of a report: the safeguarding leads alone, with a reason, audited.

They are on the one page that answers the form, which no browser keeps (``no-store``).
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.reports import preview, who_reads
from admin_ui.reports.blueprint import blueprint
from admin_ui.reports.forms import ReasonForm
from admin_ui.reports.sealing import UnreadableError, unseal
from admin_ui.reports.targets import choices
from appliance.policy.model import TargetKind


@blueprint.route("/reports/<id_>/reveal", methods=["GET", "POST"])
def reveal(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Ask for the reason; then show the addresses once, defanged."""
    with gate().reading() as session:
        report = who_reads.fetch(session, id_)
    if report.sealed is None:
        abort(404)
    form = ReasonForm()
    if not form.is_submitted() or not form.validate():
        page = render_template("reports/reveal.html", report=report, form=form)
        return (page, 422) if form.errors else page
    with gate().writing() as session:  # first the entry, then the look
        record(session, "report.revealed", id_, reason=form.reason.data or "")
    try:
        urls = unseal(report.sealed)
    except UnreadableError:
        flash("The sealed addresses cannot be opened with this gate’s key.", "error")
        return redirect(url_for("reports.show", id_=id_), 303)
    view = gate().view()
    sites = [c for c in choices(urls, view.snapshot) if c.target.kind is TargetKind.HOST]
    shown = [(c, preview.of_block(view, c.target, ())) for c in sites]
    return render_template("reports/revealed.html", report=report, urls=urls, sites=shown)
