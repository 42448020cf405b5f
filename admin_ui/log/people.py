"""One person, device or address: a day as a timeline, an hour around an event, one attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.log import asked, looking
from admin_ui.log.blueprint import blueprint
from admin_ui.log.listing import take_in
from admin_ui.log.reader import Reader, named_reader, reader
from admin_ui.log.shown import name_of, shown, whom
from admin_ui.sanctions import of_somebody
from admin_ui.sign_in_here.known_by import known_by
from appliance.store import attempt_search, notes
from appliance.store.attempt_wanted import Scope, Wanted
from appliance.store.attempts import KeptAttempt

MOST: Final = 300  # rows of a day on one page
HOUR: Final = timedelta(hours=1)
KINDS: Final = ("person", "device", "address")
NEXT: Final = "/log"  # where a reason leads, where nothing better is asked for


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a timeline shows: a whole day, or an hour either side of an attempt."""

    since: datetime
    until: datetime
    day: date
    around: KeptAttempt | None = None


@blueprint.get("/log/person/<kind>/<path:id_>")
def person(kind: str, id_: str) -> str | AnyResponse:
    """A day of one person, device or address as a timeline."""
    take_in()
    with gate().reading() as session:
        who = named_reader(session)
        _known(session, who, kind, id_)
        if looking.reason_owed(session, who, kind, id_):
            here = request.full_path.rstrip("?")
            return redirect(url_for("log.why", kind=kind, id_=id_, next=here), 303)
        stretch = _stretch(session, who, request.args)
        wanted = _wanted(kind, id_, stretch, noise="noise" in request.args)
        page = attempt_search.page(session, who.scope, wanted, limit=MOST)
        about = notes.of_attempts(session, who.scope, [row.id for row in page.rows])
        written = notes.of_subject(session, who.scope, kind, id_)
        reason = looking.reason_given(session, who, kind, id_)
        restricted = of_somebody.during(session, kind, id_, stretch.since, stretch.until)
    asked_ = {"day": stretch.day.isoformat()}
    if stretch.around is not None:
        asked_ = {"hour around attempt": str(stretch.around.id)}
    with gate().writing() as session:
        looking.note_look(session, who, "day", len(page.rows), asked=asked_, whom=(kind, id_))
    rows = shown(page.rows, who, about)
    return render_template(
        "log/person.html", reader=who, kind=kind, id=id_, name=_name(kind, id_, who, page.rows),
        stretch=stretch, rows=rows, folded=page.folded, more=page.older is not None, most=MOST,
        noise="noise" in request.args, written=written, reason=reason, step=timedelta(days=1),
        today=who.view.at.date(), restricted=restricted,
    )  # fmt: skip


@blueprint.get("/log/attempt/<int:id_>")
def attempt(id_: int) -> str | AnyResponse:
    """One attempt with all that is known of it to this reader."""
    with gate().reading() as session:
        who = reader(session)
        kept = attempt_search.one(session, who.scope, id_) if who.seen.rows else None
        if kept is None:
            abort(404)
        about = whom(kept.attempt)
        if who.seen.names and looking.reason_owed(session, who, *about):
            return redirect(url_for("log.why", kind=about[0], id_=about[1], next=request.path), 303)
        named = who.seen.names
        written = notes.of_attempts(session, who.scope, [id_]) if named else {}
        one = kept.attempt
        how = known_by(session, one.person, one.at, mac=one.mac, address=one.address)
    with gate().writing() as session:
        looking.note_look(session, who, "attempt", 1, asked={"attempt": str(id_)}, whom=about)
    (row,) = shown([kept], who, written) or abort(404)
    return render_template(
        "log/attempt.html", reader=who, row=row, written=written.get(id_, ()), kept=kept,
        how=how if row.whom else "",
    )  # fmt: skip


