"""How two policy files differ, in sentences first and as text below."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import BaseModel

from appliance.policy_file import prose
from appliance.policy_file.build_time import timetables
from appliance.policy_file.schema import PolicyDocument, RuleEntry
from appliance.policy_file.slot_words import capital, joined

Kind = Literal["added", "removed", "changed"]

# What people call the sections of the file; those of rules and bells have words of their own.
SECTIONS: Final = MappingProxyType(
    {
        "policy": "name, review and school of the policy",
        "school": "what block pages say",
        "clauses": "clauses of the paper policy",
        "roles": "roles",
        "groups": "groups",
        "sites": "sites",
        "networks": "networks",
        "people": "people",
        "devices": "devices",
        "categories": "kinds of content",
        "services": "services",
        "calendar": "school year",
        "permissions": "standing permissions",
        "permissions_held": "who holds a standing permission",
        "grants": "permissions for a time",
        "sanctions": "sanctions",
        "sanction_allow": "what stays open under a sanction",
        "circumvention": "ways round the filter",
        "unclassified_social": "platforms nobody has classified",
        "official_pages": "the school’s own pages",
        "sanctuary": "helplines added to the built-in ones",
        "never_inspect": "what is never inspected",
        "never_block": "what no list closes",
        "local_domains": "the school’s own names",
        "safe_search": "how strictly people search",
        "account_limits": "whose accounts may sign in",
        "search_terms": "whose search terms are recorded",
        "working_hours": "working hours",
        "requests": "how requests are answered",
        "concerns": "how concerns are handled",
        "monitoring": "monitoring and who reads the log",
        "illegal": "illegal content",
        "unsuitable": "unsuitable content",
    }
)
# Sections that can let somebody do, see or decide more than before, whatever the rules say.
WEIGHTY: Final = frozenset(
    {
        "roles", "groups", "networks", "people", "devices", "permissions", "permissions_held",
        "grants", "sanctions", "sanction_allow", "official_pages", "sanctuary", "never_inspect",
        "never_block",
        "requests", "concerns", "monitoring", "illegal", "unsuitable", "account_limits",
        "search_terms", "safe_search",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. before and after: sentences; empty where there was, or is, none."""

    kind: Kind
    section: str
    what: str
    before: str = ""
    after: str = ""


def differences(old: PolicyDocument, new: PolicyDocument) -> tuple[Difference, ...]:
    """Return everything that differs between two documents, rules first."""
    found = [*_rules(old, new), *_bells(old, new), *_sections(old, new)]
    if not found and old != new:
        # Fails towards saying so: a field that no words above speak of.
        found.append(Difference("changed", "", "something that has no words of its own"))
    return tuple(found)


def text_lines(old: str, new: str, *, around: int = 2) -> tuple[str, ...]:
    """Return the lines that differ, with ``+``, ``-`` and blanks before them (unified)."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=around)
    return tuple(lines)[2:]


def weighty(found: tuple[Difference, ...]) -> bool:
    """Whether sections changed of which the rules' preview does not tell who gains by it."""
    return any(one.section in WEIGHTY or not one.section or _loosens(one) for one in found)


def _loosens(one: Difference) -> bool:
    """Whether a role is no longer kept from ways round: not all that keeps it is a rule's work."""
    gone = set(one.before.split(", ")) - {"", *one.after.split(", ")}
    return one.section == "circumvention" and one.kind != "added" and bool(gone)


def _rules(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    before, after = {r.id: r for r in old.rules}, {r.id: r for r in new.rules}
    for id_, rule in before.items():
        if id_ not in after:
            yield Difference("removed", "rules", f"Rule {id_}", _said(rule, old))
    for id_, rule in after.items():
        if id_ not in before:
            yield Difference("added", "rules", f"Rule {id_}", "", _said(rule, new))
        elif rule != before[id_]:
            was, becomes = _said(before[id_], old), _said(rule, new)
            if was == becomes:
                fields = [f for f in type(rule).model_fields
                          if getattr(rule, f) != getattr(before[id_], f)]  # fmt: skip
                becomes = f"{becomes} (changed: {joined(fields)})"
            yield Difference("changed", "rules", f"Rule {id_}", was, becomes)
    common = [id_ for id_ in before if id_ in after]
    if common != [id_ for id_ in after if id_ in before]:
        yield Difference("changed", "rules", "The order of the rules")


def _said(rule: RuleEntry, document: PolicyDocument) -> str:
    return f"{prose.sentence(rule, document)} ({rule.clause})"


def _bells(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    before, after = ({t.id: t.periods for t in timetables(d)} for d in (old, new))
    for id_ in dict.fromkeys((*before, *after)):
        was = [_period(p) for p in before.get(id_, ())]
        becomes = [_period(p) for p in after.get(id_, ())]
        if was == becomes:
            continue
        kind: Kind = "changed" if id_ in before and id_ in after else (
            "added" if id_ in after else "removed")  # fmt: skip
        gone = [line for line in was if line not in becomes]
        come = [line for line in becomes if line not in was]
        what = f"Timetable {id_}"
        yield Difference(kind, "timetables", what, "; ".join(gone), "; ".join(come) or "the order")


def _period(period: Any) -> str:
    start, end = (f"{m // 60 % 24:02}:{m % 60:02}" for m in (period.start, period.end))
    days = "" if period.days == (0, 1, 2, 3, 4) else f" on {_days(period.days)}"
    return f"{period.name} ({period.kind.replace('_', ' ')}) {start} to {end}{days}"


def _days(days: tuple[int, ...]) -> str:
    names = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    return joined([names[day] for day in days])


def _sections(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    for section, title in SECTIONS.items():
        was, becomes = getattr(old, section), getattr(new, section)
        if was == becomes:
            continue
        parts = list(_parts(_plain(was), _plain(becomes)))
        for kind, name, before, after in parts:
            what = capital(title) + (f": {name}" if name else "")
            yield Difference(kind, section, what, before, after)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _parts(was: Any, becomes: Any) -> Iterator[tuple[Kind, str, str, str]]:
    """The entries of a section that differ, by name; the section itself where it has none."""
    was, becomes = _named(was), _named(becomes)
    if not (isinstance(was, dict) and isinstance(becomes, dict)):
        kind: Kind = "added" if was is None else "removed" if becomes is None else "changed"
        yield kind, "", _short(was), _short(becomes)
        return
    for key in dict.fromkeys((*was, *becomes)):
        if key not in was:
            yield "added", str(key), "", _short(becomes[key])
        elif key not in becomes:
            yield "removed", str(key), _short(was[key]), ""
        elif was[key] != becomes[key]:
            yield "changed", str(key).replace("_", " "), _short(was[key]), _short(becomes[key])
    if was == becomes or list(was) == list(becomes):
        return
    if {k: was[k] for k in sorted(was)} == {k: becomes[k] for k in sorted(becomes)}:
        yield "changed", "the order", "", ""


def _named(value: Any) -> Any:
    """A list of entries with ids as entries by id; one of plain values by value."""
    if not isinstance(value, list):
        return value
    if all(isinstance(one, dict) and "id" in one for one in value):
        return {one["id"]: one for one in value}
    if all(isinstance(one, str) for one in value):
        return dict.fromkeys(value, "")
    return dict(enumerate(value, 1))


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        parts = (f"{str(k).replace('_', ' ')}: {_short(v)}" for k, v in value.items() if _short(v))
        return "; ".join(parts)
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
