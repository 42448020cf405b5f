"""Every version of the policy: who, when, why; any two compared; one put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import document_of
from admin_ui.policy.reading import may_change
from admin_ui.policy.working import keep
from appliance.policy_file import PolicyFileError, prose
from appliance.policy_file.compare import Difference, differences, text_lines
from appliance.store import policies, policy_drafts
from appliance.store.policy_drafts import Draft
from appliance.store.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Entry:
    """A version with the change it came from, where it was made on these pages."""

    number: int
    at: datetime
    author: str
    reason: str
    source: str
    draft: Draft | None


@blueprint.get("/policy/versions")
def versions() -> str:
    """All versions, newest first."""
    with gate().reading() as session:
        drafts = policy_drafts.of_versions(session)
        found = [_entry(row, drafts.get(row.id)) for row in policies.history(session)]
    return render_template("policy/versions.html", versions=found, may_change=may_change())


@blueprint.get("/policy/versions/<int:number>")
def version(number: int) -> str:
    """One version: what it says, and what it changed."""
    with gate().reading() as session:
        row = _row(session, number)
        history = [one.id for one in policies.history(session)]
        earlier = next((id_ for id_ in history if id_ < number), None)
        before = session.get(PolicyVersion, earlier) if earlier else None
        draft = policy_drafts.of_versions(session).get(number)
        changed = _compared(before, row) if before is not None else ()
        entry = _entry(row, draft)
        try:
            lines = prose.explain(document_of(row.text, row.source))
        except PolicyFileError:  # this program does not take it any more
            lines = []
        text = row.text
    return render_template(
        "policy/version.html", version=entry, earlier=earlier, differences=changed, lines=lines,
        text=text, current=number == history[0], may_change=may_change(),
    )  # fmt: skip


@blueprint.get("/policy/compare")
def diff() -> str | AnyResponse:
    """Any two versions: sentences first, the text below. ?a=&b="""
    a, b = request.args.get("a", type=int), request.args.get("b", type=int)
    if a is None or b is None:
        return redirect(url_for("policy.versions"), 303)
    with gate().reading() as session:
        one, other = _row(session, min(a, b)), _row(session, max(a, b))
        found = _compared(one, other)
        lines = text_lines(one.text, other.text)
        shown = _entry(one, None), _entry(other, None)
    return render_template(
        "policy/compare.html", one=shown[0], other=shown[1], differences=found, lines=lines
    )


@blueprint.post("/policy/versions/<int:number>/restore")
def restore(number: int) -> AnyResponse | tuple[str, int]:
    """Begin a change that puts an earlier version back, with preview and reason like any."""
    with gate().reading() as session:
        row = _row(session, number)
        text, source = row.text, f"version {number}"
    try:
        return keep(text, source)
    except PolicyFileError as error:
        return render_template(
            "policy/import.html", form=None, mistakes=error.mistakes,
            said=f"Version {number} is not accepted any more",
        ), 422  # fmt: skip


def _compared(one: PolicyVersion, other: PolicyVersion) -> tuple[Difference, ...]:
    try:
        return differences(document_of(one.text, one.source), document_of(other.text, other.source))
    except PolicyFileError:
        return (Difference("changed", "", "One of the two is not accepted any more: see the text"),)


def _entry(row: PolicyVersion, draft: Draft | None) -> Entry:
    return Entry(row.id, row.at, row.author, row.reason, row.source, draft)


def _row(session: Session, number: int) -> PolicyVersion:
    found = session.get(PolicyVersion, number)
    if found is None:
        abort(404)
    return found
