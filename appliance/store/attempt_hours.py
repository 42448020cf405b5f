"""The log counted by the hour, and who was in it: kept up in the transaction that changes it.

The charts are drawn from these counts, and the search asks them which hours are worth
reading. They always agree with the log, or both are as they were before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt
from appliance.store.attempt_tables import AttemptRow
from appliance.store.log_tables import AttemptHourRow, AttemptWhoRow

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SORTS: Final = ("role", "service", "category", "verdict", "reason", "visit", "period_kind")
KINDS: Final = ("person", "device", "mac", "address")  # and group, of which there are several
AT_ONCE: Final = 500  # ids in one statement

Sort = tuple[int | str, ...]  # the hour, then SORTS


def hour_of(at: datetime) -> int:
    """Return the hour of an instant, counted since 1970 in UTC."""
    return (at - EPOCH) // HOUR


def start_of(hour: int) -> datetime:
    """Return the instant at which an hour begins, in UTC."""
    return EPOCH + hour * HOUR


@dataclass(slots=True)
class Tally:
    """What a change does to the counts. Take off rows before it, put them on after it."""

    rows: Counter[Sort] = field(default_factory=Counter)
    attempts: Counter[Sort] = field(default_factory=Counter)
    who: set[tuple[int, int]] = field(default_factory=set)

    def put_on(self, attempts: Iterable[Attempt]) -> None:
        """Count rows that are in the log now."""
        for attempt in attempts:
            sort = _sort(attempt)
            self.rows[sort] += 1
            self.attempts[sort] += attempt.count
            hour = hour_of(attempt.at)
            self.who.update((hour, subject) for subject in subjects(attempt))

    def take_off(self, session: Session, ids: Sequence[int]) -> None:
        """Count off rows as the log holds them now, before they change or go."""
        columns = [getattr(AttemptRow, name) for name in SORTS]
        for start in range(0, len(ids), AT_ONCE):
            some = AttemptRow.id.in_(ids[start : start + AT_ONCE])
            found = session.execute(select(AttemptRow.at, AttemptRow.count, *columns).where(some))
            for at, count, *sorts in found:
                sort = (hour_of(at), *sorts)
                self.rows[sort] -= 1
                self.attempts[sort] -= count

    def write(self, session: Session) -> None:
        """Bring the counts in the store to the log as it is now."""
        session.flush()
        changed = [s for s in self.rows if self.rows[s] or self.attempts[s]]
        if changed:
            _upsert(session, [self._values(sort) for sort in changed])
            if any(self.rows[sort] < 0 for sort in changed):
                hours = {sort[0] for sort in changed}
                gone = AttemptHourRow.hour.in_(hours), AttemptHourRow.rows <= 0
                session.execute(delete(AttemptHourRow).where(*gone))
        if self.who:
            values = [{"hour": hour, "subject": subject} for hour, subject in sorted(self.who)]
            table = _table(AttemptWhoRow)
            statement = _insert(session, table).on_conflict_do_nothing()
            session.connection().execute(statement, values)

    def _values(self, sort: Sort) -> dict[str, Any]:
        named = dict(zip(("hour", *SORTS), sort, strict=True))
        return named | {"rows": self.rows[sort], "count": self.attempts[sort]}


def subject_of(kind: str, id_: str) -> int:
    """Return what stands for a person, device, MAC, address or group: 64 bits with a sign.

    Two that share a number would only be looked for in each other's hours too.
    """
    digest = hashlib.blake2b(f"{kind}:{id_}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def subjects(attempt: Attempt) -> list[int]:
    """Return what an attempt can be found by."""
    named = [(kind, getattr(attempt, kind)) for kind in KINDS]
    named += [("group", group) for group in attempt.groups]
    return [subject_of(kind, id_) for kind, id_ in named if id_]


def forget(session: Session) -> None:
    """Forget who was there in hours from which nothing is left. After a purge."""
    oldest = session.scalar(select(func.min(AttemptRow.at)))
    gone = delete(AttemptWhoRow)
    if oldest is not None:
        gone = gone.where(AttemptWhoRow.hour < hour_of(oldest))
    session.execute(gone)


def _sort(attempt: Attempt) -> Sort:
    return (
        hour_of(attempt.at), attempt.role, attempt.service, attempt.category, attempt.verdict,
        attempt.reason, attempt.visit.value, attempt.period_kind,
    )  # fmt: skip


def _upsert(session: Session, values: list[dict[str, Any]]) -> None:
    table = _table(AttemptHourRow)
    statement = _insert(session, table)
    new = statement.excluded
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"rows": table.c.rows + new.rows, "count": table.c.count + new.count},
        ),
        values,
    )


def _insert(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    here = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if here else postgresql.insert(table)


def _table(row: type[AttemptHourRow] | type[AttemptWhoRow]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
