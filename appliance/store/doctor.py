"""What self-tests found, kept for the yearly review (FM-08, FM-09), and checks made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from appliance.store.doctor_tables import DoctorResultRow, DoctorRunRow

KEPT: Final = timedelta(days=400)  # a school year, and the review after it
LEVELS: Final = ("good", "note", "amber", "red")  # status.checks.Level, from well to ill


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """One self-test or check. version: of the snapshot. failed: results that were not well."""

    id: int
    at: datetime
    who: str
    version: int
    level: str
    tried: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """One thing tried; the fields are those of ``doctor.result.Result``, as text."""

    about: str
    level: str
    words: str
    todo: str = ""
    role: str = ""
    network: str = ""
    period: str = ""
    period_kind: str = ""
    host: str = ""
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How a role fared when it was tried last in a kind of period."""

    role: str
    period_kind: str
    run: int
    at: datetime
    level: str
    tried: int
    failed: int


def put(
    session: Session, results: Iterable[KeptResult], *, at: datetime, who: str, version: int
) -> KeptRun:
    """Keep a run, and forget what is older than ``KEPT``. at: real time."""
    kept = list(results)
    failed = sum(1 for one in kept if one.level in LEVELS[2:])
    worst = max((one.level for one in kept), key=LEVELS.index, default=LEVELS[0])
    row = DoctorRunRow(at=at, who=who, version=version, level=worst, tried=len(kept), failed=failed)
    session.add(row)
    session.flush()
    session.add_all(
        DoctorResultRow(run_id=row.id, number=number, **_fields(one))
        for number, one in enumerate(kept, 1)
    )
    old = select(DoctorRunRow.id).where(DoctorRunRow.at < at - KEPT)
    session.execute(delete(DoctorResultRow).where(DoctorResultRow.run_id.in_(old)))
    session.execute(delete(DoctorRunRow).where(DoctorRunRow.at < at - KEPT))
    return _run(row)


def runs(session: Session, *, most: int = 50, before: int | None = None) -> tuple[KeptRun, ...]:
    """Return the latest runs, newest first. before: only those older than this run."""
    wanted = select(DoctorRunRow).order_by(DoctorRunRow.id.desc()).limit(most)
    if before is not None:
        wanted = wanted.where(DoctorRunRow.id < before)
    return tuple(_run(row) for row in session.scalars(wanted))


def run(session: Session, id_: int) -> KeptRun | None:
    """Return one run."""
    row = session.get(DoctorRunRow, id_)
    return None if row is None else _run(row)


def results(session: Session, run_id: int) -> tuple[KeptResult, ...]:
    """Return what a run tried, in its order."""
    wanted = select(DoctorResultRow).where(DoctorResultRow.run_id == run_id)
    return tuple(_result(row) for row in session.scalars(wanted.order_by(DoctorResultRow.number)))


def between(
    session: Session, since: datetime, until: datetime
) -> Iterator[tuple[KeptRun, KeptResult]]:
    """Yield all that was tried in a span (half-open), oldest first, streamed."""
    wanted = (
        select(DoctorRunRow, DoctorResultRow)
        .join(DoctorResultRow, DoctorResultRow.run_id == DoctorRunRow.id)
        .where(DoctorRunRow.at >= since, DoctorRunRow.at < until)
        .order_by(DoctorRunRow.id, DoctorResultRow.number)
        .execution_options(yield_per=500)
    )
    for row, one in session.execute(wanted):
        yield _run(row), _result(one)


def matrix(session: Session) -> tuple[Cell, ...]:
    """Return, for each role and kind of period, how it fared in the last run that tried it."""
    table = DoctorResultRow
    newest = (
        select(table.role, table.period_kind, func.max(table.run_id).label("run"))
        .where(table.role != "", table.period_kind != "")
        .group_by(table.role, table.period_kind)
        .subquery()
    )
    wanted = (
        select(table.role, table.period_kind, table.run_id, DoctorRunRow.at, table.level,
               func.count())
        .join(newest, (table.role == newest.c.role) & (table.run_id == newest.c.run)
              & (table.period_kind == newest.c.period_kind))
        .join(DoctorRunRow, DoctorRunRow.id == table.run_id)
        .group_by(table.role, table.period_kind, table.run_id, DoctorRunRow.at, table.level)
    )  # fmt: skip
    counts: dict[tuple[str, str, int, datetime], dict[str, int]] = {}
    for role, kind, run_id, at, level, count in session.execute(wanted):
        counts.setdefault((role, kind, run_id, at), {})[level] = count
    return tuple(
        Cell(
            role=role, period_kind=kind, run=run_id, at=at, tried=sum(found.values()),
            level=max(found, key=LEVELS.index),
            failed=sum(n for level, n in found.items() if level in LEVELS[2:]),
        )
        for (role, kind, run_id, at), found in sorted(counts.items())
    )  # fmt: skip


def expected_before(session: Session, role: str, period_kind: str) -> dict[str, tuple[str, int]]:
    """Return what was expected the last time, and the run, by ``network host``."""
    table = DoctorResultRow
    newest = (
        select(func.max(table.run_id))
        .where(table.role == role, table.period_kind == period_kind, table.host != "")
        .scalar_subquery()
    )
    wanted = select(table).where(
        table.run_id == newest, table.role == role, table.period_kind == period_kind
    )
    return {
        f"{row.network} {row.host}": (row.expected, row.run_id)
        for row in session.scalars(wanted)
        if row.host
    }


def tried_since(session: Session, since: datetime) -> frozenset[tuple[str, str]]:
    """Return the roles and kinds of period that were tried since an instant."""
    table = DoctorResultRow
    wanted = (
        select(table.role, table.period_kind)
        .join(DoctorRunRow, DoctorRunRow.id == table.run_id)
        .where(DoctorRunRow.at >= since, table.role != "", table.period_kind != "")
        .distinct()
    )
    return frozenset((role, kind) for role, kind in session.execute(wanted))


def _fields(one: KeptResult) -> dict[str, str]:
    return {name: getattr(one, name) for name in KeptResult.__dataclass_fields__}


def _run(row: DoctorRunRow) -> KeptRun:
    return KeptRun(
        id=row.id, at=row.at, who=row.who, version=row.version, level=row.level,
        tried=row.tried, failed=row.failed,
    )  # fmt: skip


def _result(row: DoctorResultRow) -> KeptResult:
    return KeptResult(**{name: getattr(row, name) for name in KeptResult.__dataclass_fields__})
