"""The log, newest first: filtered, page by page, and watched live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.log import asked, choices, looking
from admin_ui.log.asked import Asked
from admin_ui.log.blueprint import blueprint
from admin_ui.log.reader import Reader, reader
from admin_ui.log.shown import Shown, shown
from appliance.attempts.attempt import Visit
from appliance.attempts.attention import Attention
from appliance.store import attempt_search, notes, views
from appliance.store.attempt_search import COUNTED, Page
from appliance.store.attempts import KeptAttempt
from appliance.store.notes import Note

ROWS: Final = 50
SOON: Final = 0.4  # seconds for the core to take in what the faces have written so far


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the log and whoever reads it."""

    reader: Reader
    page: Page
    notes: dict[int, tuple[Note, ...]]
    newest: int

    @property
    def rows(self) -> list[Shown]:
        """Return the rows as the reader sees them."""
        return shown(self.page.rows, self.reader, self.notes)


@blueprint.get("/log")
def index() -> AnyResponse | tuple[str, int]:
    """The log, newest first."""
    take_in()
    with gate().reading() as session:
        who = reader(session)
        if not who.seen.rows:
            return redirect(url_for("log.charts" if who.seen.counts else "log.mine"), 303)
        wanted = asked.read(request.args, who)
        if (owed := reason_first(session, who, wanted)) is not None:
            return owed
        found = search(session, who, wanted)
        saved = views.of_account(session, who.account.id)
        concerns = notes.open_concerns(session, who.scope) if who.seen.names else 0
    with gate().writing() as session:
        looking.note_look(
            session, who, "list", len(found.page.rows), whom=wanted.somebody,
            asked=_told(wanted, before=bool(wanted.before)),
        )  # fmt: skip
    text = render_template(
        "log/index.html",
        found=found,
        asked=wanted,
        reader=who,
        saved=saved,
        counted=COUNTED,
        concerns=concerns,
        tags=choices.tags(wanted, who),
        choices=choices.choices(who),
        live=wanted.before is None and wanted.wanted.until is None and not wanted.mistakes,
        older=_older(found.page, wanted),
        noise=Visit.BACKGROUND.value,
    )
    return text, 400 if wanted.mistakes else 200


@blueprint.get("/log/new")
def new() -> Response:
    """Rows written after one, as a piece of the list: for a page that watches."""
    after = request.args.get("after", "")
    if not (after.isascii() and after.isdecimal() and len(after) < 19):
        abort(400)
    Attention(gate().settings.data / "run").ask()
    with gate().reading() as session:
        who = reader(session)
        wanted = asked.read(request.args, who)
        if not who.seen.rows or reason_first(session, who, wanted) is not None:
            abort(403)
        newest = attempt_search.newest_id(session)
        rows = attempt_search.newer(session, who.scope, wanted.wanted, int(after), limit=ROWS)
        about = _notes(session, who, rows)
        told = _told(wanted)
        known = not who.seen.names or looking.watched(session, who, told)
    if not known:
        with gate().writing() as session:
            looking.note_look(
                session, who, "live", len(rows), whom=wanted.somebody, asked=told
            )  # fmt: skip
    text = render_template("log/new.html", rows=shown(rows, who, about), newest=newest, reader=who)
    response = Response(text, content_type="text/plain; charset=utf-8")  # a piece, no page
    response.headers["Cache-Control"] = "no-store"
    return response


def search(session: Session, who: Reader, wanted: Asked, limit: int = ROWS) -> Found:
    """Return a page of the log for a reader."""
    newest = attempt_search.newest_id(session)
    page = attempt_search.page(
        session, who.scope, wanted.wanted, before=wanted.before, limit=limit
    )  # fmt: skip
    return Found(who, page, _notes(session, who, page.rows), newest)


def take_in() -> None:
    """Ask the core for what the faces have written so far, and wait a moment for it.

    A core that has not answered the last time is down or busy: then the page shows what
    there is, and the next one asks again.
    """
    attention = Attention(gate().settings.data / "run")
    late = attention.waiting() is not None
    mark = attention.ask()
    if mark and not late:
        attention.wait(mark, SOON)


def reason_first(session: Session, who: Reader, wanted: Asked) -> AnyResponse | None:
    """Return the way to where a reason is given, where one is owed before this may be seen."""
    if wanted.somebody is None:
        return None
    kind, id_ = wanted.somebody
    if wanted.mistakes or not looking.reason_owed(session, who, kind, id_):
        return None
    back = asked.url("log.index", wanted.query)
    return redirect(url_for("log.why", kind=kind, id_=id_, next=back), 303)


def _told(wanted: Asked, *, before: bool = False) -> dict[str, str]:
    """Return the filter as the audit chain keeps it. A name that is none is not repeated."""
    told = {name: text for name, text in wanted.query.items() if name not in wanted.mistakes}
    return told | ({"older than": request.args["before"]} if before else {})


def _notes(
    session: Session, who: Reader, rows: tuple[KeptAttempt, ...]
) -> dict[int, tuple[Note, ...]]:
    if not who.seen.names or not rows:
        return {}
    return notes.of_attempts(session, who.scope, [row.id for row in rows])


def _older(page: Page, wanted: Asked) -> str | None:
    if page.older is None:
        return None
    return asked.url("log.index", wanted.query, before=asked.place(page.older))
