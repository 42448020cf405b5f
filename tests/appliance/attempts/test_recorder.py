"""The recorder: exactly once, and nothing lost while the store is away."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy.exc import SQLAlchemyError

from appliance.attempts import recorder as recording
from appliance.attempts.recorder import Ration, Recorder
from appliance.attempts.spool import Limits, Spool
from appliance.store import attempts as log
from appliance.store import session
from appliance.store.session import Store, open_store
from tests.builders import at, attempt


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked database says so at once."""
    monkeypatch.setattr(session, "PATIENCE", 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store."""
    opened = open_store(tmp_path / "b.db")
    yield opened
    opened.close()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Give a spool beside it."""
    made = Spool(tmp_path / "spool", "dns")
    yield made
    made.close()


def hosts(store: Store) -> list[str]:
    """Return the hosts in the log, as often as each was counted."""
    with store.reading() as s:
        return sorted(
            kept.attempt.host
            for kept in log.select(s)
            for _ in range(kept.attempt.count + kept.lookups)
        )


def names(*numbers: int) -> list[str]:
    """Return what ``fill`` writes for these numbers."""
    return sorted(f"{n}.example" for n in numbers)


def fill(spool: Spool, *numbers: int) -> None:
    """Append an attempt at a host of its own for each number."""
    for n in numbers:
        spool.append([attempt(f"{n}.example", at=at() + timedelta(seconds=n))])


def test_what_is_spooled_is_recorded_once(store: Store, spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "spool", store)
    assert recorder.drain() == 0
    fill(spool, 1, 2)
    assert recorder.drain() == 2
    assert recorder.drain() == 0
    fill(spool, 3)
    assert Recorder(tmp_path / "spool", store).drain() == 1  # another one goes on from there
    assert hosts(store) == names(1, 2, 3)


def test_every_field_comes_back(store: Store, spool: Spool, tmp_path: Path) -> None:
    made = attempt(
        mac="00:11:22:33:44:55", device="d1", device_name="Laptop 1", person="sam",
        groups=("7a", "y7"), url="https://facebook.com/x", method="GET", search="term",
    )  # fmt: skip
    spool.append([made])
    Recorder(tmp_path / "spool", store).drain()
    with store.reading() as s:
        (kept,) = log.select(s)
    assert kept.attempt == made
    assert kept.local("Europe/London").isoformat() == "2026-11-23T09:30:00+00:00"


def test_a_burst_goes_on_in_its_row_across_drains_and_restarts(
    store: Store, spool: Spool, tmp_path: Path
) -> None:
    recorder = Recorder(tmp_path / "spool", store)
    for n in range(6):
        spool.append([attempt(at=at() + timedelta(seconds=n))])
        recorder.drain()
        if n == 2:
            recorder = Recorder(tmp_path / "spool", store)
    with store.reading() as s:
        (kept,) = log.select(s)
    assert kept.attempt.count == 6
    assert kept.attempt.last == at() + timedelta(seconds=5)


def test_finished_segments_go_once_the_store_has_them_for_good(
    store: Store, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool", "dns", limits=Limits(segment=1, sync=0.01))
    fill(spool, 1, 2)
    spool.close()
    recorder = Recorder(tmp_path / "spool", store)
    with mock.patch.object(Store, "settle", return_value=False):
        assert recorder.drain() == 2
    assert len(list((tmp_path / "spool").iterdir())) == 2  # committed, but not on the disk yet
    assert recorder.drain() == 0
    assert list((tmp_path / "spool").iterdir()) == []
    assert hosts(store) == names(1, 2)


def test_a_live_segment_stays(store: Store, spool: Spool, tmp_path: Path) -> None:
    fill(spool, 1)
    Recorder(tmp_path / "spool", store).drain()
    assert len(list((tmp_path / "spool").iterdir())) == 1
    fill(spool, 2)
    assert Recorder(tmp_path / "spool", store).drain() == 1


def test_a_name_that_is_used_again_is_another_segment(store: Store, tmp_path: Path) -> None:
    for n in (1, 2):
        spool = Spool(tmp_path / "spool", "dns")
        fill(spool, n)
        spool.close()
        Recorder(tmp_path / "spool", store).drain()  # and takes the file away
    assert hosts(store) == names(1, 2)


def test_many_go_in_turns(
    store: Store, spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "BATCH", 10)
    fill(spool, *range(35))
    with mock.patch.object(Store, "session", autospec=True, side_effect=Store.session) as asked:
        assert Recorder(tmp_path / "spool", store).drain() == 35
    assert asked.call_count == 4
    assert hosts(store) == names(*range(35))


def test_nothing_new_does_not_touch_the_store(store: Store, spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "spool", store)
    fill(spool, 1)
    recorder.drain()
    with mock.patch.object(Store, "session", side_effect=AssertionError("asked")):
        assert recorder.drain() == 0


def test_a_torn_tail_of_a_dead_writer_is_passed_over_and_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool", "dns")
    fill(spool, 1, 2)
    spool.close()
    (path,) = (tmp_path / "spool").iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    recorder = Recorder(tmp_path / "spool", store)
    assert recorder.drain() == 1
    assert recorder.skipped > 0
    assert "make no sense" in caplog.text
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_segment_without_a_head_is_put_aside_and_told(
    store: Store, spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(spool, 1)
    (tmp_path / "spool" / "dns-1-0.seg").write_bytes(b"\0" * 4096)
    recorder = Recorder(tmp_path / "spool", store)
    assert recorder.drain() == 1
    assert recorder.skipped == 4096
    assert "put aside" in caplog.text
    assert (tmp_path / "spool" / "dns-1-0.bad").exists()


def test_a_locked_store_leaves_everything_in_the_spool(
    store: Store, spool: Spool, tmp_path: Path
) -> None:
    recorder = Recorder(tmp_path / "spool", store)
    fill(spool, 1)
    recorder.drain()
    other = sqlite3.connect(tmp_path / "b.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    fill(spool, 2)
    for _ in range(2):
        with pytest.raises(SQLAlchemyError, match="locked"):
            recorder.drain()
    fill(spool, 3)  # the face has noticed nothing
    other.rollback()
    other.close()
    assert recorder.drain() == 2
    assert hosts(store) == names(1, 2, 3)


@pytest.mark.parametrize("where", ["write", "put_places"])
def test_an_error_half_way_leaves_neither_rows_nor_places(
    store: Store, spool: Spool, tmp_path: Path, where: str
) -> None:
    recorder = Recorder(tmp_path / "spool", store)
    fill(spool, 1)
    recorder.drain()
    fill(spool, 1, 2)  # one of them grows a row
    real = getattr(log, where)

    def fail(*args: object) -> None:
        real(*args)
        raise ZeroDivisionError

    with mock.patch.object(log, where, fail), pytest.raises(ZeroDivisionError):
        recorder.drain()
    assert hosts(store) == names(1)
    assert recorder.drain() == 2
    assert hosts(store) == names(1, 1, 2)


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_without_its_database_the_face_goes_on_and_the_next_one_gets_it_all(
    spool: Spool, tmp_path: Path, harm: str
) -> None:
    first = open_store(tmp_path / "b.db")
    fill(spool, 1)
    for path in tmp_path.glob("b.db*"):
        path.unlink() if harm == "deleted" else path.write_bytes(os.urandom(8192))
    if harm == "damaged":
        with pytest.raises(SQLAlchemyError):
            Recorder(tmp_path / "spool", first).drain()
    first.close()
    fill(spool, 2)
    for path in tmp_path.glob("b.db*"):
        path.unlink()
    second = open_store(tmp_path / "b.db")
    assert Recorder(tmp_path / "spool", second).drain() == 2
    assert hosts(second) == names(1, 2)
    second.close()


def test_a_ration_spares_the_card_and_delays_nothing_on_a_quiet_day(
    store: Store, spool: Spool, tmp_path: Path
) -> None:
    now = [0.0]
    ration = Ration(at_once=2, each=5.0, now=lambda: now[0])
    recorder = Recorder(tmp_path / "spool", store, ration=ration)

    def drained(after: float, *, hurry: bool = False) -> int:
        now[0] += after
        fill(spool, int(now[0] * 10))
        return recorder.drain(hurry=hurry)

    assert [drained(0.1), drained(0.1), drained(0.1), drained(4.0), drained(1.0)] == [1, 1, 0, 0, 3]
    assert drained(0.1) == 0
    assert drained(0.1, hurry=True) == 2
    assert [drained(1000), drained(0.1), drained(0.1)] == [1, 1, 0]  # saved up, but no more


def test_looking_at_an_empty_spool_costs_no_ration(store: Store, tmp_path: Path) -> None:
    ration = Ration(at_once=1, each=5.0, now=lambda: 0.0)
    recorder = Recorder(tmp_path / "spool", store, ration=ration)
    assert [recorder.drain() for _ in range(3)] == [0, 0, 0]
    assert ration.take()
