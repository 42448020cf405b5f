"""From a cell of the table, or an answer of "why", to the rule that is to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import abort, render_template, request

from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.held import Held, held, in_force
from appliance.policy import urls
from appliance.policy.model import Target, TargetKind
from appliance.policy.names import BadNameError, canonical
from appliance.policy.survey_scope import thing_of, things
from appliance.policy_file import prose
from appliance.policy_file.rule_table import Cell, one_cell, title

LONGEST: Final = 2000  # characters of a URL


@dataclass(frozen=True, slots=True)
class Concerned:
    """A rule that decides what was asked about, and what it says."""

    id: str
    clause: str
    said: str


@blueprint.get("/policy/change")
def change() -> str:
    """What can be changed about one role and one thing: ?role=&what=kind:id or ?url=."""
    with gate().reading() as session:
        current = in_force(session)
        policy = held(session, current.text, current.source, gate().view().at)
    role = request.args.get("role", "")
    if role and role not in policy.document.roles:
        abort(404)
    targets = _asked(policy)
    cell = _cell(policy, role, targets)
    ids = {*(cell.rules if cell else ()), *request.args.getlist("rule")}
    by_id = {rule.id: rule for rule in policy.document.rules}
    found = [
        Concerned(id_, by_id[id_].clause, prose.sentence(by_id[id_], policy.document))
        for id_ in by_id
        if id_ in ids
    ]
    return render_template(
        "policy/change.html", role=role, cell=cell, rules=found,
        who=policy.names.role(role) if role else "everybody",
        what=" and ".join(title(target, policy.names) for target in targets) or "anything",
        targets=[f"{target.kind.value}:{target.id}" for target in targets],
    )  # fmt: skip


def _asked(policy: Held) -> tuple[Target, ...]:
    """The targets of the address, those alone that the policy can speak of."""
    found = []
    known = {TargetKind.SERVICE: {s.id for s in policy.contents.services},
             TargetKind.CATEGORY: {c.id for c in policy.contents.categories}}  # fmt: skip
    for text in request.args.getlist("what")[:20]:
        kind, _, id_ = text.partition(":")
        if kind in ("service", "category") and id_ in known[TargetKind(kind)]:
            found.append(Target(TargetKind(kind), id_))
        elif text == "everything" or kind == "everything":
            found.append(Target(TargetKind.EVERYTHING))
        elif kind in ("host", "url"):
            found += _site(id_)
    url = request.args.get("url", "")[:LONGEST]
    return tuple(dict.fromkeys(found)) or (_site(url) if url else ())


def _site(text: str) -> tuple[Target, ...]:
    try:
        if "/" in text.partition("://")[2] or ("://" not in text and "/" in text):
            return (Target(TargetKind.URL, urls.canonical_prefix(text)),)
        return (Target(TargetKind.HOST, canonical(text.partition("://")[2] or text)),)
    except (urls.BadUrlError, BadNameError, ValueError):
        return ()


def _cell(policy: Held, role: str, targets: tuple[Target, ...]) -> Cell | None:
    """What the role may do now with the first of them: they stand in one row, answered alike."""
    if not role or not targets:
        return None
    known = {thing.target: thing for thing in things(policy.contents)}
    thing = known.get(targets[0]) or thing_of(targets[0])
    return one_cell(policy.survey, policy.names, role, thing)
