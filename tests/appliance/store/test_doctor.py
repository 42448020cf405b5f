"""What self-tests found is kept, told by role and period, and forgotten after a school year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.store import doctor
from appliance.store.doctor import KeptResult
from appliance.store.session import Store, open_store

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "bellgate.db")
    yield made
    made.close()


def result(level: str = "good", **more: str) -> KeptResult:
    said = {"role": "pupil", "network": "Classrooms", "period": "Break", "period_kind": "break",
            "about": "Facebook", "words": "It is blocked.", "host": "www.facebook.com",
            "expected": "blocked", "found": "blocked"}  # fmt: skip
    return KeptResult(level=level, **{**said, **more})


def put(store: Store, *results: KeptResult, at: datetime = AT, who: str = "schedule") -> int:
    with store.session() as session:
        return doctor.put(session, results, at=at, who=who, version=3).id


def test_a_run_is_kept_as_it_was(store: Store) -> None:
    whole = result("red", todo="Start the gate again."), result(host="x.com")
    number = put(store, *whole)
    with store.reading() as session:
        run = doctor.run(session, number)
        assert doctor.results(session, number) == whole
        assert doctor.run(session, number + 1) is None
    assert run is not None
    assert (run.at, run.who, run.version) == (AT, "schedule", 3)
    assert (run.level, run.tried, run.failed) == ("red", 2, 1)


def test_it_is_no_change_of_what_is_enforced(store: Store) -> None:
    from sqlalchemy import select

    from appliance.store.tables import Revision

    def revision() -> int | None:
        with store.reading() as session:
            return session.scalar(select(Revision.number))

    before = revision()
    put(store, result())
    assert revision() == before


def test_runs_come_newest_first_and_in_pages(store: Store) -> None:
    numbers = [put(store, result(), at=AT + timedelta(hours=n)) for n in range(5)]
    with store.reading() as session:
        first = doctor.runs(session, most=2)
        assert [run.id for run in first] == numbers[:-3:-1]
        rest = doctor.runs(session, most=9, before=first[-1].id)
        assert [run.id for run in rest] == numbers[2::-1]


def test_the_matrix_has_the_latest_of_each_role_and_kind_of_period(store: Store) -> None:
    put(store, result("red"), result(period_kind="lesson"))
    newest = put(store, result(), result("amber", host="x.com"), at=AT + timedelta(hours=1))
    put(store, KeptResult(about="DNS", level="red", words="Down."))  # of the gate itself
    with store.reading() as session:
        cells = {(c.role, c.period_kind): c for c in doctor.matrix(session)}
    assert set(cells) == {("pupil", "break"), ("pupil", "lesson")}
    cell = cells["pupil", "break"]
    assert (cell.run, cell.level, cell.tried, cell.failed) == (newest, "amber", 2, 1)
    assert cells["pupil", "lesson"].level == "good"


def test_what_was_expected_last_is_told_by_network_and_host(store: Store) -> None:
    put(store, result(expected="open"))
    number = put(store, result(), result(network="Hall", expected="open"))
    with store.reading() as session:
        found = doctor.expected_before(session, "pupil", "break")
        assert doctor.expected_before(session, "pupil", "lesson") == {}
    assert found == {
        "Classrooms www.facebook.com": ("blocked", number),
        "Hall www.facebook.com": ("open", number),
    }


def test_what_was_tried_today(store: Store) -> None:
    put(store, result(period_kind="lesson"), at=AT - timedelta(days=1))
    put(store, result(), KeptResult(about="DNS", level="good", words="Well."))
    with store.reading() as session:
        assert doctor.tried_since(session, AT - timedelta(hours=1)) == {("pupil", "break")}


def test_a_span_is_half_open(store: Store) -> None:
    for hours in (0, 1, 2):
        put(store, result(), at=AT + timedelta(hours=hours))
    with store.reading() as session:
        found = [run.at for run, _ in doctor.between(session, AT, AT + timedelta(hours=2))]
    assert found == [AT, AT + timedelta(hours=1)]


def test_what_is_older_than_it_has_to_be_is_forgotten(store: Store) -> None:
    old = put(store, result())
    put(store, result(), at=AT + doctor.KEPT)
    with store.reading() as session:
        assert doctor.run(session, old) is not None
    put(store, result(), at=AT + doctor.KEPT + timedelta(seconds=1))
    with store.reading() as session:
        assert doctor.run(session, old) is None
        assert doctor.results(session, old) == ()
