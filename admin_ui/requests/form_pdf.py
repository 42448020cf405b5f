"""The finished form as PDF: the fields of appendix A, in their order, and the record behind it."""

from __future__ import annotations

from admin_ui import dates
from admin_ui.gate import View
from admin_ui.pdf import Block, Facts, Heading, Paragraph, Rows, document
from admin_ui.requests.cards import Card
from admin_ui.requests.handling import WORDS_OF
from admin_ui.requests.signing import digest_of
from admin_ui.requests.wording import UNTIL_NAMES, until_words
from appliance.store.requests import Event, Request


def form(card: Card, events: tuple[Event, ...], view: View, by: str) -> bytes:
    """Return the form of a request. by: who prints it, said at the foot of each page."""
    request, school = card.request, view.snapshot.contents.school.name
    blocks: list[Block] = [
        Paragraph(f"{card.kind}. State: {card.state_name}."),
        Heading("Requester"),
        Facts(_requester(card)),
        Heading("What it opens"),
        Facts(_scope(card, view)),
    ]
    if request.reviewed_by:
        blocks += [Heading("Review by the technician"), Facts(_review(request, view))]
    blocks += [Heading("Authoriser"), Facts(_authoriser(request, view))]
    blocks += [Heading("What happened"), _history(events, view)]
    note = f"Request {request.id}, printed by {by} on {dates.long_moment(view.at, view.zone)}"
    of = "Curriculum activity" if request.kind == "curriculum" else "Blocked content access request"
    title = f"{of} {request.id}"
    return document(title, school, blocks, made=view.at, note=note)


def _requester(card: Card) -> list[tuple[str, str]]:
    request = card.request
    return [
        ("Staff name", request.staff_name),
        ("Date", dates.long_day(request.day)),
        ("Full URL", card.url),
        ("Site content", request.content),
        ("Reasons for access", request.reasons),
        ("Identified risks and control measures", request.risks),
    ]


def _scope(card: Card, view: View) -> list[tuple[str, str]]:
    request = card.request
    asked = UNTIL_NAMES.get(request.until, request.until)
    rows = [
        ("What", card.target), ("For whom", card.subject), ("In which periods", card.when),
        ("Until", f"{until_words(card.ends, view.zone, long=True)} (asked for: {asked.lower()})"),
    ]  # fmt: skip
    return rows + ([("Grant", request.grant)] if request.grant else [])


def _review(request: Request, view: View) -> list[tuple[str, str]]:
    done = dates.long_moment(request.reviewed_at, view.zone) if request.reviewed_at else ""
    return [
        ("Staff name", request.reviewed_by or ""),
        ("Date", done),
        ("Risks and controls", "Confirmed" if request.review.get("risks_confirmed") else ""),
        ("Control measures in place", str(request.review.get("controls", ""))),
        ("Note", str(request.review.get("note", ""))),
        ("Scope", "Narrowed by the review" if request.review.get("asked") else "As asked for"),
    ]


def _authoriser(request: Request, view: View) -> list[tuple[str, str]]:
    if request.approved is None or request.decided_at is None:
        return [("Approved", "Not decided"), ("Reasons", ""), ("Staff name", ""), ("Date", ""),
                ("Signature", "")]  # fmt: skip
    return [
        ("Approved", "Yes" if request.approved else "No"),
        ("Reasons", request.decision_reasons),
        ("Staff name", str(request.signature.get("account", request.decided_by))),
        ("Date", dates.long_moment(request.decided_at, view.zone)),
        ("Signature", _signature(request)),
    ]


def _signature(request: Request) -> str:
    """Who signed and whether that still fits; what a standing agreement opened has none."""
    signature = request.signature
    if not signature:
        return "None"
    holds = signature.get("digest") == digest_of(request)
    said = "as signed" if holds else "NOT as signed: the form was changed underneath"
    return (
        f"{request.authoriser_name}, signed with a second factor by the account "
        f"{request.decided_by}. SHA-256 over this form: {signature.get('digest', '')} ({said})"
    )


def _history(events: tuple[Event, ...], view: View) -> Rows:
    rows = [
        (dates.long_moment(e.at, view.zone), e.by, WORDS_OF.get(e.what, e.what), e.text)
        for e in events
    ]
    return Rows(("When", "Who", "What", "Words"), rows, (22, 18, 16, 44))
