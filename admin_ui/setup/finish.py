"""The last page: what works now, and what to do next."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin_ui.gate import gate
from admin_ui.setup import progress, trial
from admin_ui.setup.blueprint import blueprint
from admin_ui.setup.networks import UPSTREAM
from appliance.accounts import responsible
from appliance.store import web_settings


@blueprint.get("/setup/finished")
def finished() -> str | Response:
    """What works, what comes next; to be printed and put into the folder."""
    with gate().reading() as session:
        reached, held = progress.load(session), responsible.every(session)
        upstream = web_settings.get(session, UPSTREAM).get("name", "")
    if not reached.finished:
        return redirect(url_for("setup.index"), 303)
    return render_template(
        "setup/finished.html", groups=trial.groups(reached.trial), red=trial.reds(reached.trial),
        held=[(responsible.NAMES[duty], account) for duty, account in held.items()],
        upstream=upstream,
    )  # fmt: skip
