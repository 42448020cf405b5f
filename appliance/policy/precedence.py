"""Which rule wins when several match: the most specific, and among equals the one that blocks.

Compared in this order:

1. what it speaks of: URL prefix (the longer the closer), host (likewise), service,
   category (a sub-category before its parent), everything;
2. whom it speaks of: person, device, group, role, network, everyone;
3. how many further conditions it makes (period, ownership, standing permission);
4. block before allow: where the policy contradicts itself, the stricter line holds;
5. its place in the policy file.

What a host is, lists say too, and they are often wrong. So before any rule is asked:

1. what no list closes (helplines, ``never_block``, the school's own addresses) is in no
   list; a list of illegal content is passed over only for what ships with the appliance;
2. a category's own domain, written by the school, beats every list; a service of the
   catalogue beats each entry that is no longer than its own name for the host;
3. among lists the longest entry wins: ``a.b.example`` in one says what the host is, and
   ``b.example`` in another is passed over. Illegal content is beaten by nothing.

What is left is weighed apart: the school's and the catalogue's own word, and each list's
category. If any of them is blocked, the host is: a list may close what they leave open (one
blog of many), never open what they close, and of two lists that point equally close the
stricter holds. Rules on a URL, a host or a service come before all of that, so that an allow
rule opens what a list closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from appliance.policy.model import Action, Rule, Subject, SubjectKind, Target, TargetKind
from appliance.policy.situation import Situation
from appliance.policy.subjects import applies_to, opens_for

_WHAT: Final = {kind: place for place, kind in enumerate(TargetKind)}
_WHO: Final = {kind: place for place, kind in enumerate(SubjectKind)}

SERVICE_TARGETS: Final = frozenset({TargetKind.URL, TargetKind.HOST, TargetKind.SERVICE})
CATEGORY_TARGETS: Final = frozenset({TargetKind.CATEGORY, TargetKind.EVERYTHING})
_LISTED_TARGETS: Final = frozenset({TargetKind.CATEGORY})

Rank = tuple[int, int, int, int, int]


def best_rule(situation: Situation, kinds: Iterable[TargetKind]) -> Rule | None:
    """Return the rule that wins among those whose target is of the given kinds."""
    best = _best(situation, frozenset(kinds))
    return best[1] if best else None


def best_kind_rule(situation: Situation) -> tuple[Rule, str] | None:
    """Return the rule on categories that decides, and of what kind the host is to it.

    The kind is empty where a single word, or none, says what the host is.
    """
    found = list(_apart(situation))
    shut = [one for one in found if one[1].action is Action.BLOCK]
    if found:
        _, rule, group = min(shut or found, key=lambda one: one[0])
        return rule, group[0]
    rest = best_rule(situation, CATEGORY_TARGETS)
    return (rest, "") if rest else None


def deciding_rule(situation: Situation) -> Rule | None:
    """Return the rule that decides where no earlier step does: service before category."""
    by_name = best_rule(situation, SERVICE_TARGETS)
    by_kind = None if by_name else best_kind_rule(situation)
    return by_kind[0] if by_kind else by_name


def shut_beside(category: str, situation: Situation) -> bool:
    """Whether a host is blocked for being something that is no part of a category."""
    return any(
        rule.action is Action.BLOCK and category not in group
        for _, rule, group in _apart(situation)
    )


def concerns(rule: Rule, situation: Situation) -> bool:
    """Whether a rule speaks of this client, whatever the period, permission or target."""
    owned = rule.ownership in (None, situation.client.ownership)
    return owned and any(_speaks_of(rule, subject, situation) for subject in rule.who)


def _speaks_of(rule: Rule, subject: Subject, situation: Situation) -> bool:
    covers = applies_to if rule.action is Action.BLOCK else opens_for
    return covers(subject, situation.client)


def specificity(target: Target, situation: Situation) -> tuple[int, int]:
    """Return how closely a target points at something; the smaller, the closer."""
    detail = len(target.id)
    if target.kind is TargetKind.CATEGORY:
        detail = situation.snapshot.catalogue.depth(target.id)
    return _WHAT[target.kind], -detail


def _best(situation: Situation, kinds: frozenset[TargetKind]) -> tuple[Rank, Rule] | None:
    best: tuple[Rank, Rule] | None = None
    for rule in situation.snapshot.contents.rules:
        rank = _rank(rule, situation, kinds)
        if rank is not None and (best is None or rank < best[0]):
            best = rank, rule
    return best


def _apart(situation: Situation) -> Iterator[tuple[Rank, Rule, tuple[str, ...]]]:
    """Yield what decides each of the categories that are weighed apart, with its lineage.

    A rule on everything is no word about a list's category.
    """
    for group in situation.apart:
        kinds = CATEGORY_TARGETS if group == situation.own else _LISTED_TARGETS
        best = _best(replace(situation, categories=group), kinds)
        if best is not None:
            yield *best, group


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
    who = min(_WHO[s.kind] for s in rule.who if _speaks_of(rule, s, situation))
    conditions = (bool(rule.when), rule.ownership is not None, rule.permission is not None)
    return what, detail, who, -sum(conditions), 0 if rule.action is Action.BLOCK else 1
