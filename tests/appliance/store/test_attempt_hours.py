"""The counts by the hour agree with the log, whatever is written, grown, folded and purged."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt, Visit
from appliance.attempts.visits import Changes, Entry, Folding
from appliance.store import attempts as log
from appliance.store.attempt_hours import SORTS, hour_of, start_of, subject_of, subjects
from appliance.store.attempt_tables import AttemptRow
from appliance.store.log_tables import AttemptHourRow, AttemptWhoRow
from appliance.store.migrating import config_for
from appliance.store.session import Store, open_store
from tests.builders import at, attempt

MINUTE = timedelta(minutes=1)
Sorts = Counter[tuple[object, ...]]

# Few values, so that rows of one sort meet: bursts grow, look-ups are folded into pages.
made = st.builds(
    lambda minute, host, who, visit, verdict: attempt(
        host, at=at("09:55") + minute * MINUTE / 4, person=who, role="pupil" if who else "visitor",
        visit=visit, verdict=verdict, groups=("7a",) if who else (), device=f"pc-{who}",
        mac="02:00:00:00:00:01", url=f"https://{host}/" if visit is Visit.PAGE else "",
    ),
    st.integers(0, 480), st.sampled_from(("facebook.com", "x.com")),
    st.sampled_from(("", "sam", "ann")), st.sampled_from(list(Visit)),
    st.sampled_from(("block", "allow")),
)  # fmt: skip
batches = st.lists(st.lists(made, max_size=12), min_size=1, max_size=6)


def of_the_log(session: Session) -> tuple[Sorts, Sorts]:
    """Count the log itself: rows and attempts of each sort."""
    rows, attempts = Sorts(), Sorts()
    for row in session.scalars(select(AttemptRow)):
        sort = (hour_of(row.at), *(getattr(row, name) for name in SORTS))
        rows[sort] += 1
        attempts[sort] += row.count
    return rows, attempts


def kept(session: Session) -> tuple[Sorts, Sorts]:
    """Return what is kept of it."""
    rows, attempts = Sorts(), Sorts()
    for one in session.scalars(select(AttemptHourRow)):
        sort = (one.hour, *(getattr(one, name) for name in SORTS))
        rows[sort], attempts[sort] = one.rows, one.count
    return rows, attempts


def agrees(store: Store) -> None:
    """Hold the counts to the log, and every row to be found by whom it is about."""
    with store.reading() as session:
        assert kept(session) == of_the_log(session)
        there = {(row.hour, row.subject) for row in session.scalars(select(AttemptWhoRow))}
        for one in log.select(session):
            assert {(hour_of(one.attempt.at), s) for s in subjects(one.attempt)} <= there


@settings(max_examples=30, deadline=None)
@given(batches, st.integers(0, 130), st.randoms())
def test_the_counts_always_agree_with_the_log(
    batches: list[list[Attempt]], minute: int, dice: object
) -> None:
    with TemporaryDirectory() as place:
        store = open_store(Path(place) / "b.db")
        folding = Folding()
        for batch in batches:
            folding.take(batch)
            with store.session() as session:
                ids = log.write(session, folding.changes())
            folding.written(ids)
            agrees(store)
        with store.session() as session:
            log.purge(session, at("09:55") + minute * MINUTE)
        agrees(store)
        store.close()


def test_a_burst_that_began_earlier_moves_to_its_hour(store: Store) -> None:
    late = attempt(at=at("10:00"), person="sam")
    with store.session() as session:
        (id_,) = log.write(session, Changes((Entry(late),), (), ()))
    early = replace(late, at=at("09:59"), count=2)
    with store.session() as session:
        log.write(session, Changes((), ((id_, Entry(early)),), ()))
    agrees(store)
    with store.reading() as session:
        (row,) = session.scalars(select(AttemptHourRow))
        assert (row.hour, row.rows, row.count) == (hour_of(at("09:00")), 1, 2)


def test_a_change_that_is_rolled_back_changes_no_count(store: Store) -> None:
    try:
        with store.session() as session:
            log.write(session, Changes((Entry(attempt()),), (), ()))
            raise KeyError
    except KeyError:
        pass
    with store.reading() as session:
        assert kept(session) == (Sorts(), Sorts())


def test_nobody_is_remembered_once_the_log_has_forgotten(store: Store) -> None:
    rows = [attempt(at=at("09:00"), person="sam"), attempt(at=at("12:00"), person="ann")]
    with store.session() as session:
        log.write(session, Changes(tuple(map(Entry, rows)), (), ()))
        log.purge(session, at("11:00"))
        left = set(session.scalars(select(AttemptWhoRow.hour)))
        assert left == {hour_of(at("12:00"))}
        log.purge(session, at("13:00"))
        assert not session.scalars(select(AttemptWhoRow)).all()


def test_a_log_from_before_is_counted_by_the_migration(tmp_path: Path) -> None:
    rows = [
        attempt(at=at(f"{n // 4 + 8:02}:{n % 4 * 15:02}"), person=("", "sam")[n % 2], count=n + 1,
                groups=("7a", "y7") if n % 2 else (), device="" if n % 3 else "pc")
        for n in range(24)
    ]  # fmt: skip
    store = open_store(tmp_path / "b.db")
    with store.session() as session:
        log.write(session, Changes(tuple(map(Entry, rows)), (), ()))
    with store.reading() as session:
        counts = kept(session)
        there = {(row.hour, row.subject) for row in session.scalars(select(AttemptWhoRow))}
    store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    with engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0004")
        assert connection.scalar(text("SELECT count(*) FROM attempt")) == 24
    engine.dispose()
    store = open_store(tmp_path / "b.db")
    agrees(store)
    with store.reading() as session:
        assert kept(session) == counts
        assert {(r.hour, r.subject) for r in session.scalars(select(AttemptWhoRow))} == there
    store.close()


def test_hours_and_subjects() -> None:
    assert start_of(hour_of(at("09:59"))) == at("09:00")
    assert subject_of("person", "sam") == subject_of("person", "sam")
    assert len({subject_of(kind, "sam") for kind in ("person", "device", "group")}) == 3
    assert all(-(2**63) <= subject_of("person", str(n)) < 2**63 for n in range(1000))
