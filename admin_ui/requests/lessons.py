"""The lessons of a class that can be named: the one that runs, and those to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from appliance.policy import spans
from appliance.policy.model import PeriodKind, Subject
from appliance.policy.snapshot import Snapshot

MOST: Final = 12
LOOK_AHEAD: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. starts: its bell, or now for the one that runs. Instants in UTC."""

    name: str
    starts: datetime
    ends: datetime
    running: bool

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return "now" if self.running else self.starts.astimezone(UTC).isoformat()


def lessons(who: Subject, at: datetime, snapshot: Snapshot) -> tuple[Lesson, ...]:
    """Return the lessons of a subject from an instant on; none where the calendar is silent."""
    client = spans.somebody(who, snapshot.contents)
    found: list[Lesson] = []
    now: datetime | None = at
    while now is not None and now < at + LOOK_AHEAD and len(found) < MOST:
        moment = snapshot.moment(now, client)
        if moment.kind is PeriodKind.LESSON and moment.known and moment.until is not None:
            start = now.astimezone(UTC)
            found.append(Lesson(moment.name, start, moment.until, now == at))
        now = moment.until
    return tuple(found)
