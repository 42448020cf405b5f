"""The data files of the appliance: services, sanctuary, circumvention, never inspected.

They say what things are, never whether they are allowed. They ship with the appliance,
so a mistake in one is a bug, and the tests of ``templates`` find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from appliance.policy.model import Category, CategoryClass, Service, UrlPattern
from appliance.policy.names import canonical
from appliance.policy.safe_search import SafeName
from appliance.policy_file.reading import read
from appliance.policy_file.schema_time import TimeEntry

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_of(file: str) -> str:
    """Return the text of a data file by its name."""
    path = resources.files("appliance").joinpath("templates", file)
    return path.read_text(encoding="utf-8")


@cache
def services() -> tuple[Service, ...]:
    """Return the service catalogue."""
    found: Mapping[str, Any] = _read("services.yaml")["services"]
    return tuple(_service(id_, entry) for id_, entry in found.items())


@cache
def sanctuary() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (domains, exact hosts) of helplines and child protection."""
    entries = _read("sanctuary.yaml")["sanctuary"]
    domains = [name for entry in entries for name in entry.get("domains") or ()]
    hosts = [name for entry in entries for name in entry.get("hosts") or ()]
    return _names(domains), _names(hosts)


@cache
def categories() -> tuple[Category, ...]:
    """Return the kinds of content the appliance knows, before a policy arranges them."""
    ways_round = _read("circumvention.yaml")["circumvention"]
    ways_round["unlocked_search"] = {"domains": _read("safe_search.yaml")["unlocked_search"]}
    found = [
        Category(
            id=id_, name=entry["name"], parents=tuple(entry.get("part_of", ())),
            kind=CategoryClass(entry.get("class", "ordinary")),
            domains=_names([
                *entry.get("domains", ()), *((ways_round.get(id_) or {}).get("domains") or ())
            ]),
        )
        for id_, entry in _read("categories.yaml")["categories"].items()
    ]  # fmt: skip
    return tuple(found)


@cache
def listed_categories() -> frozenset[str]:
    """Return the ordinary kinds of content that subscribed lists fill."""
    entries = _read("categories.yaml")["categories"].items()
    return frozenset(id_ for id_, entry in entries if entry.get("listed"))


@cache
def safe_names() -> tuple[SafeName, ...]:
    """Return every host of a search engine that has a lock, and what serves it locked."""
    found = []
    for id_, entry in _read("safe_search.yaml")["safe_search"].items():
        many = (f"{host}.{end}" for host in entry.get("under") or () for end in entry["countries"])
        strict = canonical(entry["strict"])
        moderate = canonical(entry.get("moderate", strict))
        found += [
            SafeName(host=host, engine=id_, strict=strict, moderate=moderate)
            for host in _names([*(entry.get("hosts") or ()), *many])
        ]
    return tuple(found)


@cache
def engines() -> Mapping[str, str]:
    """Return what people call the search engines that have a lock, by id."""
    return {id_: entry["name"] for id_, entry in _read("safe_search.yaml")["safe_search"].items()}


@cache
def never_inspect() -> tuple[str, ...]:
    """Return the suffixes that are never decrypted, whatever a policy says."""
    groups: Mapping[str, list[str]] = _read("never_inspect.yaml")["never_inspect"]
    return _names([name for names in groups.values() for name in names])


@cache
def never_block() -> tuple[str, ...]:
    """Return the suffixes that no list closes, whatever it says."""
    groups: Mapping[str, list[str]] = _read("never_block.yaml")["never_block"]
    return _names([name for names in groups.values() for name in names])


def _read(file: str) -> dict[str, Any]:
    return dict(yaml.load(text_of(file), Loader=_LOADER))  # noqa: S506  # a safe loader, ours


def _names(names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(name) for name in names))


def _service(id_: str, entry: Mapping[str, Any]) -> Service:
    return Service(
        id=id_, name=entry["name"], categories=tuple(entry["categories"]),
        domains=_names(entry.get("domains") or ()), hosts=_names(entry.get("hosts") or ()),
        assets=_names(entry.get("assets") or ()),
        urls=tuple(_pattern(pattern) for pattern in entry.get("urls") or ()),
    )  # fmt: skip


def _pattern(entry: Mapping[str, Any]) -> UrlPattern:
    query = (entry.get("query") or {}).items()
    return UrlPattern(
        hosts=_names(entry["hosts"]),
        path=entry.get("path", "/"),
        query=tuple((name, tuple(map(str, values))) for name, values in query),
        methods=tuple(entry.get("methods") or ()),
    )


@cache
def default_time() -> TimeEntry:
    """Return the timetable and calendar of a school that says nothing of its own."""
    return TimeEntry.model_validate(read(text_of("timetable.yaml"), "timetable.yaml").value)
