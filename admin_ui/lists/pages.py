"""The lists: looked at. Importing it brings in all the pages of the area."""

from __future__ import annotations

from itertools import groupby

from flask import Response, abort, render_template

from admin_ui import who
from admin_ui.access import TECHNICIAN
from admin_ui.gate import gate
from admin_ui.lists import (
    adding,
    asked,
    changing,
    collisions,
    illegal,
    licensed,
    listing,
    switching,
    uploading,
)
from admin_ui.lists.blueprint import blueprint
from admin_ui.lists.forms import CHANGES, EVERY, FORMATS, NeededReasonForm
from admin_ui.lists.listing import Listed
from admin_ui.lists.meaning import Meaning, meanings
from admin_ui.lists.openings import approvers
from appliance.lists.formats import Format
from appliance.lists.presets import presets as known_presets

__all__ = [
    "adding", "blueprint", "changing", "collisions", "illegal", "licensed", "switching",
    "uploading",
]  # fmt: skip


@blueprint.get("/lists")
def index() -> str:
    """List the lists, by kind of site, with what the policy does with each kind."""
    with gate().reading() as session:
        found = listing.every(session)
        known = meanings(session)
    by_kind = sorted(found, key=lambda one: (one.meaning.name.casefold(), one.name.casefold()))
    kinds = [(some[0].meaning, some) for some in _runs(by_kind)]
    named = {meaning.id for meaning, some in kinds if any(one.kept and one.enabled for one in some)}
    return render_template(
        "lists/index.html", kinds=kinds, collisions=collisions.found().count(),
        may_change=may_change(),
        troubled=[one for one in found if troubled(one)],
        unnamed=[one for one in known.values() if one.id not in named and _waits(one)],
    )  # fmt: skip


@blueprint.get("/lists/ready-made")
def presets() -> str:
    """Public lists that can be subscribed to with one button, by kind of site."""
    with gate().reading() as session:
        there = {one.id for one in listing.every(session)}
        known = meanings(session)
    kinds = []
    for category, some in groupby(known_presets(), key=lambda preset: preset.category):
        if category in known:  # one that the policy does not know could close nothing
            kinds.append((known[category], [(one, one.id in there) for one in some]))
    return render_template("lists/presets.html", kinds=kinds, every=every, may_change=may_change())


@blueprint.get("/lists/id/<id_>")
def show(id_: str) -> str:
    """One list: how it fares, where it comes from, what it does."""
    with gate().reading() as session:
        one = listing.find(session, id_)
        if one is None:
            abort(404)
        wanted = asked.get(session, id_)
        signing = approvers(session, wanted.account) if wanted else ()
    return render_template(
        "lists/show.html", one=one, collisions=collisions.found().count(id_), wanted=wanted,
        decides=who.me().id in {account.id for account in signing}, **_shown(one),
    )  # fmt: skip


@blueprint.get("/lists/id/<id_>/progress")
def progress(id_: str) -> Response:
    """How far the fetch of a list is: a part of its page, asked for by that page's script."""
    with gate().reading() as session:
        one = listing.find(session, id_)
    if one is None:
        abort(404)
    response = Response(render_template("lists/progress.html", one=one), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def may_change() -> bool:
    """Whether whoever is signed in may change lists, rather than read about them."""
    return bool(who.me().posts & TECHNICIAN)


def every(hours: int) -> str:
    """Return how often, in words."""
    return EVERY.get(hours, f"Every {hours} hours")


def troubled(one: Listed) -> bool:
    """Whether somebody should look at a list: it fails, is held back, or grows old."""
    return one.enabled and one.state.level != "ok"


def _shown(one: Listed) -> dict[str, object]:
    """Return what the page of one list shows beside it. Nothing of an illegal one's names."""
    held = one.held and not one.illegal
    written = one.subscription.format if one.subscription else ""
    share = one.subscription.most_change if one.subscription else 0.0
    return {
        "may_change": may_change(), "reason": NeededReasonForm(), "every": every,
        "bad": [_numbered(line) for line in one.first_refused],
        "come": one.fetch.first_come if held else (), "gone": one.fetch.first_gone if held else (),
        "format": FORMATS[Format(written)] if written in set(Format) else written,
        "share": CHANGES.get(f"{share:g}", f"{share:.0%}"),
    }  # fmt: skip


def _numbered(line: str) -> tuple[str, str]:
    """Return number and message of ``12: not a name``; a message alone where there is none."""
    number, colon, said = line.partition(": ")
    return (number, said) if colon and number.isdigit() else ("", line)


def _waits(one: Meaning) -> bool:
    """Whether the policy closes a kind of site for somebody, and lists alone can name it."""
    offered = any(preset.category == one.id for preset in known_presets())
    return offered and not one.names and bool(one.closed_for)


def _runs(found: list[Listed]) -> list[list[Listed]]:
    return [list(some) for _, some in groupby(found, key=lambda one: one.meaning.id)]
