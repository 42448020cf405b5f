"""A policy in plain English: one sentence for each rule, its clause beside it.

The sentences are made from the rules themselves, never from what an author wrote about
them: what is printed is what is enforced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Final

from appliance.policy.model import Action, Ownership, PeriodKind
from appliance.policy_file import catalogue
from appliance.policy_file.prose_limits import limit_lines
from appliance.policy_file.prose_safe_search import safe_search_lines
from appliance.policy_file.schema import (
    CircumventionEntry,
    PatternEntry,
    PolicyDocument,
    RuleEntry,
)
from appliance.policy_file.schema_workflow import OfficialPageEntry

Line = tuple[str, str, str]  # clause, sentence, rule id (empty: carried out by a setting)

_PROPER: Final = frozenset({"Tor"})
_WHEN: Final = MappingProxyType(
    {
        PeriodKind.LESSON.value: "in lessons",
        PeriodKind.BREAK.value: "at break",
        PeriodKind.LUNCH.value: "at lunch",
        PeriodKind.BEFORE_SCHOOL.value: "before school",
        PeriodKind.AFTER_SCHOOL.value: "after school",
        PeriodKind.CLOSED.value: "while school is closed",
    }
)
_OWNED: Final = MappingProxyType(
    {Ownership.SCHOOL: "on school-owned devices", Ownership.PERSONAL: "on personal devices"}
)


def explain(document: PolicyDocument) -> list[Line]:
    """Return (clause, sentence, rule id) for every rule, then for what settings carry out."""
    lines = [(rule.clause, sentence(rule, document), rule.id) for rule in document.rules]
    lines += _settings(document)
    lines += [(page.clause, page_sentence(page), page.id) for page in document.official_pages]
    lines += [(id_, clause.by, "") for id_, clause in document.clauses.items() if clause.by]
    return lines


def sentence(rule: RuleEntry, document: PolicyDocument) -> str:
    """Return a rule as one sentence."""
    who, may = _join(map(Namer(document), rule.who), "and"), "may"
    if rule.action is Action.BLOCK:
        who, may = ("nobody", "may") if who == "everyone" else (who, "may not")
    words = [_capital(who), may, _doing(rule, document)]
    if rule.ownership is not None:
        words.append(_OWNED[rule.ownership])
    words.append(_join((_WHEN.get(w, f"during {w}") for w in rule.when), "and") or "at any time")
    if rule.permission is not None:
        held = document.permissions.get(rule.permission)
        words.append(f"with the permission “{held.name if held else rule.permission}”")
    return " ".join(words) + _ending(rule, document) + "."


def page_sentence(page: OfficialPageEntry) -> str:
    """Return what an official page opens, for whom, and who approved it."""
    who = page.who.partition(":")[2].replace("_", " ").replace("-", " ")
    post = page.approved_by.replace("_", " ")
    return f"Only {who} may open the school’s page {page.url}, approved by the {post}."


def _ending(rule: RuleEntry, document: PolicyDocument) -> str:
    if rule.action is Action.ALLOW:
        return "; it is recorded" if rule.monitor else ""
    excepted = ", unless another line allows it" if _excepted(rule, document.rules) else ""
    return excepted + ("; no permission can open it" if rule.grants == "never" else "")


def _excepted(rule: RuleEntry, rules: Sequence[RuleEntry]) -> bool:
    """Whether an allow with more conditions may speak of the same people, things and times."""
    return any(
        other.action is Action.ALLOW
        and set(other.who) & set(rule.who)
        and set(other.what) & set(rule.what)
        and _conditions(other) > _conditions(rule)
        and (not rule.when or not other.when or bool(set(rule.when) & set(other.when)))
        and (None in (rule.ownership, other.ownership) or rule.ownership is other.ownership)
        for other in rules
    )


def _conditions(rule: RuleEntry) -> int:
    return sum(map(bool, (rule.when, rule.ownership, rule.permission)))


def _doing(rule: RuleEntry, document: PolicyDocument) -> str:
    if rule.doing:
        return rule.doing
    things = [Namer(document)(what) for what in rule.what]
    things += [_part(pattern) for pattern in rule.urls]
    return f"use {_join(things, 'or' if rule.action is Action.BLOCK else 'and')}"


def _part(pattern: PatternEntry) -> str:
    words = [f"{_join(pattern.hosts, 'or')}{pattern.path}"]
    words += [f"with {name}={_join(values, 'or')}" for name, values in pattern.query.items()]
    words += [f"by {_join(pattern.methods, 'or')}"] if pattern.methods else []
    return " ".join(words)


class Namer:
    """Calls subjects and targets by the names people use."""

    def __init__(self, document: PolicyDocument) -> None:
        self._document = document
        self._services = {s.id: s.name for s in catalogue.services()}
        self._services |= {i: s.name for i, s in document.services.items() if s.name}
        self._categories = {c.id: c.name for c in catalogue.categories()}
        self._categories |= {i: c.name for i, c in document.categories.items()}

    def __call__(self, text: str) -> str:
        kind, _, id_ = text.partition(":")
        document = self._document
        match kind:
            case "everything":
                return "anything online"
            case "role" if id_ in document.roles:
                return document.roles[id_].plural or document.roles[id_].name
            case "group" if id_ in document.groups:
                return document.groups[id_].name
            case "person" if id_ in document.people:
                return document.people[id_].name
            case "device" if id_ in document.devices:
                return f"the device {document.devices[id_].name}"
            case "network" if id_ in document.networks:
                return f"anyone on the network {document.networks[id_].name}"
            case "category":
                return _small(self._categories.get(id_, id_))
            case "service":
                return self._services.get(id_, id_)
        return id_ or kind


def _ways_round(entry: CircumventionEntry, name: Namer) -> Iterator[Line]:
    def who(ids: tuple[str, ...]) -> str:
        return _capital(_join((name(f"role:{id_}") for id_ in ids), "and"))

    if entry.roles:
        said = "may not use ways round the gate (VPNs, web proxies, Tor, other resolvers)."
        yield entry.clause, f"{who(entry.roles)} {said}", "circumvention"
    if entry.answered_only:
        said = "reach only addresses that the school’s own name service gave them (gateway mode)."
        yield entry.clause, f"{who(entry.answered_only)} {said}", "answered-only"


def _settings(document: PolicyDocument) -> Iterator[Line]:
    name = Namer(document)
    if document.circumvention is not None:
        yield from _ways_round(document.circumvention, name)
    unclassified = document.unclassified_social
    answer = {"follow": "treated as social media", "block": "blocked", "allow": "allowed"}
    said = f"A platform that nobody has classified yet is {answer[unclassified.action]}."
    yield unclassified.clause or "", said, "unclassified-social"
    yield from safe_search_lines(
        document,
        lambda who: _join(map(name, who), "and"),
        lambda when: _join((_WHEN.get(w, f"during {w}") for w in when), "and"),
        lambda engines: _join(engines, "and"),
    )
    yield from limit_lines(document, lambda who: _join(map(name, who), "and"))
    if document.working_hours is not None:
        kinds = _join(
            (kind.value.replace("_", " ") for kind in document.working_hours.kinds), "and"
        )
        yield document.working_hours.clause or "", f"Working hours are: {kinds}.", ""


def _join(words: Iterable[str], last: str) -> str:
    parts = list(words)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(name: str) -> str:
    """A name within a sentence: in lower case unless it is an acronym or somebody's name."""
    return name if name[1:2].isupper() or name in _PROPER else name[:1].lower() + name[1:]
