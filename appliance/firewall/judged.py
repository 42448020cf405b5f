"""What the policy says of each class now, in terms that a packet can be held against. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.firewall.settings import Gateway, Known, Placed
from appliance.policy.engine import decide
from appliance.policy.model import Action, Reason
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot

# No school's DNS answers for it and no list names it: only a sanction closes it.
NOBODYS = "nobody.invalid"


@dataclass(frozen=True, slots=True)
class Judged:
    """Marks by what holds for them. closed: (mark, prefix) of services that are blocked now."""

    closed: tuple[tuple[int, str], ...]
    watched: frozenset[int]  # may not go round the gate
    pinned: frozenset[int]  # reach only what DNS answered to them
    sanctioned: frozenset[int]


def judged(
    every: tuple[Placed, ...], snapshot: Snapshot, gateway: Gateway, known: Known, at: datetime,
    *, clock_trusted: bool = True,
) -> Judged:  # fmt: skip
    """Ask the engine about each class at an instant; until when, ``until`` says."""
    around = frozenset(snapshot.contents.circumvention_roles)
    closed: list[tuple[int, str]] = []
    sanctioned = set()
    for one in every:
        query = Query(one.client, NOBODYS, at, clock_trusted=clock_trusted)
        verdict = decide(query, snapshot)
        if verdict.action is Action.BLOCK and verdict.reason is Reason.SANCTION:
            sanctioned.add(one.number)
        for range_ in known.ranges:
            if all(_blocked(service, query, snapshot) for service in range_.services):
                closed += [(one.number, prefix) for prefix in range_.prefixes]
    return Judged(
        closed=tuple(closed),
        watched=frozenset(one.number for one in every if one.client.role in around),
        pinned=frozenset(one.number for one in every if one.client.role in gateway.pinned),
        sanctioned=frozenset(sanctioned),
    )


def until(every: tuple[Placed, ...], snapshot: Snapshot, at: datetime) -> datetime | None:
    """Return the first instant at which any class may have to be judged anew."""
    ends = (decide(Query(one.client, NOBODYS, at), snapshot).expires_at for one in every)
    return min((end for end in ends if end is not None), default=None)


def _blocked(service: str, query: Query, snapshot: Snapshot) -> bool:
    found = snapshot.catalogue.services.get(service)
    if found is None or not found.domains:
        return False
    asked = Query(query.client, found.domains[0], query.at, clock_trusted=query.clock_trusted)
    return decide(asked, snapshot).action is Action.BLOCK
