"""The core process: it publishes and records, and no state of the database ends it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from appliance import clock
from appliance.attempts.attention import Attention
from appliance.attempts.spool import Spool
from appliance.cli import core, recorded, storing
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.publish.hold import Holder
from appliance.store import settings
from appliance.store.session import open_store
from appliance.store.tables import PolicyVersion
from tests.appliance.cli.test_attempts import ROWS


def until(check: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """A gate's data directory with its core running on it."""
    monkeypatch.setattr(core, "RETRY", 0.1)
    made = Places(tmp_path / "data")
    prepare(made, Ports(), None, None)
    stopping = threading.Event()
    thread = threading.Thread(target=core.serve, args=(made.data, stopping))
    thread.start()
    yield made
    stopping.set()
    thread.join(20)
    assert not thread.is_alive()


def change(places: Places, seconds: float) -> None:
    store = open_store(places.database)
    with store.session() as session:
        settings.put(session, "clock_offset", seconds)
    store.close()


def offset(places: Places) -> float:
    return Holder(places.snapshot).snapshot.contents.clock_offset


def on_record(places: Places) -> int:
    store = open_store(places.database)
    with store.reading() as session:
        found = len(recorded.chosen(session, recorded.Asked()))
    store.close()
    return found


def spool(places: Places) -> None:
    writer = Spool(places.spool, "test")
    writer.append(ROWS)
    writer.close()


def test_changes_are_published_and_attempts_recorded(places: Places) -> None:
    change(places, 60.0)
    until(lambda: offset(places) == 60.0, 5.0)
    spool(places)
    until(lambda: on_record(places) == len(ROWS))


def test_without_a_database_it_waits_and_makes_no_empty_one(
    places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: offset(places) == 0.0)
    kept = places.data / "kept.db"
    places.database.rename(kept)
    until(lambda: "is missing" in caplog.text)
    spool(places)
    assert not places.database.exists()
    assert Holder(places.snapshot).state == "current", "enforcement goes on"
    shutil.copy(kept, places.database)
    until(lambda: places.database.exists() and on_record(places) == len(ROWS))
    change(places, 90.0)
    until(lambda: offset(places) == 90.0)


def test_a_damaged_database_is_no_end(places: Places, caplog: pytest.LogCaptureFixture) -> None:
    good = places.data / "good.db"
    until(lambda: offset(places) == 0.0)
    places.database.rename(good)
    places.database.write_bytes(b"not a database at all" * 500)
    until(lambda: "cannot be used" in caplog.text)
    assert Holder(places.snapshot).state == "current"
    places.database.unlink()
    good.rename(places.database)
    change(places, 120.0)
    until(lambda: offset(places) == 120.0)


def test_a_reader_finds_everything_however_the_ration_stands(places: Places) -> None:
    """More is spooled, one by one, than the core would take in by itself in this time."""
    attention = Attention(places.run)
    writer = Spool(places.spool, "test")
    for hour in range(30):
        later = ROWS[0].at + timedelta(hours=hour)
        writer.append([replace(ROWS[0], at=later, last=later)])
        assert attention.wait(attention.ask())
        assert on_record(places) == hour + 1
    writer.close()


def test_it_says_when_a_change_is_in_force(places: Places) -> None:
    until(lambda: storing.followed(places.run, 1.0))
    for offset_wanted in (60.0, 90.0):
        change(places, offset_wanted)
        assert storing.followed(places.run, 20.0)
        assert offset(places) == offset_wanted


def test_it_says_nothing_of_what_it_cannot_publish(places: Places) -> None:
    until(lambda: storing.followed(places.run, 1.0))
    store = open_store(places.database)
    with store.session() as session:
        session.add(PolicyVersion(text="no: policy", source="x", author="x", reason="",
                                  at=clock.real()))  # fmt: skip
    store.close()
    assert not storing.followed(places.run, 1.0)
