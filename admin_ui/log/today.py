"""What the home page says of the log: today against the same day last week, open concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from admin_ui.log.reader import reader_of
from appliance.store import attempt_counts, notes
from appliance.store.accounts import Account
from appliance.store.attempt_counts import Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Attempts blocked and allowed today, and until this hour a week ago. concerns: open ones.

    Counts alone: None where the account sees none, concerns None where it may not know.
    """

    blocked: int
    allowed: int
    blocked_then: int
    allowed_then: int
    concerns: int | None


def today(session: Session, account: Account, at: datetime, zone: ZoneInfo) -> Today | None:
    """Return the figures for an account at an instant; None where it sees no counts."""
    who = reader_of(session, account)
    if not who.seen.counts:
        return None
    start = datetime.combine(at.astimezone(zone).date(), time(), zone)
    then = datetime.combine(start.date() - timedelta(days=7), time(), zone)
    end = at + timedelta(hours=1)  # the running hour counts whole
    counts = [
        attempt_counts.total(session, Counted(since=since, until=until, verdict=verdict))
        for since, until in ((start, end), (then, end - timedelta(days=7)))
        for verdict in ("block", "allow")
    ]
    return Today(
        blocked=counts[0], allowed=counts[1], blocked_then=counts[2], allowed_then=counts[3],
        concerns=notes.open_concerns(session, who.scope) if who.seen.names else None,
    )  # fmt: skip
