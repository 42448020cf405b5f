"""What is well-formed but cannot be meant: overlaps, circles, doubles, rules without effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from appliance.policy_file.fields import DAYS
from appliance.policy_file.reading import Path, Tree, dotted
from appliance.policy_file.schema_time import PeriodEntry

WEEK: Final = 7 * 1440


def check(tree: Tree) -> None:
    """Note every contradiction in a file."""
    for path, periods in _timetables(tree.value):
        for place, said in _overlaps(periods):
            tree.blame((*path, place), said)
    timetables = tree.value.get("timetables")
    if isinstance(timetables, dict) and "default" not in timetables:
        tree.blame(("timetables",), "has no timetable named default, for those without their own")
    for path, said in (*_doubles(tree), *_circles(tree.value), *_rules(tree.value)):
        tree.blame(path, said)


def _timetables(document: dict[str, Any]) -> Iterator[tuple[Path, list[Any]]]:
    for id_, timetable in _items(document.get("timetables")):
        periods = timetable.get("periods")
        yield ("timetables", id_, "periods"), periods if isinstance(periods, list) else []
    calendar = document.get("calendar")
    days = calendar.get("one_off") if isinstance(calendar, dict) else None
    for place, day in enumerate(days if isinstance(days, list) else ()):
        periods = day.get("periods") if isinstance(day, dict) else None
        found = periods if isinstance(periods, list) else []
        same_day = [{**p, "days": ["monday"]} if isinstance(p, dict) else p for p in found]
        yield ("calendar", "one_off", place, "periods"), same_day


def _overlaps(periods: list[Any]) -> Iterator[tuple[int, str]]:
    taken: list[tuple[int, int, str]] = []
    for place, raw in enumerate(periods):
        try:
            period = PeriodEntry.model_validate(raw)
        except ValidationError:
            continue  # the schema says what is wrong with it
        start, end = period.minutes
        for day in period.days:
            base = DAYS.index(day) * 1440
            span = base + start, base + end
            clash = next((name for s, e, name in taken if _meet(span, (s, e))), None)
            if clash is not None:
                yield place, f"{period.name!r} overlaps {clash!r} on {day.capitalize()}"
                break
        taken += [
            (DAYS.index(d) * 1440 + start, DAYS.index(d) * 1440 + end, period.name)
            for d in period.days
        ]


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans of the week meet; the week begins again after Sunday."""
    shifts = (-WEEK, 0, WEEK)
    return any(one[0] < other[1] + shift and other[0] + shift < one[1] for shift in shifts)


def _doubles(tree: Tree) -> Iterator[tuple[Path, str]]:
    seen: dict[str, Path] = {}
    for section in ("rules", "grants", "sanctions", "official_pages"):
        entries = tree.value.get(section)
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            id_ = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(id_, str):
                continue
            path: Path = (section, place, "id")
            if id_ in seen:
                first = seen[id_]
                yield path, f"{id_!r} is also {dotted(first)} on line {tree.line(first)}"
            seen.setdefault(id_, path)


def _circles(document: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    parents = {
        id_: [p for p in _listed(entry.get("part_of")) if isinstance(p, str)]
        for id_, entry in _items(document.get("categories"))
    }
    for id_ in parents:
        queue, seen = list(parents[id_]), set[str]()
        while queue:
            parent = queue.pop()
            if parent == id_:
                yield ("categories", id_, "part_of"), f"{id_!r} would be part of itself"
                break
            if parent not in seen:
                seen.add(parent)
                queue += parents.get(parent, [])


def _rules(document: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    rules = document.get("rules")
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(rule, dict):
            continue
        if not rule.get("what") and not rule.get("urls"):
            yield ("rules", place), "says neither `what` nor `urls`: it speaks of nothing"
        if rule.get("urls") and rule.get("action") == "allow":
            yield (
                ("rules", place, "urls"),
                "only a block may name parts of a site; open one with `what: url:host/path`",
            )


def _items(value: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    entries = value.items() if isinstance(value, dict) else ()
    return [(id_, entry) for id_, entry in entries if isinstance(entry, dict)]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
