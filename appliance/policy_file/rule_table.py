"""The rules in force as a table whose cells read like sentences.

A cell is what the engine answers for a plain member of a role, period by period: it is
asked, not read off the rules, so it cannot say what is not enforced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.policy.model import Action, Ownership, Reason, Subject, Target, TargetKind
from appliance.policy.snapshot import Contents
from appliance.policy.survey import EVERYONE, Answer, Asker, Slot, Survey, Thing
from appliance.policy.survey_scope import askers, permissions_asked, slots, thing_of, things
from appliance.policy_file.slot_words import capital, joined, slot_words, slots_words
from appliance.policy_file.thing_names import OWNED, Names


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a cell. condition: on whose device, with which permission; may be empty."""

    condition: str
    said: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody may do with a thing. verdict: ``allowed``, ``blocked`` or ``depends``.

    who: a role in the plural, or the name of a group, network, person or device.
    """

    role: str
    who: str
    lines: tuple[Line, ...]
    verdict: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Things that are answered alike, and a cell for each role. depth: 1 below what it is part of.

    others: those whom a rule names, where they are answered otherwise than their role.
    """

    targets: tuple[Target, ...]
    name: str
    depth: int
    cells: tuple[Cell, ...]
    others: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asking:
    survey: Survey
    names: Names
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    slots: tuple[Slot, ...]
    named: tuple[tuple[str, Subject], ...]  # role and subject

    def answers(self, asker: Asker, thing: Thing) -> tuple[Answer, ...]:
        return tuple(self.survey.answer(asker, thing, slot) for slot in self.slots)

    def effects(self, thing: Thing) -> tuple[object, ...]:
        """What people notice of a thing, whatever the clause."""
        return tuple(
            answer.effect
            for role in self.roles
            for own in Ownership
            for held in ("", *self.permissions)
            for answer in self.answers(Asker(role, own, held), thing)
        )


def table(survey: Survey, names: Names) -> tuple[Row, ...]:
    """Return the rows: kinds of content, and below each what is answered otherwise."""
    contents, asking = survey.snapshot.contents, _asking(survey, names)
    every = {thing.target: thing for thing in things(contents)}
    ordered = _ordered(_shown(every, asking), names)
    rows = [_row(every[target], depth, asking) for target, depth in ordered]
    rest = _row(thing_of(Target(TargetKind.EVERYTHING)), 0, asking)
    return (*_merged(rows, names), replace(rest, name="Everything else"))


def one_cell(survey: Survey, names: Names, role: str, thing: Thing) -> Cell:
    """Return what a role may do with anything, whether or not a row speaks of it."""
    return _cell(role, EVERYONE, thing, _asking(survey, names))


def _asking(survey: Survey, names: Names) -> _Asking:
    contents = survey.snapshot.contents
    return _Asking(
        survey, names,
        tuple(role.id for role in sorted(contents.roles, key=lambda role: role.rank)),
        permissions_asked(contents), slots(contents), _named(contents),
    )  # fmt: skip


def _named(contents: Contents) -> tuple[tuple[str, Subject], ...]:
    beyond = ((a.role, a.subject) for a in askers(contents) if a.subject != EVERYONE)
    return tuple(dict.fromkeys(beyond))


def _shown(every: dict[Target, Thing], asking: _Asking) -> dict[Target, Target | None]:
    """Each thing that gets a row, and the row it stands below."""
    ruled = {target for rule in asking.survey.snapshot.contents.rules for target in rule.what}
    shown: dict[Target, Target | None] = {}
    category = TargetKind.CATEGORY
    lineages = {target: asking.survey.lineage(thing) for target, thing in every.items()}
    broad_first = sorted(every, key=lambda t: (t.kind is not category, len(lineages[t])))
    for target in broad_first:
        ids = (id_ for id_ in lineages[target] if Target(category, id_) != target)
        above = next((Target(category, id_) for id_ in ids if Target(category, id_) in shown), None)
        if target in ruled or _stands_out(every[target], every[above] if above else None, asking):
            shown[target] = above
    return shown


def _stands_out(thing: Thing, above: Thing | None, asking: _Asking) -> bool:
    if above is not None:
        return asking.effects(thing) != asking.effects(above)
    silent = (Reason.DEFAULT, Reason.SANCTUARY)
    askers = (Asker(role, own) for role in asking.roles for own in Ownership)
    return any(a.reason not in silent for asker in askers for a in asking.answers(asker, thing))


def _ordered(shown: dict[Target, Target | None], names: Names) -> list[tuple[Target, int]]:
    """Each row below the one it is part of, the broad ones first."""
    below: dict[Target | None, list[Target]] = {}
    for target, above in shown.items():
        below.setdefault(above, []).append(target)
    kinds = list(reversed(TargetKind))
    found: list[tuple[Target, int]] = []

    def add(target: Target, depth: int) -> None:
        found.append((target, depth))
        for child in sorted(below.get(target, ()), key=lambda t: names.thing(t).casefold()):
            add(child, depth + 1)

    for top in sorted(below.get(None, ()), key=lambda t: kinds.index(t.kind)):
        add(top, 0)
    return found


