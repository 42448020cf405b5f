"""The decision: one ordered list of steps, the first that answers wins. Total and pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from appliance.policy import steps
from appliance.policy.model import Action, Reason, Verdict
from appliance.policy.situation import Query, Situation, situate
from appliance.policy.snapshot import Snapshot

Step = Callable[[Situation], steps.Finding | None]

STEPS: Final[tuple[Step, ...]] = (
    steps.sanctuary,  # first: a child in need reaches help, whatever a list or rule says
    steps.illegal,  # before anything a person can grant: the law has no exceptions
    steps.blocked_by_report,  # a DSL's "block this now" beats every grant given earlier
    steps.circumvention,  # before grants: a way round the gate would open everything
    steps.sanction,  # before grants: a ban is not lifted by an older permission
    steps.grant,  # a decision about this case beats the rules about all cases
    steps.service_rule,  # one service is more specific than its category
    steps.category_rule,  # the broad lines of the policy
    steps.default,  # always answers
)


def decide(query: Query, snapshot: Snapshot) -> Verdict:
    """Return what the school's policy says to a query, why, and until when that holds."""
    return judge(situate(query, snapshot))


def closed_by_lists_alone(query: Query, snapshot: Snapshot) -> bool:
    """Whether a host is blocked for what lists say of it, illegal content aside."""
    situation = situate(query, snapshot)
    verdict = judge(situation)
    if verdict.action is Action.ALLOW or verdict.reason is Reason.ILLEGAL:
        return False
    unlisted = replace(situation, lists=(), categories=situation.own)
    return judge(unlisted).action is Action.ALLOW


def judge(situation: Situation) -> Verdict:
    """Return the verdict on a situation: the first step that answers."""
    found = next(f for f in (step(situation) for step in STEPS) if f is not None)
    client, moment = situation.client, situation.moment
    category = found.category or next(iter(situation.categories), None)
    return Verdict(
        action=found.action, reason=found.reason, rule=found.rule, clause=found.clause,
        text=found.text, role=client.role, period=moment.name, period_kind=moment.kind,
        expires_at=situation.snapshot.next_change(situation.query.at, client, moment),
        service=next(iter(situation.services), None), category=category,
        public_view=found.public_view, record=found.record,
    )  # fmt: skip
