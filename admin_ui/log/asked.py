"""What an address asks of the log: read, put into words, and written back into an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for

from admin_ui.log.reader import Reader
from appliance.store.attempt_hours import EPOCH
from appliance.store.attempt_wanted import Cursor, Wanted

LONGEST: Final = 200  # characters of a field
# Fields of the address -> of what is wanted, and what each is called on pages.
CHOSEN: Final = (
    ("role", "role", "Role"), ("service", "service", "Service"),
    ("category", "category", "Kind of site"), ("verdict", "verdict", "Answer"),
    ("reason", "reason", "Reason"), ("period", "period_kind", "Time of the school day"),
    ("visit", "visit", "What was seen"),
)  # fmt: skip
WHO: Final = (
    ("person", "person", "Person"), ("device", "device", "Device"),
    ("address", "address", "Address"), ("group", "group", "Class or group"),
)  # fmt: skip
FIELDS: Final = (
    *(name for name, _, _ in (*WHO, *CHOSEN)), "q", "from", "from_time", "to", "to_time", "noise",
)  # fmt: skip
FOLDED: Final = frozenset(
    {"role", "reason", "period", "visit", "device", "address", "from_time", "to_time"}
)
NOBODY: Final = "Nobody whom you may look at has this name."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked. query: the address's fields that say something. mistakes: by field."""

    wanted: Wanted
    before: Cursor | None
    query: dict[str, str]
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    def somebody(self) -> tuple[str, str] | None:
        """Return the kind and id of the one that the filter singles out."""
        for kind in ("person", "device", "address"):
            if id_ := getattr(self.wanted, kind):
                return kind, id_
        return None

    @property
    def detailed(self) -> bool:
        """Whether any of the fields is in use that the form folds away."""
        return bool(self.query.keys() & FOLDED)

    def but(self, *names: str) -> dict[str, str]:
        """Return the address's fields without some."""
        return {name: text for name, text in self.query.items() if name not in names}


def read(args: Mapping[str, str], reader: Reader) -> Asked:
    """Return what an address asks of a reader's log.

    Whoever sees pseudonyms may not ask by name, device, address or class: that would tell
    them which pseudonym is whose.
    """
    zone, mistakes = reader.view.zone, dict[str, str]()
    query = {n: text for n in FIELDS if (text := _clean(args.get(n, "")))}
    if not reader.seen.names:
        query = {n: text for n, text in query.items() if n not in {name for name, _, _ in WHO}}
    values = {to: query[name] for name, to, _ in (*WHO, *CHOSEN) if name in query}
    if "person" in values:
        found = _person(values["person"], reader)
        if found is None:
            mistakes["person"] = NOBODY
            found = "\x00nobody"  # fails closed: nothing is found, not everything
        else:
            query["person"] = found
        values["person"] = found
    if "device" in values:
        values["device"] = query["device"] = _device(values["device"], reader)
    since = _instant(query, "from", zone, mistakes, at_end=False)
    until = _instant(query, "to", zone, mistakes, at_end=True)
    if since and until and until <= since:
        mistakes["to"] = "“Until” must be later than “from”."
    wanted = Wanted(
        **values, since=since, until=until, text=query.get("q", ""), noise="noise" in query,
        text_in=("host", "url", "search") if reader.seen.pages else ("host",),
    )  # fmt: skip
    return Asked(wanted, cursor(args.get("before", "")), query, mistakes)


def url(endpoint: str, query: Mapping[str, str], **more: str | int) -> str:
    """Return the address of a page with a filter."""
    values: dict[str, Any] = {**query, **more}
    return url_for(endpoint, **values)


def cursor(text: str) -> Cursor | None:
    """Return the place in the log that an address names; None for none, or none that can be."""
    at, _, id_ = text.partition(".")
    digits = at.isascii() and at.isdecimal() and id_.isascii() and id_.isdecimal()
    if not digits or len(at) > 16 or len(id_) > 18:
        return None
    return Cursor(EPOCH + timedelta(microseconds=int(at)), int(id_))


def place(at: Cursor) -> str:
    """Return a place in the log as an address names it."""
    return f"{(at.at - EPOCH) // timedelta(microseconds=1)}.{at.id}"


def day_of(text: str) -> date | None:
    """Return a day such as ``2026-11-23``; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()[:LONGEST]


def _person(text: str, reader: Reader) -> str | None:
    """Return the id of whoever is meant, by id, by name, or by ``Name (id)``."""
    known = reader.open_people
    inner = text.rpartition("(")[2].removesuffix(")") if text.endswith(")") else ""
    for id_ in (text, inner):
        if id_ in known:
            return id_
    named = [id_ for id_, name in known.items() if name.casefold() == text.casefold()]
    return named[0] if len(named) == 1 else None


def _device(text: str, reader: Reader) -> str:
    """Return the id of a registered device, by its name or MAC; else what was typed."""
    mac = text.lower().replace("-", ":")
    for device in reader.view.snapshot.contents.devices:
        if reader.hides_device(device.id):
            continue  # whose device it is would be told otherwise
        if text == device.id or text.casefold() == device.name.casefold() or mac in device.macs:
            return device.id
    return mac if mac.count(":") == 5 else text


def _instant(
    query: dict[str, str], name: str, zone: ZoneInfo, mistakes: dict[str, str], *, at_end: bool
) -> datetime | None:
    said, clock = query.get(name, ""), query.get(f"{name}_time", "")
    label = "Until" if at_end else "From"
    if not said:
        if clock:
            mistakes[name] = f"{label}: say the day as well as the time."
        return None
    day = day_of(said)
    if day is None:
        mistakes[name] = f"{label}: this is not a date. Write it as 2026-11-23."
        return None
    if not clock:
        return datetime.combine(day + timedelta(days=1 if at_end else 0), time(), zone)
    try:
        return datetime.combine(day, time.fromisoformat(clock).replace(tzinfo=None), zone)
    except ValueError:
        mistakes[f"{name}_time"] = f"{label}: this is not a time. Write it as 10:35."
        return None
