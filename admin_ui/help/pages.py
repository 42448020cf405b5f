"""Help pages, the accessibility statement, and what the network tells everybody."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, abort, render_template

from admin_ui import who
from admin_ui.gate import StoreAwayError, gate
from admin_ui.help import bypasses, contents, limits, policy_words, signs
from admin_ui.help.links import page_link
from admin_ui.reports import leads

ACCESSIBILITY_REVIEWED: Final = date(2026, 11, 21)  # when the statement was last gone through

blueprint = Blueprint("help", __name__)
blueprint.add_app_template_global(page_link, "page_link")


@blueprint.get("/help")
def index() -> str:
    """Every help page, by whom it is for."""
    return render_template("help/index.html", pages=contents.PAGES)


@blueprint.get("/help/<name>")
def page(name: str) -> str:
    """One help page."""
    found = contents.find(name)
    if found is None:
        abort(404)
    return render_template(
        f"help/{found.name}.html", help=found, ways=_ways(),
        managed=bool(gate().settings.manage), **_known(),
    )  # fmt: skip


@blueprint.get("/help/limits")
def limits_page() -> str:
    """What the appliance cannot do, from its live settings."""
    return render_template("help/limits.html", limits=limits.found(gate().view()))


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement (Public Sector Bodies Accessibility Regulations 2018)."""
    return render_template("help/accessibility.html", reviewed=ACCESSIBILITY_REVIEWED)


@blueprint.get("/visitors")
def visitors() -> str:
    """What visitors should know about the network, on one page."""
    return render_template("help/visitors.html", **_known())


@blueprint.get("/monitoring")
def notice() -> str:
    """The monitoring notice: what is recorded, by which clause, and who may look."""
    return render_template("help/notice.html", **_known())


def _ways() -> dict[str, object]:
    return {
        "groups": bypasses.groups(),
        **{role: bypasses.counts(role) for role in bypasses.ROLES},
        "gateway": limits.gateway_mode(),
    }


def _known() -> dict[str, object]:
    return {
        "readers": policy_words.readers(),
        "monitoring": policy_words.monitoring(),
        "leads": _leads(),
        "signs": signs.signs,
    }


def _leads() -> tuple[leads.Lead, ...]:
    """Who is called in an emergency: their names are for signed-in people alone."""
    if who.account() is None:
        return ()
    try:
        with gate().reading() as session:
            return leads.everyone(session)
    except StoreAwayError:
        return ()
