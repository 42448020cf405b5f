"""People as rows of a CSV file, both ways; every mistake with its line and column. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from admin_ui.devices.sheet import Mistake, Row, Sheet
from appliance.policy.subjects import Person
from appliance.store import checks

COLUMNS: Final = ("id", "name", "role", "groups")
NEEDED: Final = ("id", "name", "role")


@dataclass(slots=True)
class Reading:
    """What a file asks for, against what there is. same: how many rows change nothing."""

    added: list[Person] = field(default_factory=list)
    changed: list[Person] = field(default_factory=list)
    same: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def read(
    sheet: Sheet, there: Mapping[str, Person], roles: frozenset[str], groups: frozenset[str]
) -> Reading:
    """Return what a sheet asks for. A row whose id is known takes that person's place."""
    reading = Reading(mistakes=list(sheet.mistakes))
    lines: dict[str, int] = {}
    for row in sheet.rows:
        person, mistakes = _person(row, roles, groups)
        if person.id in lines:
            words = f"{person.id} is on line {lines[person.id]} already"
            mistakes.append(Mistake(row.line, "id", words))
        lines.setdefault(person.id, row.line)
        reading.mistakes += mistakes
        if mistakes:
            continue
        if person.id not in there:
            reading.added.append(person)
        elif there[person.id] != person:
            reading.changed.append(person)
        else:
            reading.same += 1
    reading.mistakes.sort(key=lambda mistake: mistake.line)
    return reading


def rows(people: Iterable[Person]) -> Iterable[tuple[str, ...]]:
    """Return people as rows under ``COLUMNS``."""
    for one in people:
        yield (one.id, one.name, one.role, " ".join(one.groups))


def _person(
    row: Row, roles: frozenset[str], groups: frozenset[str]
) -> tuple[Person, list[Mistake]]:
    mistakes = []
    id_, name = row.cells.get("id", ""), row.cells.get("name", "")
    role = row.cells.get("role", "")
    wanted = tuple(dict.fromkeys(row.cells.get("groups", "").replace(";", " ").split()))
    try:
        checks.word("id", id_)
    except ValueError as error:
        mistakes.append(Mistake(row.line, "id", str(error).removeprefix("id: ")))
    if not name:
        mistakes.append(Mistake(row.line, "name", "must not be empty"))
    if role not in roles:
        known = ", ".join(sorted(roles))
        mistakes.append(Mistake(row.line, "role", f"there is no role {role!r} (there are {known})"))
    mistakes += [
        Mistake(row.line, "groups", f"there is no group {group!r}")
        for group in wanted
        if group not in groups
    ]
    return Person(id=id_, name=name, role=role, groups=wanted), mistakes
