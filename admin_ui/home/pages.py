"""What waits for whoever is signed in, and how the gate is: each post its own page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, current_app, render_template

from admin_ui import who
from admin_ui.access import AUDITORS, DSLS, HEADS, LEADERS, OFFICERS, TECHNICIAN
from admin_ui.gate import View, gate
from admin_ui.home import state
from admin_ui.home.advice import advice, name, words
from admin_ui.home.changed import changed
from admin_ui.home.health import Health
from admin_ui.home.waiting import mine, waiting
from admin_ui.log.today import today
from admin_ui.sanctions import of_somebody
from admin_ui.sanctions.forms import EndSessionForm
from appliance.status.light import light

SOON: Final = timedelta(days=30)  # a review that is due within it is said on the page

blueprint = Blueprint("home", __name__)


@blueprint.get("/home")
def home() -> str:
    """What waits, how the gate is, what changed: as much of it as the post needs."""
    account, view = who.me(), gate().view()
    posts = account.posts
    technical = bool(posts & TECHNICIAN)
    with gate().reading() as session:
        items = waiting(session, account, view, gate().real())
        figures = today(session, account, view.at, view.zone)
        own = mine(session, account, view.at)
        changes = changed(session) if posts & (TECHNICIAN | LEADERS | AUDITORS) else ()
        known = tuple(state.checks(session, view))
        restricted = of_somebody.for_home(session)
    checks = (*_health().checks(), *known)
    level, sentence = words(checks)
    shown = checks if technical else ()
    return render_template(
        "home/home.html", items=items, figures=figures, own=own, changes=changes, level=level,
        sentence=sentence, light=light(checks), checks=[(c, name(c), advice(c)) for c in shown],
        technical=technical, decides=bool(posts & HEADS), safeguards=bool(posts & DSLS),
        reports=bool(posts & OFFICERS), circumvention=bool(posts & (DSLS | HEADS)),
        review=review(view), restricted=restricted, end_form=EndSessionForm(formdata=None),
    )  # fmt: skip


def review(view: View) -> tuple[date, str] | None:
    """Return when the policy's next review is, and ``overdue``, ``soon`` or ``later``."""
    due = view.snapshot.contents.policy.next_review
    if due is None:
        return None
    today_ = view.at.date()
    if due < today_:
        return due, "overdue"
    return due, "soon" if due - today_ <= SOON else "later"


def _health() -> Health:
    """Return the one that asks for all threads of this application."""
    held = current_app.extensions.get("health")
    if not isinstance(held, Health):
        held = current_app.extensions.setdefault("health", Health(gate().settings.data))
    assert isinstance(held, Health)
    return held
