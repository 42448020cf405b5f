"""Safe search that nobody switches off: values of a policy, and of what engines offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.policy.model import Subject, SubjectKind


class SafeLevel(StrEnum):
    """How strict a lock is. An engine with one lock only has it for both."""

    OFF = "off"
    MODERATE = "moderate"
    STRICT = "strict"


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
