"""Who shows signs of a way round the gate: the list, and one client with reasons and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import abort, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import access
from admin_ui.gate import gate
from admin_ui.log import looking
from admin_ui.log.listing import take_in
from admin_ui.log.reader import Reader, reader
from admin_ui.signals import ruling
from admin_ui.signals.blueprint import blueprint
from admin_ui.signals.reading import Shown, every, one
from appliance.attempts.attempt import Attempt
from appliance.circumvention.signals import meaning_of, name_of, signal_of
from appliance.circumvention.weigh import Level
from appliance.policy.subjects import Device
from appliance.store import signals

__all__ = ["blueprint", "ruling"]

PAGE: Final = 20  # clients on a page
ROWS: Final = 100  # rows of evidence on one


@blueprint.get("/signals")
def index() -> str:
    """Who waits for a look, or what was said already."""
    take_in()
    decided = request.args.get("show") == "decided"
    at = gate().view().at
    with gate().reading() as session:
        who = reader(session)
        found = every(session, who, at)
    wanted = [s for s in found if s.open] if not decided else _decided(found)
    pages = max(1, -(-len(wanted) // PAGE))
    number = max(1, min(request.args.get("page", 1, type=int) or 1, pages))
    here = wanted[(number - 1) * PAGE : number * PAGE]
    if here:
        with gate().writing() as session:
            asked = {"show": "decided"} if decided else {}
            looking.note_look(session, who, "signals", len(here), asked=asked)
    return render_template(
        "signals/index.html", reader=who, found=here, total=len(wanted), decided=decided,
        number=number, pages=pages, level=Level,
    )  # fmt: skip


@blueprint.get("/signals/<ref>")
def show(ref: str) -> str | Response:
    """One client: what the signs come to, why, and the rows of the log that say so."""
    take_in()
    at = gate().view().at
    with gate().reading() as session:
        who = reader(session)
        found = one(session, who, at, ref) or abort(404)
        if found.whom is not None and looking.reason_owed(session, who, *found.whom):
            onward = url_for("signals.show", ref=ref)
            kind, id_ = found.whom
            return redirect(url_for("log.why", kind=kind, id_=id_, next=onward), 303)
        rows = _evidence(session, who, found)
        since = at - signals.weights(session).window
    if found.whom is not None:
        with gate().writing() as session:
            looking.note_look(session, who, "signal", len(rows), asked={}, whom=found.whom)
    return render_template(
        "signals/show.html", reader=who, one=found, rows=rows, since=since, most=ROWS,
        meanings={r.signal: meaning_of(r.signal) for r in found.whole.reasons},
        may_rule=ruling.may(who, found), sanction=_sanction(who, found), level=Level,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of evidence. id: for a link to it, 0 where this reader follows none."""

    id: int
    attempt: Attempt
    sign: str
    evidence: str


def _evidence(session: Session, who: Reader, found: Shown) -> list[Row]:
    seen = found.sighting
    since = gate().view().at - signals.weights(session).window
    rows = signals.evidence(session, who.scope, (seen.kind, seen.id), since, limit=ROWS)
    told = []
    for row in rows:
        sign = signal_of(row.attempt)
        if sign is not None:
            said = row.attempt.evidence or f"Asked for {row.attempt.host}"
            told.append(Row(row.id if found.whom else 0, row.attempt, name_of(sign), said))
    return told


def _devices(who: Reader) -> tuple[Device, ...]:
    return who.view.snapshot.contents.devices


def _decided(found: tuple[Shown, ...]) -> list[Shown]:
    """Return those of whom somebody has said something that holds, the latest first."""
    said = [(s.ruling.at, s) for s in found if s.ruling is not None and not s.open]
    return [s for _, s in sorted(said, key=lambda pair: pair[0], reverse=True)]


def _sanction(who: Reader, found: Shown) -> str:
    """Return where a sanction is asked for; empty where this reader may not, or nobody is known."""
    endpoint = "sanctions.new"
    there = endpoint in current_app.view_functions
    if (
        not there
        or found.whom is None
        or found.own
        or not access.allowed(endpoint, who.account.posts)
    ):
        return ""
    kind, id_ = found.whom
    registered = {"person": who.people, "device": [d.id for d in _devices(who)]}.get(kind, ())
    if id_ not in registered and not (kind == "device" and id_.count(":") == 5):  # not even a MAC
        return ""  # an address alone, or somebody who has left the register
    return url_for(endpoint, **{kind: id_, "from": "signal"})  # type: ignore[arg-type]
