"""What only a whole document can tell: rules on nothing, days outside the year, doubles.

Checked once every field is right by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from appliance.policy.model import CategoryClass, SubjectKind, TargetKind
from appliance.policy.safe_search import SafeLevel
from appliance.policy_file.build_categories import categories_of_class, empty_categories
from appliance.policy_file.build_time import covered
from appliance.policy_file.parsing import subject
from appliance.policy_file.reading import Path, Tree, dotted

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument
    from appliance.policy_file.schema_time import CalendarEntry, OneOffEntry


def check(document: PolicyDocument, tree: Tree) -> None:
    """Note what cannot be meant, in a document that holds no other mistake."""
    found = [*_targets(document), *_unlocking(document), *_registered(document, tree)]
    if document.calendar is not None:
        found += [*_outside(document.calendar), *_one_off(document.calendar, tree)]
    for path, said in found:
        # A single value may be written without the brackets of a list: it has no place in one.
        tree.blame(path if path in tree.lines else path[:-1], said)


def _targets(document: PolicyDocument) -> Iterator[tuple[Path, str]]:
    category = f"{TargetKind.CATEGORY.value}:"
    empty = {category + id_ for id_ in empty_categories(document)}
    illegal = {category + id_ for id_ in categories_of_class(document, CategoryClass.ILLEGAL)}
    for place, rule in enumerate(document.rules):
        for number, what in enumerate(rule.what):
            if what in empty:
                yield (
                    ("rules", place, "what", number),
                    f"nothing falls under {what}: no service, no sub-category and none of its "
                    f"own `domains`, so the rule would do nothing",
                )
    for place, grant in enumerate(document.grants):
        if grant.what in illegal:
            yield ("grants", place, "what"), f"no grant opens {grant.what}: it is illegal content"


def _unlocking(document: PolicyDocument) -> Iterator[tuple[Path, str]]:
    """A lock is a role's: nobody's device or group takes it off."""
    for place, entry in enumerate(document.safe_search):
        for number, who in enumerate(entry.who):
            broad = subject(who).kind in (SubjectKind.ROLE, SubjectKind.EVERYONE)
            if entry.level is SafeLevel.OFF and not broad:
                said = f"safe search is set for a role: {who} may search more strictly, never less"
                yield ("safe_search", place, "who", number), said


def _registered(document: PolicyDocument, tree: Tree) -> Iterator[tuple[Path, str]]:
    macs = [(id_, device.macs) for id_, device in document.devices.items()]
    yield from _doubles("devices", "macs", macs, tree)
    prefixes = [(id_, network.prefixes) for id_, network in document.networks.items()]
    yield from _doubles("networks", "prefixes", prefixes, tree)


def _doubles(
    section: str, field: str, entries: Iterable[tuple[str, tuple[str, ...]]], tree: Tree
) -> Iterator[tuple[Path, str]]:
    owners: dict[str, str] = {}
    for id_, values in entries:
        for number, value in enumerate(dict.fromkeys(values)):
            if value in owners:
                first: Path = (section, owners[value])
                said = f"{value} is also that of {dotted(first)} on line {tree.line(first)}"
                yield (section, id_, field, number), said
            owners.setdefault(value, id_)


def _outside(calendar: CalendarEntry) -> Iterator[tuple[Path, str]]:
    """A term must lie within the year; a holiday may run out of it, as the summer's does."""
    year = covered(calendar)
    if year is None:
        return
    first, last = year
    said = f"is not within the dates the calendar covers, {first} to {last}: see `covers`"
    for place, term in enumerate(calendar.terms):
        if term.first < first or (term.last or term.first) > last:
            yield ("calendar", "terms", place), said
    for place, holiday in enumerate(calendar.holidays):
        if (holiday.last or holiday.first) < first or holiday.first > last:
            yield ("calendar", "holidays", place), said
    for place, day in enumerate(calendar.inset):
        if not first <= day <= last:
            yield ("calendar", "inset", place), said
    for place, one_off in enumerate(calendar.one_off):
        if not first <= one_off.day <= last:
            yield ("calendar", "one_off", place, "day"), said


def _one_off(calendar: CalendarEntry, tree: Tree) -> Iterator[tuple[Path, str]]:
    """The first entry of a day that fits a timetable holds: a later one for it never does."""
    for place, later in enumerate(calendar.one_off):
        for number, earlier in enumerate(calendar.one_off[:place]):
            if earlier.day == later.day and _hides(earlier, later):
                line = tree.line(("calendar", "one_off", number))
                said = f"{later.day} has bells of its own already, for the same people, on line"
                yield ("calendar", "one_off", place, "day"), f"{said} {line}"
                break


def _hides(earlier: OneOffEntry, later: OneOffEntry) -> bool:
    return not earlier.timetables or bool(set(earlier.timetables) & set(later.timetables))
