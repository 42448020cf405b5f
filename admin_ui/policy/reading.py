"""The rules in force as a table that reads like sentences, and as a list."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from admin_ui import access, who
from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import Held, held, in_force, rows
from admin_ui.policy.working import mine
from appliance.policy_file import advice, prose
from appliance.store import policy_drafts


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of the list of rules: what it says, by which clause, and what that clause says."""

    id: str
    clause: str
    clause_text: str
    said: str
    action: str


@blueprint.get("/policy")
def index() -> str:
    """What the rules do, by kind of content and role."""
    with gate().reading() as session:
        current = in_force(session)
        policy = held(session, current.text, current.source, gate().view().at)
        waiting = policy_drafts.waiting(session)
        own = mine(session) if may_change() else None
    return render_template(
        "policy/index.html", version=current, policy=policy.document.policy, rows=rows(policy),
        roles=_roles(policy), waiting=waiting, own=own, may_change=may_change(),
        warnings=advice.warnings(policy.document, gate().view().at.date()),
    )  # fmt: skip


@blueprint.get("/policy/rules")
def rules() -> str:
    """Every rule as one sentence, and the clauses that people carry out."""
    with gate().reading() as session:
        current = in_force(session)
        policy = held(session, current.text, current.source, gate().view().at)
    document = policy.document
    listed = {rule.id: rule for rule in document.rules}
    lines = prose.explain(document)
    texts = {id_: clause.text for id_, clause in document.clauses.items()}
    return render_template(
        "policy/rules.html", may_change=may_change(),
        rules=[
            RuleLine(id_, clause, texts.get(clause, ""), said, listed[id_].action.value)
            for clause, said, id_ in lines
            if id_ in listed
        ],
        settings=[(c, s, texts.get(c, "")) for c, s, id_ in lines if id_ and id_ not in listed],
        people=[(c, s, texts.get(c, "")) for c, s, id_ in lines if not id_],
    )  # fmt: skip


def may_change() -> bool:
    """Whether whoever is signed in may change the policy."""
    return bool(access.TECHNICIAN & who.me().posts)


def _roles(policy: Held) -> list[str]:
    ordered = sorted(policy.contents.roles, key=lambda role: role.rank)
    return [policy.names.role(role.id) for role in ordered]
