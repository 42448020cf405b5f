"""The steps of the engine: each answers a situation or passes it on with None.

Their order, and the reason for each position, is in ``engine.STEPS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.policy.model import Action, CategoryClass, Grant, Reason, Rule, Sanction, TargetKind
from appliance.policy.names import within
from appliance.policy.precedence import (
    SERVICE_TARGETS,
    best_kind_rule,
    best_rule,
    deciding_rule,
    shut_beside,
    specificity,
)
from appliance.policy.sanctioned import touches
from appliance.policy.situation import Situation
from appliance.policy.subjects import applies_to, may_be, opens_for
from appliance.policy.urls import SAFE_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a step found. The engine adds who, when and until when."""

    action: Action
    reason: Reason
    rule: str
    clause: str = ""
    text: str = ""
    public_view: bool = False
    record: bool = True
    category: str | None = None


def sanctuary(situation: Situation) -> Finding | None:
    """Helplines and child protection: never blocked, never recorded."""
    if not any(situation.snapshot.sanctuary.find(situation.query.host)):
        return None
    return Finding(action=Action.ALLOW, reason=Reason.SANCTUARY, rule="sanctuary", record=False)


def illegal(situation: Situation) -> Finding | None:
    """The class that no role, grant or setting opens."""
    return _blocked_class(situation, CategoryClass.ILLEGAL, Reason.ILLEGAL, "")


def blocked_by_report(situation: Situation) -> Finding | None:
    """A site blocked for every role from an inappropriate content report."""
    for block in situation.snapshot.contents.reported:
        # With a clock in doubt a report still blocks: only its start is a time, and it is past.
        begun = block.start <= situation.query.at or not situation.query.clock_trusted
        if begun and situation.covers(block.target, fold_case=True):
            return Finding(
                action=Action.BLOCK,
                reason=Reason.ILLEGAL if block.veiled else Reason.BLOCKED_BY_REPORT,
                rule=block.id, clause=block.clause, text=block.text,
            )  # fmt: skip
    return None


def circumvention(situation: Situation) -> Finding | None:
    """Ways round the gate, for the roles that the policy names.

    What only a list takes for one, a rule of the school may know better.
    """
    contents, kind = situation.snapshot.contents, CategoryClass.CIRCUMVENTION
    if situation.client.role not in contents.circumvention_roles:
        return None
    clause = contents.circumvention_clause
    found = _blocked_class(situation, kind, Reason.CIRCUMVENTION, clause)
    if found is None or any(map(_of_class(situation, kind), situation.own)):
        return found
    rule = best_rule(situation, SERVICE_TARGETS)
    return None if rule is not None and rule.action is Action.ALLOW else found


def sanction(situation: Situation) -> Finding | None:
    """A sanctioned person or device keeps the short allow list, unless supervised for it."""
    contents = situation.snapshot.contents
    held = next((s for s in contents.sanctions if _held(s, situation)), None)
    if held is None:
        return None
    if any(within(situation.query.host, allowed) for allowed in contents.sanction_allow):
        return None
    return Finding(
        action=Action.BLOCK,
        reason=Reason.SANCTION,
        rule=held.id,
        clause=held.clause,
        text=held.text,
    )


def grant(situation: Situation) -> Finding | None:
    """The closest running grant, unless the rule it would open takes none."""
    opened = [g for g in situation.snapshot.contents.grants if opens(g, situation)]
    if not opened:
        return None
    rule = deciding_rule(situation)
    if rule is not None and rule.action is Action.BLOCK and not rule.grants:
        return None
    best = min(opened, key=lambda g: (specificity(g.target, situation), g.id))
    blocked_otherwise = rule is not None and rule.action is Action.BLOCK
    return Finding(
        action=Action.ALLOW, reason=Reason.GRANT, rule=best.id, clause=best.clause, text=best.text,
        public_view=best.target.kind is TargetKind.URL and blocked_otherwise,
    )  # fmt: skip


def service_rule(situation: Situation) -> Finding | None:
    """The most specific rule that names a URL, a host or a service."""
    return _ruled(best_rule(situation, SERVICE_TARGETS), Reason.SERVICE_RULE)


def category_rule(situation: Situation) -> Finding | None:
    """The most specific rule that names a category, or everything."""
    found = best_kind_rule(situation)
    return _ruled(found[0], Reason.CATEGORY_RULE, found[1] or None) if found else None


def default(_: Situation) -> Finding:
    """What no rule speaks of is none of a social media policy's business."""
    return Finding(action=Action.ALLOW, reason=Reason.DEFAULT, rule="default", record=False)


def opens(candidate: Grant, situation: Situation) -> bool:
    """Whether a grant holds for this client now and is wide enough for what is asked.

    One for a category does not open what is blocked for being something else as well.
    """
    if not opens_for(candidate.subject, situation.client):
        return False
    if not (
        situation.running(candidate.start, candidate.end) and situation.in_period(candidate.when)
    ):
        return False
    target = candidate.target
    if target.kind is TargetKind.CATEGORY and shut_beside(target.id, situation):
        return False
    by_url = target.kind is TargetKind.URL
    methods = candidate.methods or (SAFE_METHODS if by_url else ())
    method = situation.query.method.upper()
    if methods and situation.query.url is not None and method not in methods:
        return False
    return situation.covers(target, fold_case=False) or (
        by_url and method in SAFE_METHODS and renders(candidate, situation)
    )


def renders(candidate: Grant, situation: Situation) -> bool:
    """Whether the URL asked for is on a host that the granted page needs to render."""
    if situation.query.url is None:
        return False
    page_host = candidate.target.id.partition("/")[0]
    catalogue = situation.snapshot.catalogue
    page_services = catalogue.services_of(page_host, None, "GET")
    return any(service in page_services for service in catalogue.asset_of(situation.query.host))


def _held(candidate: Sanction, situation: Situation) -> bool:
    # With a clock in doubt a sanction holds until somebody lifts it: no date ends it that is
    # not known to have come.
    in_doubt = not situation.query.clock_trusted and not candidate.lifted
    running = situation.running(candidate.start, candidate.end) or in_doubt
    holds = running and may_be(candidate.subject, situation.client)
    return holds and not _supervised(candidate, situation)


def _supervised(held: Sanction, situation: Situation) -> bool:
    # What lifts is narrower than what holds: each sanction needs a session about itself, with
    # whom this certainly is. One beside somebody else lifts nothing of theirs.
    contents, client = situation.snapshot.contents, situation.client
    return any(
        applies_to(s.subject, client)
        and touches(s.subject, held.subject, contents)
        and situation.running(s.start, s.end)
        for s in contents.supervised
    )


def _ruled(rule: Rule | None, reason: Reason, category: str | None = None) -> Finding | None:
    if rule is None:
        return None
    record = rule.action is Action.BLOCK or rule.monitor
    return Finding(
        action=rule.action,
        reason=reason,
        rule=rule.id,
        clause=rule.clause,
        text=rule.text,
        record=record,
        category=category,
    )


def _of_class(situation: Situation, kind: CategoryClass) -> Callable[[str], bool]:
    return lambda category: situation.snapshot.class_of_category(category) is kind


def _blocked_class(
    situation: Situation, kind: CategoryClass, reason: Reason, clause: str
) -> Finding | None:
    of_class = _of_class(situation, kind)
    for category in situation.categories:
        if of_class(category):
            by = next((m.list_id for m in situation.lists if m.category == category), category)
            return Finding(
                action=Action.BLOCK, reason=reason, rule=by, clause=clause, category=category
            )
    return None
