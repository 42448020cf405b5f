"""Which rule wins when several match: the most specific, and among equals the one that blocks.

Compared in this order:

1. what it speaks of: URL prefix (the longer the closer), host (likewise), service,
   category (a sub-category before its parent), everything;
2. whom it speaks of: person, device, group, role, network, everyone;
3. how many further conditions it makes (period, ownership, standing permission);
4. block before allow: where the policy contradicts itself, the stricter line holds;
5. its place in the policy file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from appliance.policy.model import Action, Rule, SubjectKind, Target, TargetKind
from appliance.policy.situation import Situation
from appliance.policy.subjects import applies_to

_WHAT: Final = {kind: place for place, kind in enumerate(TargetKind)}
_WHO: Final = {kind: place for place, kind in enumerate(SubjectKind)}

SERVICE_TARGETS: Final = frozenset({TargetKind.URL, TargetKind.HOST, TargetKind.SERVICE})
CATEGORY_TARGETS: Final = frozenset({TargetKind.CATEGORY, TargetKind.EVERYTHING})

Rank = tuple[int, int, int, int, int]


def best_rule(situation: Situation, kinds: Iterable[TargetKind]) -> Rule | None:
    """Return the rule that wins among those whose target is of the given kinds."""
    wanted = frozenset(kinds)
    best: tuple[Rank, Rule] | None = None
    for rule in situation.snapshot.contents.rules:
        rank = _rank(rule, situation, wanted)
        if rank is not None and (best is None or rank < best[0]):
            best = rank, rule
    return best[1] if best else None


def deciding_rule(situation: Situation) -> Rule | None:
    """Return the rule that decides where no earlier step does: service before category."""
    return best_rule(situation, SERVICE_TARGETS) or best_rule(situation, CATEGORY_TARGETS)


def concerns(rule: Rule, situation: Situation) -> bool:
    """Whether a rule speaks of this client, whatever the period, permission or target."""
    owned = rule.ownership in (None, situation.client.ownership)
    return owned and any(applies_to(subject, situation.client) for subject in rule.who)


def specificity(target: Target, situation: Situation) -> tuple[int, int]:
    """Return how closely a target points at something; the smaller, the closer."""
    detail = len(target.id)
    if target.kind is TargetKind.CATEGORY:
        detail = situation.snapshot.catalogue.depth(target.id)
    return _WHAT[target.kind], -detail


def _rank(rule: Rule, situation: Situation, kinds: frozenset[TargetKind]) -> Rank | None:
    # What it speaks of comes first: for most hosts that settles it, and it is quick to see.
    fold = rule.action is Action.BLOCK
    targets = [t for t in rule.what if t.kind in kinds and situation.covers(t, fold_case=fold)]
    if not targets:
        return None
    if not (concerns(rule, situation) and situation.in_period(rule.when)):
        return None
    if rule.permission is not None and not situation.permitted(rule.permission):
        return None
    what, detail = min(specificity(target, situation) for target in targets)
    who = min(_WHO[s.kind] for s in rule.who if applies_to(s, situation.client))
    conditions = (bool(rule.when), rule.ownership is not None, rule.permission is not None)
    return what, detail, who, -sum(conditions), 0 if rule.action is Action.BLOCK else 1
