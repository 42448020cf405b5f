"""When a self-test is due: once a day for each role in each kind of period. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

MARGIN: Final = timedelta(minutes=2)  # a period that ends sooner is left for another day


@dataclass(frozen=True, slots=True)
class Stand:
    """A role, and the kind of period that holds for it now. until: None: not known."""

    role: str
    period_kind: str
    until: datetime | None


def stands(snapshot: Snapshot, at: datetime, *, clock_trusted: bool) -> Iterator[Stand]:
    """Yield, for each network's role, the kind of period that holds now. at: the gate's time."""
    for network in snapshot.contents.networks:
        client = Client(
            address=network.prefixes[0].partition("/")[0], role=network.role,
            groups=frozenset(network.groups), network=network.id,
        )  # fmt: skip
        moment = snapshot.moment(at, client, clock_trusted=clock_trusted)
        yield Stand(network.role, str(moment.kind), moment.until)


def due(now: Iterable[Stand], tried: frozenset[tuple[str, str]], at: datetime) -> bool:
    """Whether some role was not tried today in the kind of period that holds for it.

    tried: today's roles and kinds of period. at: the gate's time.
    """
    return any(
        (one.role, one.period_kind) not in tried
        for one in now
        if one.until is None or one.until - at > MARGIN
    )


def day_began(real: datetime, zone: str) -> datetime:
    """Return the midnight before an instant, on the school's own clock."""
    local = real.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(), ZoneInfo(zone)).astimezone(real.tzinfo)