@blueprint.get("/log/mine")
def mine() -> str:
    """What the log holds of whoever is signed in, which is theirs to see."""
    with gate().reading() as session:
        who = reader(session)
        own, page = who.account.person or "", None
        if own:
            scope = Scope(own=own)
            page = attempt_search.page(
                session, scope, Wanted(person=own, noise="noise" in request.args),
                before=asked.cursor(request.args.get("before", "")),
            )  # fmt: skip
    if page is not None:
        with gate().writing() as session:
            looking.note_look(
                session, who, "own rows", len(page.rows), asked={}, whom=("person", own)
            )
    older = None
    if page is not None and page.older is not None:
        kept = {"noise": "1"} if "noise" in request.args else {}
        older = asked.url("log.mine", kept, before=asked.place(page.older))
    return render_template(
        "log/mine.html", reader=who, page=page, older=older, noise="noise" in request.args,
        rows=shown(page.rows, who, {}, own=True) if page else [],
    )  # fmt: skip


@blueprint.route("/log/why/<kind>/<path:id_>", methods=["GET", "POST"])
def why(kind: str, id_: str) -> str | AnyResponse | tuple[str, int]:
    """Asks why somebody is to be opened, where the policy wants it in writing."""
    with gate().reading() as session:
        who = named_reader(session)
        _known(session, who, kind, id_)
    onward, said, mistake = _onward(request.values.get("next", "")), "", ""
    if request.method == "POST":
        said = " ".join(request.form.get("reason", "").split())[:1000]
        if len(said) >= looking.SHORTEST:
            with gate().writing() as session:
                looking.give_reason(session, kind, id_, said)
            return redirect(onward, 303)
        mistake = f"Say in at least {looking.SHORTEST} characters why you need to look."
    text = render_template(
        "log/why.html", reader=who, kind=kind, id=id_, name=name_of(kind, id_, who),
        onward=onward, said=said, mistake=mistake,
    )  # fmt: skip
    return text, 400 if mistake else 200


def _known(session: Session, who: Reader, kind: str, id_: str) -> None:
    """End with 404 where a reader may not know of somebody, as if there were nobody."""
    if kind not in KINDS:
        abort(404)
    if kind == "device" and who.hides_device(id_):
        abort(404)
    if kind == "person" and id_ not in who.open_people:
        found = attempt_search.page(session, who.scope, Wanted(person=id_, noise=True), limit=1)
        if not found.rows:  # somebody who left, whose rows are still here, may be opened
            abort(404)


def _stretch(session: Session, who: Reader, args: Mapping[str, str]) -> Stretch:
    zone = who.view.zone
    around = args.get("around", "")
    if around.isascii() and around.isdecimal() and len(around) < 19:
        kept = attempt_search.one(session, who.scope, int(around))
        if kept is not None:
            at = kept.attempt.at.astimezone(zone)
            return Stretch(at - HOUR, kept.attempt.last.astimezone(zone) + HOUR, at.date(), kept)
    day = asked.day_of(args.get("day", "")) or who.view.at.date()
    start = datetime.combine(day, time(), zone)
    return Stretch(start, datetime.combine(day + timedelta(days=1), time(), zone), day)


def _wanted(kind: str, id_: str, stretch: Stretch, *, noise: bool) -> Wanted:
    named = {kind: id_}
    return Wanted(**named, since=stretch.since, until=stretch.until, noise=noise)  # type: ignore[arg-type]


def _name(kind: str, id_: str, who: Reader, rows: tuple[KeptAttempt, ...]) -> str:
    device = next((row.attempt.device_name for row in rows if row.attempt.device_name), "")
    return name_of(kind, id_, who, device)


def _onward(wanted: str) -> str:
    """Return where to go on to: a page of the log or on its signs, never anywhere else."""
    inside = wanted == NEXT or wanted.startswith((f"{NEXT}?", f"{NEXT}/", "/signals/"))
    return wanted if inside and "\\" not in wanted and wanted.isprintable() else NEXT
