"""When a closed page opens again, in the school's own words and wall-clock time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.model import PeriodKind
from appliance.policy.plan import opens_at
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Opening:
    """When something closed opens, and that in words; both empty where it is not in sight."""

    at: datetime | None = None
    words: str = ""


def of(query: Query, snapshot: Snapshot) -> Opening:
    """Return when a blocked query will be allowed. A clock in doubt can promise nothing."""
    at = opens_at(query, snapshot) if query.clock_trusted else None
    return Opening(at, words(query, snapshot, at))


def words(query: Query, snapshot: Snapshot, opens: datetime | None) -> str:
    """Return "Break starts at 10:30.", or nothing when no opening is in sight."""
    if opens is None:
        return ""
    zone = ZoneInfo(snapshot.contents.calendar.zone)
    now, then = query.at.astimezone(zone), opens.astimezone(zone)
    days = (then.date() - now.date()).days
    if days == 0:
        return _today(query, snapshot, opens, f"{then:%H:%M}")
    day = "tomorrow" if days == 1 else f"on {DAYS[then.weekday()]}"
    if days >= 7:
        day = f"on {DAYS[then.weekday()]} {then.day}/{then.month}"
    return f"It opens again {day} at {then:%H:%M}."


def _today(query: Query, snapshot: Snapshot, opens: datetime, clock: str) -> str:
    at = snapshot.moment(opens, query.client)
    before = snapshot.moment(opens - timedelta(microseconds=1), query.client)
    named = at.known and at.kind is not PeriodKind.CLOSED
    if named and (at.name, at.until) != (before.name, before.until):
        return f"{at.name} starts at {clock}."
    return f"It opens again at {clock}."