def _merged(rows: list[Row], names: Names) -> list[Row]:
    """Neighbours of which the same is said become one row."""
    found: list[Row] = []
    for row in rows:
        last = found[-1] if found else None
        alike = last is not None and _says(last) == _says(row)
        if last is None or not alike:
            found.append(row)
            continue
        targets = (*last.targets, *row.targets)
        name = capital(joined([names.thing(target) for target in targets]))
        cells = tuple(
            replace(one, rules=tuple(dict.fromkeys((*one.rules, *other.rules))))
            for one, other in zip(last.cells, row.cells, strict=True)
        )
        found[-1] = replace(last, targets=targets, name=name, cells=cells)
    return found


def _says(row: Row) -> object:
    return row.depth, [(c.who, c.lines) for c in (*row.cells, *row.others)]


def _row(thing: Thing, depth: int, asking: _Asking) -> Row:
    cells = {role: _cell(role, EVERYONE, thing, asking) for role in asking.roles}
    named = [_cell(role, subject, thing, asking) for role, subject in asking.named]
    # One that has several roles is told once where it makes no difference.
    others = {(c.who, c.lines): c for c in named if c.lines != cells[c.role].lines}
    name = title(thing.target, asking.names)
    return Row((thing.target,), name, depth, tuple(cells.values()), tuple(others.values()))


def title(target: Target, names: Names) -> str:
    """Return what a row or a heading calls a target; hosts and URLs keep their spelling."""
    name = names.thing(target)
    return name if target.kind in (TargetKind.HOST, TargetKind.URL) else capital(name)


def _cell(role: str, subject: Subject, thing: Thing, asking: _Asking) -> Cell:
    plain = Asker(role, Ownership.PERSONAL, "", subject)
    by_owner = {own: _by_permission(replace(plain, ownership=own), thing, asking)
                for own in Ownership}  # fmt: skip
    first = next(iter(by_owner.values()))
    if all(found == first for found in by_owner.values()):
        conditions = [("", first)]
    else:
        conditions = [(OWNED[own], found) for own, found in by_owner.items()]
    lines, seen = [], list[Answer]()
    for owned, found in conditions:
        for held, answers in found:
            with_ = f"with the permission “{asking.names.permission(held)}”" if held else ""
            condition = capital(" ".join(filter(None, (owned, with_))))
            lines.append(Line(condition, _said(answers, asking.slots)))
            seen += answers
    actions = {answer.action for answer in seen}
    verdict = "depends" if len(actions) > 1 else "allowed" if Action.ALLOW in actions else "blocked"
    who, rules = asking.names.subject(plain), dict.fromkeys(answer.rule for answer in seen)
    return Cell(role, capital(who), tuple(lines), verdict, tuple(rules))


def _by_permission(
    asker: Asker, thing: Thing, asking: _Asking
) -> tuple[tuple[str, tuple[Answer, ...]], ...]:
    without = asking.answers(asker, thing)
    found = [("", without)]
    for permission in asking.permissions:
        held = asking.answers(replace(asker, permission=permission), thing)
        if held != without:
            found.append((permission, held))
    return tuple(found)


def _said(answers: Sequence[Answer], every: Sequence[Slot]) -> str:
    """``Allowed at break (5.9). Blocked at all other times (5.7, 5.10).``"""
    usual = {s.kind: a for s, a in zip(every, answers, strict=True) if not s.name}
    groups: dict[tuple[bool, str], list[tuple[Slot, Answer]]] = {}
    special = []
    for slot, answer in zip(every, answers, strict=True):
        key = (answer.action is Action.BLOCK, _ending(answer))
        if not slot.name:
            groups.setdefault(key, []).append((slot, answer))
        elif answer.effect != usual[slot.kind].effect:
            special.append(_sentence(*key, slot_words(slot), [answer]))
    every = [slot for slot in every if not slot.name]
    parts = sorted(groups.items(), key=lambda item: (item[0][0], len(item[1])))
    sentences = []
    for place, ((blocked, ending), found) in enumerate(parts):
        when = slots_words([slot for slot, _ in found], every)
        if len(parts) > 1 and place == len(parts) - 1:
            when = "at all other times"
        if len(parts) == 1:
            when = "always" if not special else "at all other times"
        sentences.append(_sentence(blocked, ending, when, [answer for _, answer in found]))
    return " ".join((*special, *sentences))


def _sentence(blocked: bool, ending: str, when: str, answers: Sequence[Answer]) -> str:
    clauses = dict.fromkeys(answer.clause for answer in answers if answer.clause)
    cited = f" ({', '.join(clauses)})" if clauses else ""
    return f"{'Blocked' if blocked else 'Allowed'} {when}{cited}{ending}."


def _ending(answer: Answer) -> str:
    if answer.reason is Reason.ILLEGAL:
        return ", whoever asks: the law has no exceptions"
    if answer.reason is Reason.CIRCUMVENTION:
        return ", as a way round the filter"
    if answer.reason is Reason.SANCTUARY:
        return ", and never recorded: it helps children"
    if answer.action is Action.BLOCK:
        return "" if answer.grantable else "; no request can open it"
    if answer.reason is Reason.DEFAULT:
        return ": no rule speaks of it"
    return "" if answer.record else "; it is not recorded"
