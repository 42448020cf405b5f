"""Which names a self-test tries on a network, and what must hold of each whatever the policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.policy.model import Category, CategoryClass
from appliance.policy.snapshot import Snapshot

ORDINARY: Final = "www.gov.uk"
# Known to everybody: what a school decides about them is the heart of its policy.
PLATFORMS: Final = ("facebook", "x", "youtube", "tiktok", "instagram", "whatsapp", "reddit")
HELPLINES: Final = 3
NEVER_BLOCKED: Final = 3
# Closed for everybody by every template, though not of the class that is told of.
_ENGINES: Final = {"duckduckgo": "DuckDuckGo", "youtube": "YouTube"}
_HARMFUL: Final = frozenset({"malware_phishing"})


class Must(Enum):
    """What has to hold of a name, beyond that the gate does what the policy says."""

    AS_POLICY = "as the policy says"
    BLOCKED = "blocked"
    OPEN = "open"
    LOCKED = "safe search on"


@dataclass(frozen=True, slots=True)
class Name:
    """A name to try. about: what it stands for. listed: it came from a list."""

    host: str
    about: str
    must: Must
    listed: bool = False


def of(role: str, snapshot: Snapshot, samples: tuple[tuple[str, str], ...]) -> Iterator[Name]:
    """Yield the names to try for a role: blocked first, open last."""
    yield from _platforms(snapshot)
    yield from _kinds(role, snapshot, dict(samples))
    yield from _searches(snapshot)
    yield from _open(snapshot)


def empty_kinds(snapshot: Snapshot, samples: tuple[tuple[str, str], ...]) -> Iterator[Category]:
    """Yield the kinds of unsuitable content that no name is known of: nothing closes them."""
    filled = dict(samples)
    parents = {parent for one in snapshot.contents.categories for parent in one.parents}
    for category in snapshot.contents.categories:
        unsuitable = category.kind is CategoryClass.UNSUITABLE and category.id not in parents
        if unsuitable and not category.domains and category.id not in filled:
            yield category


def _platforms(snapshot: Snapshot) -> Iterator[Name]:
    services = snapshot.catalogue.services
    for service in (services[id_] for id_ in PLATFORMS if id_ in services):
        yield Name(f"www.{service.domains[0]}", service.name, Must.AS_POLICY)


def _kinds(role: str, snapshot: Snapshot, samples: dict[str, str]) -> Iterator[Name]:
    """One name of each kind of content; never one of the illegal class, which nobody asks for."""
    contents = snapshot.contents
    for category in contents.categories:
        if category.kind is CategoryClass.ILLEGAL:
            continue
        own = next(iter(category.domains), "")
        host = samples.get(category.id, own)
        if not host or not (category.id in samples or category.kind is not CategoryClass.ORDINARY):
            continue
        harmful = category.kind is CategoryClass.UNSUITABLE or category.id in _HARMFUL
        bypass = category.kind is CategoryClass.CIRCUMVENTION
        held = harmful or (bypass and role in contents.circumvention_roles)
        must = Must.BLOCKED if held else Must.AS_POLICY
        yield Name(host, category.name, must, listed=category.id in samples)


def _searches(snapshot: Snapshot) -> Iterator[Name]:
    engines: dict[str, str] = {}
    for name in snapshot.contents.safe_names:
        if name.engine not in engines or _usual(name.host) > _usual(engines[name.engine]):
            engines[name.engine] = name.host
    for engine, host in engines.items():
        called = _ENGINES.get(engine, engine.capitalize())
        yield Name(host, f"Safe search, {called}", Must.LOCKED)


def _open(snapshot: Snapshot) -> Iterator[Name]:
    contents = snapshot.contents
    helplines = (*contents.sanctuary_domains, *contents.sanctuary_hosts)[:HELPLINES]
    for host in helplines:
        yield Name(host, "Helpline", Must.OPEN)
    yield Name(ORDINARY, "Ordinary site", Must.OPEN)
    kept = [host for host in contents.never_block if host.count(".") > 1 or "uk" not in host]
    for host in kept[:NEVER_BLOCKED]:
        yield Name(host, "Never blocked by a list", Must.OPEN)


def _usual(host: str) -> tuple[bool, bool, int]:
    return (host.startswith("www."), host.endswith(".com"), -len(host))
