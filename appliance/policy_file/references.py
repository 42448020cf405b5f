"""Names in a policy file that must stand for something: roles, services, periods, clauses.

Works on the plain tree, not on the validated document, so that a mistake of one kind
never hides those of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from appliance.policy.model import PeriodKind, SubjectKind, TargetKind
from appliance.policy.names import canonical
from appliance.policy.urls import canonical_prefix
from appliance.policy_file import catalogue
from appliance.policy_file.fields import no_top_level
from appliance.policy_file.reading import Path, Tree

# Where a name is written (``*`` is every key or item) -> what it must name.
PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("rules.*.who", "subject"),
    ("rules.*.what", "target"),
    ("rules.*.when", "period"),
    ("rules.*.permission", "permission"),
    ("grants.*.who", "subject"),
    ("grants.*.what", "target"),
    ("grants.*.when", "period"),
    ("sanctions.*.who", "subject"),
    ("permissions_held.*.who", "subject"),
    ("permissions_held.*.permission", "permission"),
    ("official_pages.*.who", "subject"),
    ("safe_search.*.who", "subject"),
    ("safe_search.*.when", "period"),
    ("safe_search.*.engines", "engine"),
    ("account_limits.*.who", "subject"),
    ("search_terms.*.who", "subject"),
    ("groups.*.timetable", "timetable"),
    ("networks.*.role", "role"),
    ("networks.*.groups", "group"),
    ("people.*.role", "role"),
    ("people.*.groups", "group"),
    ("people.*.site", "site"),
    ("devices.*.person", "person"),
    ("devices.*.role", "role"),
    ("devices.*.groups", "group"),
    ("sites.*.networks", "network"),
    ("categories.*.part_of", "category"),
    ("services.*.categories", "category"),
    ("circumvention.roles", "role"),
    ("circumvention.answered_only", "role"),
    ("calendar.inset_roles", "role"),
    ("calendar.one_off.*.timetables", "timetable"),
)

# Where a clause is written. A test holds the list to the schema.
CLAUSES: Final = (
    "rules.*.clause", "circumvention.clause", "official_pages.*.clause", "policy.review_clause",
    "permissions.*.clause", "grants.*.clause", "sanctions.*.clause",
    "unclassified_social.clause", "working_hours.clause", "requests.clause",
    "requests.due_clause", "concerns.clause", "concerns.routes.*.clause", "monitoring.clause",
    "monitoring.justification_clause", "monitoring.staff_clause", "monitoring.usage_clause",
    "illegal.clause", "unsuitable.clause", "account_limits.*.clause", "search_terms.*.clause",
    "safe_search.*.clause",
)  # fmt: skip

_SECTIONS: Final = (
    "role", "group", "network", "person", "device", "site", "timetable", "permission",
)  # fmt: skip


def check(tree: Tree) -> None:
    """Note every name that stands for nothing."""
    known = names_of(tree.value)
    for place, kind in (*PLACES, *((place, "clause") for place in CLAUSES)):
        for path, text in _texts(tree.value, tuple(place.split(".")), ()):
            said = _CHECKS.get(kind, _named)(kind, text, known)
            if said:
                tree.blame(path, said)


def names_of(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return every name that a document may use, by kind."""
    plural = {"person": "people"}
    found = {kind: _keys(document, plural.get(kind, kind + "s")) for kind in _SECTIONS}
    found["category"] = _keys(document, "categories").union(c.id for c in catalogue.categories())
    found["service"] = _keys(document, "services").union(s.id for s in catalogue.services())
    found["engine"] = frozenset(catalogue.engines())
    found["clause"] = _keys(document, "clauses")
    if document.get("timetables") is None:
        timetables: Any = {"default": catalogue.default_time().timetables["default"].model_dump()}
        found["timetable"] = frozenset(timetables)
    else:
        timetables = document["timetables"]
    found["period"] = frozenset(PeriodKind).union(_period_names(timetables, document))
    return found


def _keys(document: Mapping[str, Any], section: str) -> frozenset[str]:
    entries = document.get(section)
    return frozenset(entries) if isinstance(entries, dict) else frozenset()


def _period_names(timetables: Any, document: Mapping[str, Any]) -> Iterator[str]:
    calendar = document.get("calendar")
    days = calendar.get("one_off") if isinstance(calendar, dict) else None
    owners = [*_values(timetables), *_values(days)]
    for owner in owners:
        for period in _values(owner.get("periods") if isinstance(owner, dict) else None):
            if isinstance(period, dict) and isinstance(period.get("name"), str):
                yield period["name"]


def _values(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list | tuple) else ()


def _texts(value: Any, pattern: tuple[str, ...], path: Path) -> Iterator[tuple[Path, str]]:
    if not pattern:
        items = enumerate(value) if isinstance(value, list) else ()
        yield from (((*path, i), item) for i, item in items if isinstance(item, str))
        if isinstance(value, str):
            yield path, value
        return
    head, rest = pattern[0], pattern[1:]
    children: Iterable[tuple[str | int, Any]] = ()
    if head != "*":
        children = [(head, value[head])] if isinstance(value, dict) and head in value else ()
    elif isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from _texts(child, rest, (*path, key))


def closest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` or what there is, or nothing."""
    options = sorted(known)
    near = get_close_matches(word, options, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {str(near[0])!r}?"
    return f"; there are: {', '.join(options)}" if 0 < len(options) <= 12 else ""


def _named(kind: str, text: str, known: Mapping[str, frozenset[str]]) -> str:
    if text in known[kind]:
        return ""
    return f"there is no {kind} {text!r}{closest(text, known[kind])}"


def _clause(kind: str, text: str, known: Mapping[str, frozenset[str]]) -> str:
    """A file that lists its clauses is held to the list."""
    return _named(kind, text, known) if known["clause"] else ""


def _subject(_: str, text: str, known: Mapping[str, frozenset[str]]) -> str:
    kind, mark, id_ = text.partition(":")
    if text == SubjectKind.EVERYONE:
        return ""
    kinds = [k.value for k in SubjectKind if k is not SubjectKind.EVERYONE]
    if not mark or kind not in kinds:
        return f"{text!r} should be everyone or one of {', '.join(f'{k}:…' for k in kinds)}"
    return _named(kind, id_, known)


def _target(_: str, text: str, known: Mapping[str, frozenset[str]]) -> str:
    kind, mark, id_ = text.partition(":")
    if text == TargetKind.EVERYTHING:
        return ""
    kinds = [k.value for k in TargetKind if k is not TargetKind.EVERYTHING]
    if not mark or kind not in kinds:
        return f"{text!r} should be everything or one of {', '.join(f'{k}:…' for k in kinds)}"
    try:
        if kind == TargetKind.URL:
            no_top_level(canonical_prefix(id_).partition("/")[0])
            return ""
        if kind == TargetKind.HOST:
            no_top_level(canonical(id_))
            return ""
    except ValueError as error:  # a bad name, a bad URL, or too wide a name
        return str(error)
    return _named(kind, id_, known)


_CHECKS: Final[Mapping[str, Callable[[str, str, Mapping[str, frozenset[str]]], str]]] = {
    "subject": _subject,
    "target": _target,
    "clause": _clause,
}
