"""What can be chosen in the filter, and what is chosen now as tags that can be taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from admin_ui import dates
from admin_ui.log import saying
from admin_ui.log.asked import CHOSEN, WHO, Asked, day_of, url
from admin_ui.log.reader import Reader
from admin_ui.log.shown import name_of

SUGGESTED: Final = 2000  # people offered while a name is typed


@dataclass(frozen=True, slots=True)
class Tag:
    """One field of the filter in words, and the address without it."""

    text: str
    without: str


def choices(reader: Reader) -> dict[str, dict[str, str]]:
    """Return what each field offers, value and words. People: those who may be looked at."""
    contents = reader.view.snapshot.contents
    people = sorted(reader.open_people.items(), key=lambda pair: pair[1].casefold())
    return {
        "person": dict(people[:SUGGESTED]),
        "group": {g.id: g.name for g in contents.groups} if reader.seen.names else {},
        "role": {r.id: r.name for r in sorted(contents.roles, key=lambda r: r.rank)
                 if reader.scope.everybody or r.id in reader.scope.roles},
        "service": _by_name({s.id: s.name for s in contents.services}),
        "category": _by_name({c.id: c.name for c in contents.categories}),
        "verdict": dict(saying.VERDICTS),
        "reason": dict(saying.REASONS),
        "period": dict(saying.PERIODS),
        "visit": dict(saying.VISITS),
    }  # fmt: skip


def tags(asked: Asked, reader: Reader) -> list[Tag]:
    """Return the filter as tags."""
    offered, found = choices(reader), list[Tag]()
    for name, text in asked.query.items():
        if name in ("from_time", "to_time") or name in asked.mistakes:
            continue
        gone = (name, f"{name}_time") if name in ("from", "to") else (name,)
        found.append(Tag(_words(name, text, asked, offered, reader),
                         url("log.index", asked.but(*gone))))  # fmt: skip
    return found


def words(asked: Asked, reader: Reader) -> str:
    """Return the whole filter as one line, for exports."""
    return "; ".join(tag.text for tag in tags(asked, reader)) or "everything"


def _words(
    name: str, text: str, asked: Asked, offered: Mapping[str, Mapping[str, str]], reader: Reader
) -> str:
    labels = {field: label for field, _, label in (*WHO, *CHOSEN)}
    if name == "noise":
        return "With background noise"
    if name == "q":
        return f"Contains “{text}”"
    if name in ("from", "to"):
        day, clock = day_of(text), asked.query.get(f"{name}_time", "")
        said = dates.long_day(day) if day else text
        return f"{'From' if name == 'from' else 'Until'} {said}{', ' + clock if clock else ''}"
    if name == "device":
        return f"Device: {name_of('device', text, reader)}"
    return f"{labels[name]}: {offered.get(name, {}).get(text, text)}"


def _by_name(found: dict[str, str]) -> dict[str, str]:
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))
