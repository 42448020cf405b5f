"""A new sanction: on whom, why, until when; shown what stays open, made, written down."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin_ui import school_policy
from admin_ui.devices.changing import blame, tell
from admin_ui.gate import View, gate
from admin_ui.log import looking
from admin_ui.log.reader import reader
from admin_ui.record import record
from admin_ui.sanctions import registering, sources, standing
from admin_ui.sanctions.blueprint import blueprint
from admin_ui.sanctions.forms import SanctionForm
from admin_ui.sanctions.need import Need, need
from admin_ui.sanctions.reach import reach, stays_open
from admin_ui.sanctions.sources import Choice, Wanted
from appliance.policy.model import Sanction
from appliance.store import sanctions

Answer = str | Response | tuple[str, int]
SHORT: Final = 90  # characters of a clause in the list
MEANWHILE: Final = (
    "Somebody else has put them under a sanction, or changed one, while this form was open. What "
    "you typed is still here: look at what holds now, then send it again if it is still needed."
)


@blueprint.route("/sanctions/new", methods=["GET", "POST"])
def new() -> Answer:
    """Choose whom it is on, then say why and until when."""
    view = gate().view()
    with gate().reading() as session:
        mine = need(session)
        asked = sources.wanted(session, mine, request.args)
        clauses = _clauses(session)
        held = _held(session, mine, asked, view)
    if asked.owed:
        kind, id_ = asked.owed
        here = url_for("log.attempt", id_=asked.source.partition(":")[2])
        return redirect(url_for("log.why", kind=kind, id_=id_, next=here), 303)
    if not asked.choices:
        return _choosing(mine, asked)
    form = _offered(SanctionForm(), asked, clauses, view)
    if not form.is_submitted():
        form.seen.data = _mark(held)
        if asked.look is not None:
            with gate().writing() as session:
                looking.note_look(
                    session, reader(session), "attempt", 1, asked={"for": "a sanction"},
                    whom=asked.look,
                )  # fmt: skip
        return _page(form, asked, held, mine)
    return _sent(form, asked, held, mine, clauses, view)


def _sent(
    form: SanctionForm, asked: Wanted, held: tuple[standing.Held, ...], mine: Need,
    clauses: dict[str, str], view: View,
) -> Answer:  # fmt: skip
    good = form.validate_on_submit()
    chosen = next((one for one in asked.choices if one.value == form.who.data), None)
    if chosen is None and not form.who.errors:
        form.who.errors, good = ["Choose whom or what it is on"], False
    if chosen is not None and chosen.subject is None and not (form.name.data or "").strip():
        form.name.errors, good = ["Give the device a name"], False
    in_time, end = form.ends(view)
    if not good or not in_time or chosen is None:
        return _page(form, asked, held, mine), 400
    if form.seen.data != _mark(held):
        form.seen.data = form.seen.raw_data = _mark(held)
        form.form_errors.append(MEANWHILE)
        return _page(form, asked, held, mine), 409
    try:
        made = _make(form, chosen, end, asked.source, clauses, view)
    except ValueError as error:
        blame(form, error)
        return _page(form, asked, held, mine), 409
    tell(f"{chosen.name} is under a sanction.")
    return redirect(url_for("sanctions.show", id_=made.id), 303)


def _make(
    form: SanctionForm, chosen: Choice, end: datetime | None, source: str,
    clauses: dict[str, str], view: View,
) -> Sanction:  # fmt: skip
    reason = form.reason.data.strip()
    clause = form.clause.data if form.clause.data in clauses else ""
    with gate().writing() as session:
        me = need(session).account
        subject = chosen.subject or registering.registered(
            session, chosen.mac, str(form.name.data).strip()
        )
        made = sanctions.add(
            session,
            Sanction(id="", subject=subject, start=view.at, end=end, clause=clause,
                     text=clauses.get(clause, "")),
            author=me.login, reason=reason, at=gate().real(), source=source,
        )  # fmt: skip
        record(
            session, "sanction.made", f"{subject.kind.value}:{subject.id}", reason=reason,
            sanction=made.id, until=end and end.isoformat(), clause=clause, source=source,
        )  # fmt: skip
    return made


def _held(session: Session, mine: Need, asked: Wanted, view: View) -> tuple[standing.Held, ...]:
    """Return the sanctions that hold already for any of the choices."""
    subjects = {choice.subject for choice in asked.choices}
    every = standing.every(session, mine, view.at)
    return tuple(one for one in every if one.runs and one.subject in subjects)


def _mark(held: tuple[standing.Held, ...]) -> str:
    return ",".join(sorted(f"{one.id}/{one.kept.version}" for one in held)) or "none"


def _offered(
    form: SanctionForm, asked: Wanted, clauses: dict[str, str], view: View
) -> SanctionForm:
    form.who.choices = {one.value: one.name for one in asked.choices}
    form.clause.choices = {"": "None in particular"} | {
        id_: f"{id_}: {text}" if len(text) <= SHORT else f"{id_}: {text[:SHORT].rstrip()}…"
        for id_, text in clauses.items()
    }
    if not form.is_submitted():
        form.clause.data = view.snapshot.contents.circumvention_clause
        form.until.data = "date"
        if len(asked.choices) == 1:
            form.who.data = asked.choices[0].value
    return form


def _clauses(session: Session) -> dict[str, str]:
    document = school_policy.document(session)
    return {id_: one.text for id_, one in document.clauses.items()} if document else {}


def _page(form: SanctionForm, asked: Wanted, held: tuple[standing.Held, ...], mine: Need) -> str:
    return render_template(
        "sanctions/new.html", form=form, asked=asked, held=held,
        reaches=[reach(choice, mine.contents) for choice in asked.choices],
        unregistered=any(choice.subject is None for choice in asked.choices),
        stays=stays_open(mine.contents),
    )  # fmt: skip


def _choosing(mine: Need, asked: Wanted) -> str:
    words = request.args.get("words", "").strip()[:100]
    found, more = sources.search(words, mine) if words else ([], False)
    return render_template(
        "sanctions/choose.html", words=words, found=found, more=more, asked=asked,
        most=sources.MOST,
    )  # fmt: skip
