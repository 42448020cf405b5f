"""Why something is blocked or not, for anybody, any site and any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import Blueprint, render_template, request

from admin_ui import access, who
from admin_ui.gate import View, gate
from admin_ui.why import clients, moments, saying
from admin_ui.why.past import Judged, judged_by
from appliance.policy.answer import Answer, BadMethodError, answered, question
from appliance.policy.model import Action, Reason
from appliance.publish.named_by import NamedBy, named_by

blueprint = Blueprint("why", __name__)

LONGEST: Final = 2000  # characters of a URL
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(slots=True)
class Asked:
    """What was typed, and what is wrong with it: field and message."""

    client: str
    device: str
    url: str
    method: str
    at: str
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not self.client and not self.url


@blueprint.get("/why")
def ask() -> str | tuple[str, int]:
    """The question, and its answer once it is asked: ?client=&url=&at=&method=&device="""
    view = gate().view()
    asked = Asked(
        client=request.args.get("client", "")[: clients.LONGEST].strip(),
        device=_one_of(request.args.get("device", ""), [value for value, _ in clients.DEVICES]),
        url=request.args.get("url", "")[:LONGEST].strip(),
        method=_one_of(request.args.get("method", "GET").upper(), list(METHODS)) or "GET",
        at=request.args.get("at", "")[:80].strip(),
    )
    found = None if asked.empty else _answer(asked, view)
    page = render_template(
        "why/ask.html", asked=asked, devices=clients.DEVICES, methods=METHODS,
        suggestions=clients.suggestions(view.snapshot.contents),
        **(_said(found) if found else {"answer": None}),
    )  # fmt: skip
    return (page, 422) if asked.mistakes else page


def _answer(asked: Asked, view: View) -> tuple[Answer, Judged, tuple[NamedBy, ...]] | None:
    at: datetime = view.at
    try:
        at = moments.parse(asked.at, view.at)
    except ValueError as error:
        asked.mistakes["at"] = str(error)
    if not asked.url:
        asked.mistakes["url"] = "Give a web address or the name of a site"
    if not asked.client:
        asked.mistakes["client"] = "Say whom it is about"
    if asked.mistakes:
        return None
    with gate().reading() as session:
        judged = judged_by(session, view, at)
    try:
        client = clients.client_of(asked.client, asked.device, judged.snapshot)
    except clients.UnknownClientError as error:
        asked.mistakes["client"] = str(error)
        return None
    try:
        query = question(asked.url, client, asked.method, at)
    except BadMethodError as error:
        asked.mistakes["method"] = str(error)
        return None
    except ValueError:
        asked.mistakes["url"] = "This is no web address. Try www.example.com"
        return None
    answer = answered(query, asked.url, judged.snapshot)
    with gate().reading() as session:
        return answer, judged, named_by(answer.lists, judged.snapshot, session)


def _said(found: tuple[Answer, Judged, tuple[NamedBy, ...]]) -> dict[str, object]:
    answer, judged, names = found
    verdict, snapshot = answer.verdict, judged.snapshot
    service = snapshot.catalogue.services.get(verdict.service or "")
    category = snapshot.catalogue.category(verdict.category or "")
    return {
        "answer": answer, "verdict": verdict, "blocked": verdict.action is Action.BLOCK,
        "illegal": verdict.reason is Reason.ILLEGAL,
        # No rule and no request changes these two.
        "may_ask": verdict.reason not in (Reason.ILLEGAL, Reason.SANCTUARY),
        "period": _period(verdict.period, verdict.period_kind.value.replace("_", " ")),
        "because": saying.REASONS[verdict.reason], "notes": judged.notes,
        "version": judged.version, "who": saying.who_words(answer.query.client, snapshot),
        "clause": saying.clause_words(verdict.clause, snapshot),
        "service": service.name if service else "", "category": category.name if category else "",
        "dns": saying.DNS[answer.plan.dns], "tls": saying.tls_words(answer),
        "steps": saying.steps(answer, snapshot), "lists": saying.lists(names, snapshot),
        "may_change": bool(access.TECHNICIAN & who.me().posts),
        "targets": _targets(answer),
    }  # fmt: skip


def _period(name: str, kind: str) -> str:
    return name.capitalize() if name.lower() == kind else f"{name} ({kind})"


def _targets(answer: Answer) -> list[str]:
    """What a rule on just this would name: the service, else the site."""
    verdict = answer.verdict
    return [f"service:{verdict.service}"] if verdict.service else [f"host:{answer.query.host}"]


def _one_of(text: str, known: list[str]) -> str:
    return text if text in known else ""
