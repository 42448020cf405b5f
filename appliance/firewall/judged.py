"""What the policy says of each class now, in terms that a packet can be held against. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from appliance.firewall.classes import placed
from appliance.firewall.settings import Gateway, Judged, Known, Placed, Range, Wanted
from appliance.policy.engine import decide
from appliance.policy.model import Action
from appliance.policy.presence import Whom
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot

# No school's DNS answers for it and no list names it: what is said of it is said of whatever
# nobody knows.
NOBODYS: Final = "nobody.invalid"
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one class. closed: ids of the ranges. shut: see ``settings.Judged``."""

    shut: bool
    closed: tuple[str, ...]


Said = dict[tuple[object, ...], Standing]  # by ``Snapshot.class_of``; filled while judging


def wanted(
    snapshot: Snapshot, gateway: Gateway, known: Known, at: datetime, *,
    neighbours: Mapping[str, str] = _NOBODY, signed_in: Mapping[str, Whom] = _NOBODY,
    clock_trusted: bool = True, said: Said | None = None,
) -> Wanted:  # fmt: skip
    """Return all that the ruleset is made of at an instant (aware). See ``placed``, ``judged``."""
    every = placed(snapshot, neighbours, signed_in)
    found = judged(every, snapshot, known, at, clock_trusted=clock_trusted, said=said)
    school = tuple(dict.fromkeys(p for n in snapshot.contents.networks for p in n.prefixes))
    return Wanted(every, found, school, gateway, known)


def judged(
    every: tuple[Placed, ...], snapshot: Snapshot, known: Known, at: datetime,
    *, clock_trusted: bool = True, said: Said | None = None,
) -> Judged:  # fmt: skip
    """Ask the engine about each class at an instant (aware); until when, ``until`` says.

    said: what was said of classes already, by the same snapshot and clock and since nothing
    changed by time; it is believed, and what is found is added.
    """
    said = {} if said is None else said
    around = frozenset(snapshot.contents.circumvention_roles)
    answered = frozenset(snapshot.contents.answered_only)
    closed: dict[str, set[int]] = {range_.id: set() for range_ in known.ranges}
    shut = set()
    for one in every:
        key = snapshot.class_of(one.client)
        if key not in said:
            query = Query(one.client, NOBODYS, at, clock_trusted=clock_trusted)
            said[key] = _standing(query, snapshot, known)
        if said[key].shut:
            shut.add(one.number)
        for id_ in said[key].closed:
            closed[id_].add(one.number)
    return Judged(
        closed=tuple((id_, frozenset(marks)) for id_, marks in closed.items()),
        watched=frozenset(one.number for one in every if one.client.role in around),
        answered_only=frozenset(one.number for one in every if one.client.role in answered),
        shut=frozenset(shut),
    )


def until(
    every: tuple[Placed, ...], snapshot: Snapshot, at: datetime, *, clock_trusted: bool = True
) -> datetime | None:
    """Return the first instant after ``at`` at which a class may have to be judged anew."""
    queries = (Query(one.client, NOBODYS, at, clock_trusted=clock_trusted) for one in every)
    ends = (decide(query, snapshot).expires_at for query in queries)
    return min((end for end in ends if end is not None), default=None)


def _standing(query: Query, snapshot: Snapshot, known: Known) -> Standing:
    shut = decide(query, snapshot).action is Action.BLOCK
    return Standing(shut, tuple(r.id for r in known.ranges if _closed(r, query, snapshot)))


def _closed(range_: Range, query: Query, snapshot: Snapshot) -> bool:
    """Whether every name of every service of a range is blocked; one that is unknown is not."""
    for id_ in range_.services:
        service = snapshot.catalogue.services.get(id_)
        names = (*service.domains, *service.hosts) if service else ()
        if not names:
            return False
        asked = (decide(replace(query, host=name), snapshot) for name in names)
        if any(verdict.action is not Action.BLOCK for verdict in asked):
            return False
    return True
