"""What the charts show: the counts of the log by the hour, by service, by role.

Counts alone, never whose: they are read by those who may not read rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from appliance.store.attempt_hours import hour_of, start_of
from appliance.store.log_tables import AttemptHourRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which attempts are counted. since and until count from the hour they are in."""

    since: datetime
    until: datetime
    role: str = ""
    service: str = ""
    verdict: str = ""
    visit: str = ""
    noise: bool = False


def by_hour(session: Session, counted: Counted) -> dict[datetime, int]:
    """Return attempts by the hour (UTC) in which they were made, oldest first."""
    hour = AttemptHourRow.hour
    found = _grouped(session, counted, hour)
    return {start_of(at): count for at, count in sorted(found.items())}


def by(session: Session, counted: Counted, sort: str) -> dict[str, int]:
    """Return attempts by role, service, category, verdict or reason, most first."""
    found = _grouped(session, counted, getattr(AttemptHourRow, sort))
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def total(session: Session, counted: Counted) -> int:
    """Return how many attempts there were."""
    count = func.coalesce(func.sum(AttemptHourRow.count), 0)
    return int(session.scalars(select(count).where(*_among(counted))).one())


def _grouped(session: Session, counted: Counted, column: Any) -> dict[Any, int]:
    query = select(column, func.sum(AttemptHourRow.count)).where(*_among(counted))
    return {value: int(count) for value, count in session.execute(query.group_by(column))}


def _among(counted: Counted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [
        AttemptHourRow.hour >= hour_of(counted.since), AttemptHourRow.hour < hour_of(counted.until),
    ]  # fmt: skip
    for name in ("role", "service", "verdict", "visit"):
        if value := getattr(counted, name):
            asked.append(getattr(AttemptHourRow, name) == value)
    if not counted.noise and not counted.visit:
        asked.append(AttemptHourRow.visit != "background")
    return asked
