"""Step 10: the gate is tried as clients would, and goes live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance.accounts import responsible
from appliance.authority.files import ROOT
from appliance.status import trial as trying
from appliance.status.checks import Level
from appliance.status.running import Running, announced
from appliance.status.trial import Finding, Ground

GATE = "The gate itself"


class LiveForm(FlaskForm):
    """Going live; with something red only for a reason."""

    reason = TextAreaField(
        "Why it goes live although something is red", widget=GovTextArea(),
        validators=[Length(max=1000)],
        description="Kept in the audit log. Not needed where nothing is red.",
    )  # fmt: skip


@blueprint.get("/setup/trial")
@door.step("trial")
def trial() -> str:
    """What the last try-out found."""
    return _page(LiveForm())


@blueprint.post("/setup/trial")
@door.step("trial")
def try_out() -> Response:
    """Ask the gate over real sockets, and keep what it answered."""
    if FlaskForm().validate_on_submit():
        found = list(trying.every(_ground()))
        counts = {level.value: sum(f.level is level for f in found) for level in Level}
        with gate().writing() as session:
            progress.keep_trial(session, {"at": gate().real().isoformat(),
                                          "findings": [_kept(f) for f in found]})  # fmt: skip
            progress.mark(session, "trial")
            record(session, "setup.tried", "the gate", found=counts)
    return redirect(url_for("setup.trial"), 303)


@blueprint.post("/setup/live")
@door.step("trial")
def live() -> str | Response:
    """Close the set-up. Fails closed: not tried, somebody missing, or red without a reason."""
    form = LiveForm()
    if not form.validate_on_submit():
        return _page(form)
    with gate().reading() as session:
        reached, missing = progress.load(session), responsible.missing(session)
    words = _hindrance(form, reached, missing)
    if words:
        form.reason.errors = [words]
        return _page(form)
    with gate().writing() as session:
        progress.finish(session, gate().real())
        record(session, "setup.finished", "the gate", reason=form.reason.data or "",
               red=reds(reached.trial))  # fmt: skip
    flash("The set-up is finished: the gate is live.", "success")
    return redirect(url_for("setup.finished"), 303)


def _hindrance(form: LiveForm, reached: progress.Progress, missing: Any) -> str:
    if not reached.trial:
        return "Try the gate out first"
    if missing:
        names = ", ".join(responsible.NAMES[duty] for duty in missing)
        return f"Somebody is missing under “Who is responsible”: {names}"
    left = [step.title for step in progress.STEPS if step.name not in reached.done]
    if left:
        return f"Not done yet: {', '.join(left)}"
    if reds(reached.trial) and not (form.reason.data or "").strip():
        return "Something is red. Mend it and try again, or write down why it goes live anyway"
    return ""


def reds(kept: dict[str, Any]) -> int:
    """Return how much of a try-out was red."""
    return sum(one["level"] == Level.RED for one in kept.get("findings", ()))


def groups(kept: dict[str, Any]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the findings of a try-out, by the network that they were made from."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in kept.get("findings", ()):
        found.setdefault(one["network"] or GATE, []).append(one)
    return list(found.items())


def _page(form: LiveForm) -> str:
    with gate().reading() as session:
        reached, missing = progress.load(session), responsible.missing(session)
    at = reached.trial.get("at")
    return door.page(
        "trial", form=form, groups=groups(reached.trial), at=datetime.fromisoformat(at) if at else
        None, red=reds(reached.trial), missing=[responsible.NAMES[duty] for duty in missing],
        left=[s for s in progress.STEPS if s.name not in reached.done and s.name != "trial"],
    )  # fmt: skip


def _ground() -> Ground:
    """What to ask and by what to judge the answers: the gate that runs on these data."""
    gate().in_force()  # what was just changed is to be tried, too
    view, settings = gate().view(), gate().settings
    running = announced(settings.data) or Running(dns=settings.dns, explicit=settings.proxy)
    return Ground(
        running=running, snapshot=view.snapshot, at=view.at, clock_trusted=view.clock_trusted,
        root=settings.data / "ca" / ROOT,
    )  # fmt: skip


def _kept(finding: Finding) -> dict[str, str]:
    return {
        "about": finding.about, "level": finding.level.value, "words": finding.words,
        "todo": finding.todo, "network": finding.network,
    }  # fmt: skip
