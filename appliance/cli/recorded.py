"""Attempts on record, as the command line reads them from the store and prints them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appliance.cli import times
from appliance.store import attempts
from appliance.store.attempt_tables import AttemptRow
from appliance.store.attempts import KeptAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which attempts are wanted. limit: the newest so many, or the next so many."""

    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    role: str | None = None
    verdict: str | None = None
    limit: int = 50


def chosen(session: Session, asked: Asked, *, after: int | None = None) -> tuple[KeptAttempt, ...]:
    """Return what was asked for, oldest first; with ``after`` what follows it in the log."""
    return attempts.select(
        session, since=asked.since, until=asked.until, person=asked.person, role=asked.role,
        verdict=asked.verdict, limit=asked.limit, after_id=after,
    )  # fmt: skip


def newest_id(session: Session) -> int:
    """Return the number of the newest attempt; 0 when there is none."""
    return session.scalar(select(func.max(AttemptRow.id))) or 0


def fields(kept: KeptAttempt, zone: str) -> dict[str, object]:
    """Return every field; times in UTC, and the first one in the school's zone too.

    period is the kind of period, as in ``bellgate explain``; period_name what the timetable
    calls it.
    """
    attempt = kept.attempt
    plain = asdict(attempt)
    plain["period"], plain["period_name"] = plain.pop("period_kind"), attempt.period
    return {
        "id": kept.id, **plain, "at": _utc(attempt.at), "last": _utc(attempt.last),
        "local": times.iso(attempt.at, zone), "groups": list(attempt.groups),
        "lookups": kept.lookups,
    }  # fmt: skip


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
