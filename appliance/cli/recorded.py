"""Attempts on record, as the command line reads them from the store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.cli import times
from appliance.store.attempt_tables import AttemptRow


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt with its number in the log, and the look-ups that a visit explains."""

    id: int
    lookups: int
    attempt: Attempt

    def fields(self, zone: str) -> dict[str, object]:
        """Return every field; times in UTC, and the first one in the school's zone too."""
        attempt = self.attempt
        utc = {"at": _utc(attempt.at), "last": _utc(attempt.last)}
        local = {"local": times.iso(attempt.at, zone)}
        more = {"groups": list(attempt.groups), "lookups": self.lookups}
        return {"id": self.id, **asdict(attempt), **utc, **local, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which attempts are wanted. limit: the newest so many."""

    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    role: str | None = None
    verdict: str | None = None
    limit: int = 50


def newest(session: Session, asked: Asked, *, after: int = 0) -> list[Row]:
    """Return the newest attempts that were asked for, oldest of them first."""
    query = _filtered(asked).where(AttemptRow.id > after)
    found = session.scalars(query.order_by(AttemptRow.id.desc()).limit(asked.limit)).all()
    return [_row(row) for row in reversed(found)]


def after(session: Session, id_: int, limit: int) -> list[Row]:
    """Return the attempts that follow one in the log, oldest first."""
    query = select(AttemptRow).where(AttemptRow.id > id_).order_by(AttemptRow.id).limit(limit)
    return [_row(row) for row in session.scalars(query)]


def newest_id(session: Session) -> int:
    """Return the number of the newest attempt; 0 when there is none."""
    return session.scalar(select(func.max(AttemptRow.id))) or 0


def _filtered(asked: Asked) -> Select[AttemptRow]:
    query = select(AttemptRow)
    if asked.since is not None:
        query = query.where(AttemptRow.last >= asked.since)
    if asked.until is not None:
        query = query.where(AttemptRow.at < asked.until)
    if asked.person is not None:
        query = query.where(AttemptRow.person == asked.person)
    if asked.role is not None:
        query = query.where(AttemptRow.role == asked.role)
    if asked.verdict is not None:
        query = query.where(AttemptRow.verdict == asked.verdict)
    return query


def _row(row: AttemptRow) -> Row:
    attempt = Attempt(
        at=row.at, last=row.last, layer=Layer(row.layer), visit=Visit(row.visit),
        address=row.address, mac=row.mac, device=row.device, device_name=row.device_name,
        person=row.person, groups=row.groups, network=row.network, role=row.role, host=row.host,
        url=row.url, method=row.method, search=row.search, verdict=row.verdict,
        reason=row.reason, rule=row.rule, clause=row.clause, period=row.period,
        period_kind=row.period_kind, service=row.service, category=row.category, count=row.count,
    )  # fmt: skip
    return Row(row.id, row.lookups, attempt)


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
