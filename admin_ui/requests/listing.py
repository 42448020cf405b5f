"""All requests: what waits for whoever looks, then the rest, filtered, searched, exported."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from admin_ui import dates, spreadsheet, who
from admin_ui.gate import View, gate
from admin_ui.record import record
from admin_ui.requests.blueprint import blueprint
from admin_ui.requests.cards import KINDS, Card, card
from admin_ui.requests.readers import reads_all
from admin_ui.requests.states import STATE_NAMES, Shown
from admin_ui.requests.waiting import waiting
from admin_ui.requests.wording import until_words
from appliance.store import requests
from appliance.store.accounts import Account
from appliance.store.requests import Wanted

PAGE: Final = 25
MOST: Final = 5000  # rows of one export
COLUMNS: Final = (
    "Request", "State", "Kind", "Staff name", "Date", "Full URL", "Site content",
    "Reasons for access", "Identified risks and control measures", "What", "For whom", "Periods",
    "Until", "Due", "Reviewed by", "Approved", "Decision reasons", "Authoriser", "Decided", "Grant",
)  # fmt: skip


@blueprint.get("/requests")
def index() -> str:
    """The list of requests."""
    view, account = gate().view(), who.me()
    number = _page_number()
    with gate().reading() as session:
        every = reads_all(session, account)
        mine = waiting(session, account, view.at)
        wanted = _wanted(account, every=every)
        found, total = requests.find(
            session, wanted, view.at, limit=PAGE, offset=(number - 1) * PAGE
        )
    cards = [card(one, view.at, view.snapshot) for one in found]
    return render_template(
        "requests/index.html", mine=mine, cards=cards, total=total, number=number, every=every,
        pages=max(1, -(-total // PAGE)), states=STATE_NAMES, kinds=KINDS, filters=_filters(),
    )  # fmt: skip


@blueprint.get("/requests/export.csv")
def export() -> Response:
    """The requests that the list shows, as CSV. That it was taken is written down."""
    view, account = gate().view(), who.me()
    with gate().writing() as session:
        cards = _every(session, account, view)
        record(session, "request.exported", rows=len(cards), **_filters())
    body = spreadsheet.table(COLUMNS, (_row(one, view) for one in cards))
    answer = Response(body, content_type=spreadsheet.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="requests.csv"'
    return answer


def _every(session: Session, account: Account, view: View) -> list[Card]:
    wanted = _wanted(account, every=reads_all(session, account))
    found, _ = requests.find(session, wanted, view.at, limit=MOST)
    return [card(one, view.at, view.snapshot) for one in found]


def _wanted(account: Account, *, every: bool) -> Wanted:
    given = _filters()
    own = not every or given.get("mine") == "yes"
    state = given.get("state", "")
    return Wanted(
        states=frozenset([state]) if state in set(Shown) else frozenset(),
        account=account.id if own else None, kind=given.get("kind", ""), text=given.get("q", ""),
        person=given.get("person", ""), url=given.get("url", ""),
    )  # fmt: skip


def _filters() -> dict[str, str]:
    """The filter of this page's address, without what is empty."""
    names = ("state", "kind", "person", "url", "q", "mine")
    given = {name: request.args.get(name, "")[:200].strip() for name in names}
    return {name: text for name, text in given.items() if text}


def _page_number() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _row(one: Card, view: View) -> tuple[object, ...]:
    kept, zone = one.request, view.zone
    decided = {None: "", True: "Yes", False: "No"}[kept.approved]
    return (
        kept.id, one.state_name, one.kind, kept.staff_name, dates.long_day(kept.day), one.url,
        kept.content, kept.reasons, kept.risks, one.target, one.subject, one.when,
        until_words(one.ends, zone, long=True), kept.due and dates.long_moment(kept.due, zone),
        kept.reviewed_by, decided, kept.decision_reasons, kept.authoriser_name,
        kept.decided_at and dates.long_moment(kept.decided_at, zone), kept.grant,
    )  # fmt: skip
