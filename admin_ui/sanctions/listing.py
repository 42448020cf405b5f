"""The sanctions there are, and one of them: as much of it as whoever looks needs to know."""

from __future__ import annotations

from typing import Final

from flask import abort, render_template, url_for
from sqlalchemy.orm import Session

from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.sanctions import standing
from admin_ui.sanctions.blueprint import blueprint
from admin_ui.sanctions.forms import EndSessionForm
from admin_ui.sanctions.need import Need, need
from admin_ui.sanctions.reach import stays_open
from admin_ui.sanctions.standing import Held
from appliance.policy.sanctioned import devices_of, touches
from appliance.store import accounts, supervision
from appliance.store.supervision import KeptSession

ENDED: Final = 50  # sanctions that have ended, on the list
PAST: Final = 20  # supervised sessions on the page of one sanction


@blueprint.get("/sanctions")
def index() -> str:
    """Who is under a sanction now; for those who are told why, also who was."""
    view = gate().view()
    with gate().reading() as session:
        mine = need(session)
        every = standing.every(session, mine, view.at)
        running = standing.running(session, view.at)
        names = _names(session)
    now = tuple(one for one in every if one.runs)
    ended = sorted((one for one in every if not one.runs), key=_ended, reverse=True)[:ENDED]
    past = tuple(ended) if mine.reasons else ()
    if now or past:
        _looked("list", len(now) + len(past), "")
    return render_template(
        "sanctions/index.html", now=now, past=past, need=mine, names=names, form=EndSessionForm(),
        may={one.id for one in now if one.begun and mine.may_supervise(one.subject, running)},
        zone=view.zone, clock_trusted=view.clock_trusted,
    )  # fmt: skip


@blueprint.get("/sanctions/id/<id_>")
def show(id_: str) -> str:
    """One sanction: until when, who sits beside; why, for those who are told."""
    view = gate().view()
    with gate().reading() as session:
        mine = need(session)
        held = standing.one(session, mine, id_, view.at) or abort(404)
        running = standing.running(session, view.at)
        past = _sessions(session, held, mine)
        names = _names(session)
    _looked("sanction", 1, f"{held.subject.kind.value}:{held.subject.id}")
    named = {device.id: device.name for device in mine.contents.devices}
    return render_template(
        "sanctions/show.html", held=held, need=mine, names=names, past=past,
        form=EndSessionForm(), source=_source(held, mine), stays=stays_open(mine.contents),
        devices=[named[id_] for id_ in devices_of(held.subject, mine.contents)],
        decides=held.runs and not held.of_policy and mine.may_decide(held.subject),
        supervises=held.holds and mine.may_supervise(held.subject, running),
        about_me=mine.about_me(held.subject),
        clock_trusted=view.clock_trusted,
    )  # fmt: skip


def _sessions(session: Session, held: Held, mine: Need) -> tuple[KeptSession, ...]:
    """Return the supervised sessions of the time it ran, newest first."""
    if not mine.reasons:
        return ()  # whoever meets the child now needs to know of now
    found = [
        one for one in supervision.sessions(session, ended_after=held.kept.sanction.start)
        if touches(one.session.subject, held.subject, mine.contents)
        and (held.end is None or one.session.start < held.end)
    ]  # fmt: skip
    return tuple(reversed(found[-PAST:]))


def _source(held: Held, mine: Need) -> tuple[str, str]:
    """Return what it came from in words, and where that is to be read, if it is one page."""
    kind, _, id_ = held.kept.source.partition(":")
    if not mine.reasons or not kind:
        return "", ""
    if kind == "attempt":
        return f"Attempt {id_}", url_for("log.attempt", id_=int(id_))
    if kind == "concern":
        return "A concern", url_for("log.concerns")
    return "A signal", ""


def _names(session: Session) -> dict[str, str]:
    return {one.login: one.name for one in accounts.list_(session)}


def _ended(held: Held) -> tuple[object, str]:
    return held.end, held.id


def _looked(what: str, rows: int, subject: str) -> None:
    """Write the look down before it is shown. Fails closed: else it is not shown."""
    with gate().writing() as session:
        record(session, "sanction.looked", subject, what=what, rows=rows)
