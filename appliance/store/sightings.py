"""Devices that the log speaks of and the register does not: what somebody may want to name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appliance.store.attempt_tables import AttemptRow
from appliance.store.base import UtcTime

NEWEST: Final = 8_000  # rows of the log that are looked at: the cost stays the same for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An address that tried something. mac: empty where it was not known. count: attempts."""

    address: str
    mac: str
    network: str
    role: str
    last: datetime
    count: int


def unregistered(session: Session, *, newest: int = NEWEST) -> tuple[Sighting, ...]:
    """Return who was no registered device in the newest rows of the log, the latest first."""
    rows = (
        select(AttemptRow.address, AttemptRow.mac, AttemptRow.network, AttemptRow.role,
               AttemptRow.device, AttemptRow.last, AttemptRow.count)
        .order_by(AttemptRow.at.desc())
        .limit(newest)
        .subquery()
    )  # fmt: skip
    last = func.max(rows.c.last, type_=UtcTime())
    found = session.execute(
        select(
            rows.c.address, rows.c.mac, rows.c.network, rows.c.role, last, func.sum(rows.c.count)
        )
        .where(rows.c.device == "")
        .group_by(rows.c.address, rows.c.mac, rows.c.network, rows.c.role)
        .order_by(last.desc())
    )
    return tuple(
        Sighting(address=a, mac=m, network=n, role=r, last=at, count=int(count))
        for a, m, n, r, at, count in found
    )
