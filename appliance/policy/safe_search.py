"""Safe search that nobody switches off: values of a policy, and of what engines offer.

An engine with a lock serves it under a name of its own; whoever asks for the engine is
answered with that name's addresses, and nothing is read on the way. The lock is no verdict:
no grant, report or page bears on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from appliance.policy.model import Subject, SubjectKind
from appliance.policy.subjects import applies_to

if TYPE_CHECKING:
    from appliance.policy.situation import Situation

# A rule on these says what a role may do; one on anybody narrower only makes it stricter.
_BROAD: Final = frozenset({SubjectKind.ROLE, SubjectKind.EVERYONE})


class SafeLevel(StrEnum):
    """How strict a lock is. An engine with one lock only has it for both."""

    OFF = "off"
    MODERATE = "moderate"
    STRICT = "strict"


_STRICTNESS: Final = tuple(SafeLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeName:
    """One host of a search engine, and the names that serve its locked twin.

    host: exact, canonical. strict, moderate: names, or one address as text.
    """

    host: str
    engine: str
    strict: str
    moderate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeSearchRule:
    """Who searches how. engines: by id; none means all. when: as in ``model.Rule``."""

    level: SafeLevel
    clause: str
    who: tuple[Subject, ...] = (Subject(SubjectKind.EVERYONE),)
    engines: frozenset[str] = frozenset()
    when: frozenset[str] = frozenset()


def alias(situation: Situation) -> str:
    """Return the name (or address) that serves a host with its lock on; empty: no lock."""
    name = situation.snapshot.safe_names.get(situation.query.host)
    if name is None:
        return ""
    locked = {SafeLevel.STRICT: name.strict, SafeLevel.MODERATE: name.moderate}
    return locked.get(level(situation, name.engine), "")


def level(situation: Situation, engine: str) -> SafeLevel:
    """Return how strictly a client searches an engine now.

    Among the rules for roles and for everyone the first that fits holds; without one it is
    strict for all but the least restricted role. A rule for a person, device, group or
    network makes it stricter, never looser: what is locked for a role stays locked.
    """
    broad: SafeLevel | None = None
    narrow = SafeLevel.OFF
    for rule, kinds in _fitting(situation, engine):
        if not situation.in_period(rule.when):
            continue
        if kinds & _BROAD and broad is None:
            broad = rule.level
        if kinds - _BROAD:
            narrow = max(narrow, rule.level, key=_STRICTNESS.index)
    if broad is None:
        free = situation.client.role == situation.snapshot.least_restricted
        broad = SafeLevel.OFF if free else SafeLevel.STRICT
    return max(broad, narrow, key=_STRICTNESS.index)


def varies(situation: Situation) -> bool:
    """Whether the lock of a host may change at the bell."""
    name = situation.snapshot.safe_names.get(situation.query.host)
    return name is not None and any(rule.when for rule, _ in _fitting(situation, name.engine))


def _fitting(
    situation: Situation, engine: str
) -> Iterator[tuple[SafeSearchRule, frozenset[SubjectKind]]]:
    """Yield the rules on a client and engine in any period, with the subjects that cover it."""
    for rule in situation.snapshot.contents.safe_search:
        kinds = frozenset(s.kind for s in rule.who if applies_to(s, situation.client))
        if kinds and (not rule.engines or engine in rule.engines):
            yield rule, kinds
