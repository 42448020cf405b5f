"""What a change would change for whom, as sentences: the engine asked before and after.

``Staff on personal devices: TikTok opens at break.`` Whatever no sentence speaks of is
answered as before; that a list of sentences is whole is a test's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from appliance.policy.model import Action, Ownership, Target, TargetKind
from appliance.policy.survey import EVERYONE, Answer, Asker, Slot, Survey, Thing
from appliance.policy.survey_scope import askers, permissions_asked, slots, things
from appliance.policy_file.slot_words import capital, joined, slots_words
from appliance.policy_file.thing_names import OWNED, Names

PUPILS = ("pupil", "student", "learner", "child")  # how schools begin the ids of such roles

Notice = tuple[Action, bool, bool]
Change = tuple[Notice, Notice]
Delta = tuple[Change | None, ...]  # one for each turn


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of time, as it was and as it would be.

    words: ``from 10:30am to 10:50am``; empty for a kind of period. days: ``on Mondays``.
    """

    before: Slot
    after: Slot
    words: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One sentence. opens: something is or can be opened; roles: for whom."""

    said: str
    opens: bool
    roles: frozenset[str]
    targets: tuple[Target, ...]


def effects(
    before: Survey, after: Survey, names: Names, turns: Sequence[Turn] | None = None
) -> tuple[Effect, ...]:
    """Return what changes for anybody; nothing where the two answer alike everywhere.

    turns: the stretches of time compared; every kind of period against itself if None.
    """
    both = before.snapshot.contents, after.snapshot.contents
    if turns is None:
        turns = [Turn(slot, slot) for slot in slots(*both)]
    who, what = askers(*both), things(*both)
    deltas = {
        thing.target: {asker: delta for asker in who if (
            delta := _delta(before, after, asker, thing, turns)) is not None}
        for thing in what
    }  # fmt: skip
    lineages = {t.target: after.lineage(t) for t in what}
    grouped: dict[tuple[str, Delta, frozenset[str]], list[Target]] = {}
    for target, by_asker in deltas.items():
        left = _unsaid(target, by_asker, deltas, lineages)
        for delta, some in _by_delta(left).items():
            label, roles = _label(some, who, names, permissions_asked(*both))
            grouped.setdefault((label, delta, roles), []).append(target)
    found = [
        effect
        for (label, delta, roles), targets in grouped.items()
        for effect in _told(label, delta, roles, targets, turns, names,
                            _exceptions(targets, delta, roles, deltas, lineages, who, names))
    ]  # fmt: skip
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (not e.opens, e.said)))


def opens_for_pupils(found: Iterable[Effect]) -> bool:
    """Whether anything would open for pupils (FM-02: somebody documents that decision).

    Fails towards asking: where no role's id says that it is the pupils', all but the
    effects for staff count.
    """
    return any(effect.opens and any(map(_sheltered, effect.roles)) for effect in found)


def _sheltered(role: str) -> bool:
    return role.startswith(PUPILS) or not role.startswith(
        ("staff", "visitor", "governor", "parent")
    )


def _delta(
    before: Survey, after: Survey, asker: Asker, thing: Thing, turns: Sequence[Turn]
) -> Delta | None:
    found: list[Change | None] = []
    for turn in turns:
        was, becomes = (
            before.answer(asker, thing, turn.before),
            after.answer(asker, thing, turn.after),
        )
        found.append(None if was.effect == becomes.effect else _change(was, becomes))
    return tuple(found) if any(found) else None


def _change(was: Answer, becomes: Answer) -> Change:
    return was.effect, becomes.effect


def _unsaid(
    target: Target,
    mine: Mapping[Asker, Delta],
    deltas: Mapping[Target, Mapping[Asker, Delta]],
    lineages: Mapping[Target, tuple[str, ...]],
) -> dict[Asker, Delta]:
    """What no category above says already, and what no role says of one who has that role."""
    above = [Target(TargetKind.CATEGORY, id_) for id_ in lineages[target]]
    told = [deltas[one] for one in above if one != target and one in deltas]
    everything = deltas.get(Target(TargetKind.EVERYTHING))
    if everything and target.kind is not TargetKind.EVERYTHING:
        told.append(everything)
    left = {a: d for a, d in mine.items() if not any(one.get(a) == d for one in told)}
    return {
        asker: delta
        for asker, delta in left.items()
        if asker.subject == EVERYONE or mine.get(_as_role(asker)) != delta
    }


def _as_role(asker: Asker) -> Asker:
    return Asker(asker.role, asker.ownership, asker.permission)


def _by_delta(left: Mapping[Asker, Delta]) -> dict[Delta, list[Asker]]:
    found: dict[Delta, list[Asker]] = {}
    for asker, delta in left.items():
        found.setdefault(delta, []).append(asker)
    return found


def _label(
    some: Sequence[Asker], every: Sequence[Asker], names: Names, permissions: Sequence[str]
) -> tuple[str, frozenset[str]]:
    by_subject: dict[str, set[Asker]] = {}
    for asker in some:
        by_subject.setdefault(names.subject(asker), set()).add(asker)
    conditions = {n: _condition(found, permissions, names) for n, found in by_subject.items()}
    roles = frozenset(asker.role for asker in some)
    all_roles = {names.role(asker.role) for asker in every if asker.subject == EVERYONE}
    if len(set(conditions.values())) == 1:
        who = "everybody" if all_roles <= set(by_subject) else joined(list(by_subject))
        return capital(f"{who} {next(iter(conditions.values()))}".strip()), roles
    alike: dict[str, list[str]] = {}
    for name, said in conditions.items():
        alike.setdefault(said, []).append(name)
    parts = [f"{joined(some)} {said}".strip() for said, some in alike.items()]
    return capital("; ".join(parts)), roles


def _condition(found: set[Asker], permissions: Sequence[str], names: Names) -> str:
    """``on personal devices with the permission “School Wi-Fi”``; empty if it makes no odds."""
    everyone = {"", *permissions}
    for_all = {own for own in Ownership if all(_has(found, own, p) for p in everyone)}
    if len(for_all) == len(Ownership):
        return ""
    words = []
    for own in Ownership:
        held = [p for p in ("", *permissions) if _has(found, own, p)]
        if not held:
            continue
        if own in for_all:
            words.append(OWNED[own])
        else:
            words += [f"{OWNED[own]} {_with(p, permissions, names)}" for p in held]
    alike = [p for p in ("", *permissions) if all(_has(found, own, p) for own in Ownership)]
    if alike and not for_all and len(words) == 2 * len(alike):
        words = [_with(p, permissions, names) for p in alike]
    return joined(words, "or")


def _has(found: set[Asker], own: Ownership, permission: str) -> bool:
    return any(a.ownership is own and a.permission == permission for a in found)


def _with(permission: str, every: Sequence[str], names: Names) -> str:
    if not permission:
        one = f"the permission “{names.permission(every[0])}”"
        return f"without {one if len(every) == 1 else 'a permission'}"
    return f"with the permission “{names.permission(permission)}”"


def _exceptions(
    targets: Sequence[Target], delta: Delta, roles: frozenset[str],
    deltas: Mapping[Target, Mapping[Asker, Delta]], lineages: Mapping[Target, tuple[str, ...]],
    who: Sequence[Asker], names: Names,
) -> list[str]:  # fmt: skip
    """What lies in a category that changes and does not change with it."""
    ids = {target.id for target in targets if target.kind is TargetKind.CATEGORY}
    concerned = [
        a for a in who if a.role in roles and any(deltas[t].get(a) == delta for t in targets)
    ]
    found = []
    for target, lineage in lineages.items():
        if target in targets or not ids & set(lineage):
            continue
        if any(deltas[target].get(asker) != delta for asker in concerned):
            found.append(target)
    broad = {t.id for t in found if t.kind is TargetKind.CATEGORY}
    shown = [t for t in found if not broad & (set(lineages[t]) - {t.id})]
    return sorted((names.thing(target) for target in shown), key=str.casefold)


def _told(
    label: str, delta: Delta, roles: frozenset[str], targets: Sequence[Target],
    turns: Sequence[Turn], names: Names, exceptions: Sequence[str],
) -> list[Effect]:  # fmt: skip
    called = sorted((names.thing(target) for target in targets), key=str.casefold)
    what, many = joined(called), len(called) > 1 or _plural(called[0])
    but = f" (but not {joined(exceptions, 'or')})" if exceptions else ""
    changes: dict[Change, list[Turn]] = {}
    for turn, change in zip(turns, delta, strict=True):
        if change is not None:
            changes.setdefault(change, []).append(turn)
    by_verb: dict[tuple[str, bool], list[Turn]] = {}
    for change, some in changes.items():
        for verb in _verbs(change, many=many):
            by_verb.setdefault(verb, []).extend(some)
    return [
        Effect(f"{label}: {what}{but} {verb} {_when(some, turns)}.", opens, roles, tuple(targets))
        for (verb, opens), some in by_verb.items()
    ]


def _plural(name: str) -> bool:
    return name.endswith("s") and not name.endswith("ss") and not name.istitle()


def _when(some: Sequence[Turn], every: Sequence[Turn]) -> str:
    if all(not turn.words for turn in some):
        return slots_words([t.after for t in some], [t.after for t in every])
    by_days: dict[str, list[str]] = {}
    for turn in some:
        by_days.setdefault(turn.days, []).append(turn.words)
    return "; ".join(f"{joined(words)}{days}" for days, words in by_days.items())


def _verbs(change: Change, *, many: bool) -> list[tuple[str, bool]]:
    (was, could, seen), (becomes, can, is_seen) = change
    if was is not becomes:
        if becomes is Action.ALLOW:
            quiet = "" if is_seen else " unrecorded"
            return [(f"open{'' if many else 's'}{quiet}", True)]
        none = "" if can else ", beyond any request,"
        return [(f"close{'' if many else 's'}{none}", False)]
    verbs: list[tuple[str, bool]] = []
    if could != can:
        said = "can be opened by a request" if can else "can no longer be opened by a request"
        verbs.append((said, can))
    if seen != is_seen:
        be = "are" if many else "is"
        verbs.append((f"{be} {'recorded' if is_seen else 'no longer recorded'}", False))
    return verbs
