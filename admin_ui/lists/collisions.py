"""What lists name of that which must never break: passed over by the gate, and shown here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from flask import current_app, render_template, request

from admin_ui.gate import gate
from admin_ui.lists import listing
from admin_ui.lists.blueprint import blueprint
from appliance.policy.model import CategoryClass
from appliance.policy.snapshot import Snapshot
from appliance.publish import collisions as report
from appliance.publish.collisions import MOST, Collision

_HELD: Final = "list_collisions"  # of the application's extensions


@dataclass(frozen=True, slots=True)
class Found:
    """What collides in the snapshot in force. by_list: how often."""

    snapshot: Snapshot
    collisions: tuple[Collision, ...]
    by_list: Counter[str] = field(compare=False)

    def count(self, list_id: str = "") -> int:
        """Return how many there are, of one list or of all; ``MOST`` at most."""
        return self.by_list[list_id] if list_id else len(self.collisions)


@blueprint.get("/lists/collisions")
def collisions() -> str:
    """List them, of one list with ``?list=``."""
    wanted = request.args.get("list", "")[:64]
    with gate().reading() as session:
        names = {one.id: one.name for one in listing.every(session)}
    view = gate().view()
    shown = [one for one in found().collisions if not wanted or one.list_id == wanted]
    categories = {one.id: one for one in view.snapshot.contents.categories}
    secret = {one.id for one in categories.values() if one.kind is CategoryClass.ILLEGAL}
    return render_template(
        "lists/collisions.html", found=shown, names=names, wanted=wanted, most=MOST, secret=secret,
        kinds={id_: one.name for id_, one in categories.items()},
        kept_open=len(view.snapshot.contents.never_block),
    )  # fmt: skip


def found() -> Found:
    """Return what collides, looked for once in each snapshot."""
    snapshot = gate().view().snapshot
    held = current_app.extensions.get(_HELD)
    if not isinstance(held, Found) or held.snapshot is not snapshot:
        some = report.collisions(snapshot)
        held = Found(snapshot, some, Counter(one.list_id for one in some))
        current_app.extensions[_HELD] = held
    return held
