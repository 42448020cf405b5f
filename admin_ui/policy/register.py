"""The register of rules: each with its reason, who asked, who approved, since when (FM-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template

from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import document_of, in_force
from appliance.policy_file import PolicyDocument, PolicyFileError, prose
from appliance.store import policies, policy_drafts
from appliance.store.policy_drafts import Draft
from appliance.store.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Registered:
    """One rule as the register tells it. approver: empty where nobody signed it here."""

    id: str
    clause: str
    said: str
    reason: str
    requester: str
    approver: str
    decision: str
    since: datetime
    version: int
    review_by: date | None


@blueprint.get("/policy/register")
def register() -> str:
    """All rules in force, to be printed and filed."""
    with gate().reading() as session:
        current = in_force(session)
        document = document_of(current.text, current.source)
        drafts = policy_drafts.of_versions(session)
        found = registered(document, list(policies.history(session)), drafts)
    return render_template(
        "policy/register.html", rules=found, policy=document.policy, version=current.id
    )


def registered(
    document: PolicyDocument, newest_first: Sequence[PolicyVersion], drafts: dict[int, Draft]
) -> list[Registered]:
    """Return each rule with the version that last changed it."""
    since = {rule.id: newest_first[0] for rule in document.rules}
    settled: set[str] = set()
    for row in newest_first:
        try:
            held = {rule.id: rule for rule in document_of(row.text, row.source).rules}
        except PolicyFileError:  # not accepted any more: as if every rule was changed after it
            break
        for rule in document.rules:
            if rule.id in settled:
                continue
            if held.get(rule.id) == rule:
                since[rule.id] = row
            else:
                settled.add(rule.id)
        if len(settled) == len(document.rules):
            break
    found = []
    for rule in document.rules:
        row = since[rule.id]
        draft = drafts.get(row.id)
        found.append(
            Registered(
                rule.id, rule.clause, prose.sentence(rule, document), row.reason, row.author,
                (draft.decided_by or "") if draft else "", draft.decision if draft else "",
                row.at, row.id, document.policy.next_review,
            )
        )  # fmt: skip
    return found
