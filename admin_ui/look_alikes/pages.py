"""The list of look-alikes: what waits, what was decided. It brings in the area's other pages."""

from __future__ import annotations

from typing import Final

from flask import render_template, request

from admin_ui import access, who
from admin_ui.gate import gate
from admin_ui.lists.meaning import meanings
from admin_ui.look_alikes import deciding
from admin_ui.look_alikes.blueprint import blueprint
from appliance.store import look_alikes
from appliance.store.look_alikes import UNCLASSIFIED, State

__all__ = ["blueprint", "deciding"]

PAGE: Final = 20  # names on a page
MOST: Final = 2000


@blueprint.get("/look-alikes")
def index() -> str:
    """List what waits, or what was decided."""
    decided = request.args.get("show") == "decided"
    with gate().reading() as session:
        every = look_alikes.list_(session, None if decided else State.OPEN, MOST)
        kinds = meanings(session)
    found = [one for one in every if decided == (one.state is not State.OPEN)]
    if decided:
        found.sort(key=lambda one: one.decided or one.last_seen, reverse=True)
    pages = max(1, -(-len(found) // PAGE))
    number = max(1, min(request.args.get("page", 1, type=int) or 1, pages))
    account = who.account()
    return render_template(
        "look_alikes/index.html", found=found[(number - 1) * PAGE : number * PAGE], number=number,
        pages=pages, total=len(found), most=look_alikes.MOST_OPEN, decided=decided, kinds=kinds,
        until=kinds.get(UNCLASSIFIED), services=_services(),
        may=account is not None and access.allowed("look_alikes.classify", account.posts),
    )  # fmt: skip


def _services() -> dict[str, str]:
    return {service.id: service.name for service in gate().view().snapshot.contents.services}
