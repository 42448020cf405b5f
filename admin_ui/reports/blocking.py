"""Blocking a reported site for everyone, and undoing it: each shown before it is done."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui import who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.reports import preview, who_reads
from admin_ui.reports.blueprint import blueprint
from admin_ui.reports.forms import BlockForm, ReasonForm
from admin_ui.reports.sealing import UnreadableError, unseal
from admin_ui.reports.targets import Choice, choices
from appliance.store import report_blocks
from appliance.store.content_reports import Report
from appliance.store.report_blocks import AlreadyBlockedError, Block


@blueprint.get("/reports/<id_>/block")
def block(id_: str) -> str | AnyResponse:
    """What can be blocked, and what the one chosen would change for whom."""
    report = _to_block(id_)
    if report.sealed is not None:  # its addresses are shown on the page that opens the seal
        return redirect(url_for("reports.reveal", id_=id_), 303)
    view = gate().view()
    offered = choices(report.urls, view.snapshot)
    chosen = _chosen(offered, request.args.get("what", ""))
    shown = preview.of_block(view, chosen.target, report.urls) if chosen else None
    return render_template(
        "reports/block.html", report=report, offered=offered, chosen=chosen, preview=shown,
        form=BlockForm(),
    )  # fmt: skip


@blueprint.post("/reports/<id_>/block")
def block_now(id_: str) -> AnyResponse:
    """Block what was shown, for every role, at once."""
    report = _to_block(id_)
    view = gate().view()
    try:
        urls = report.urls if report.sealed is None else unseal(report.sealed)
    except UnreadableError:
        flash("The sealed addresses cannot be opened, so nothing was blocked.", "error")
        return redirect(url_for("reports.show", id_=id_), 303)
    wanted = request.form.get("what", "")
    chosen = next((c for c in choices(urls, view.snapshot) if c.key == wanted), None)
    if chosen is None or not _fit_for(report, chosen):
        flash("Choose what to block from the list. Nothing was blocked.", "error")
    elif chosen.refused:
        flash(f"Nothing was blocked. {chosen.refused}", "error")
    else:
        _block(report, chosen, view)
    return redirect(url_for("reports.show", id_=id_), 303)


@blueprint.route("/reports/<id_>/blocks/<block_id>/undo", methods=["GET", "POST"])
def unblock(id_: str, block_id: str) -> str | AnyResponse | tuple[str, int]:
    """Undo a block, with a reason; what opens again is shown before."""
    report = _to_block(id_)
    form, view = ReasonForm(), gate().view()
    with gate().reading() as session:
        found = _block_of(session, report, block_id)
    if found.lifted_at is not None:
        flash(f"Block {block_id} was undone already.", "error")
        return redirect(url_for("reports.show", id_=id_), 303)
    if form.is_submitted() and form.validate():
        return _lift(report, found, form.reason.data or "")
    urls = () if found.veiled else report.urls
    shown = preview.of_lift(view, found.id, found.target, urls)
    page = render_template(
        "reports/unblock.html", report=report, block=found, form=form, preview=shown
    )
    return (page, 422) if form.errors else page


def _to_block(id_: str) -> Report:
    with gate().reading() as session:
        report = who_reads.fetch(session, id_)
    if not who_reads.may_block(who.me(), report):
        abort(403)
    return report


def _chosen(offered: tuple[Choice, ...], key: str) -> Choice | None:
    """The one asked for, else the first that can be blocked."""
    fit = [choice for choice in offered if not choice.refused]
    return next((choice for choice in fit if choice.key == key), next(iter(fit), None))


def _fit_for(report: Report, chosen: Choice) -> bool:
    """A sealed address is blocked as a whole site alone: a block of a page would name it."""
    return report.sealed is None or chosen.target.kind.value == "host"


def _block(report: Report, chosen: Choice, view: View) -> None:
    veiled, login = report.sealed is not None, who.me().login
    try:
        with gate().writing() as session:
            made = report_blocks.make(
                session, report.id, chosen.target, by=login, start=view.at, made=gate().real(),
                veiled=veiled,
                clause=report_blocks.CLAUSES.get(view.snapshot.contents.policy.id, ""),
            )  # fmt: skip
            said = {} if veiled else {"target": f"{chosen.target.kind}:{chosen.target.id}"}
            record(session, "report.blocked", report.id, block=made.id, **said)
    except AlreadyBlockedError:
        flash("This is blocked already. Nothing was changed.", "error")
        return
    except ValueError:
        flash("This cannot be blocked. Nothing was changed.", "error")
        return
    _say(f"Block {made.id} holds for everyone")


def _lift(report: Report, found: Block, reason: str) -> AnyResponse:
    with gate().writing() as session:
        done = report_blocks.lift(
            session, found.id, by=who.me().login, at=gate().real(), reason=reason
        )
        if done:
            record(session, "report.unblocked", report.id, reason=reason, block=found.id)
    if done:
        _say(f"Block {found.id} was undone")
    else:
        flash(f"Block {found.id} was undone by somebody else meanwhile.", "error")
    return redirect(url_for("reports.show", id_=report.id), 303)


def _say(what: str) -> None:
    """Say what was done, and truthfully whether the running gate has it already."""
    if gate().in_force():
        flash(f"{what}. The gate enforces it now.", "success")
    else:
        flash(
            f"{what}, and is kept. The running gate has not confirmed it within a second: look "
            "at the home page, and try the site.",
            "note",
        )


def _block_of(session: Session, report: Report, block_id: str) -> Block:
    found = report_blocks.get(session, block_id)
    if found is None or found.report != report.id:
        abort(404)
    return found
