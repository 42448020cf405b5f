"""The core goes on publishing while names that look alike cannot be kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance import clock
from appliance.cli import core
from appliance.cli.places import Places
from appliance.look_alikes import feed
from appliance.look_alikes.feed import Feed
from appliance.store import look_alikes, settings
from appliance.store.session import open_store
from tests.appliance.cli.test_core import change, offset, until
from tests.appliance.cli.test_core import places as running

places = running
REFUSE = """CREATE TRIGGER refuse BEFORE INSERT ON look_alike
BEGIN SELECT RAISE(ABORT, 'no room'); END"""


@pytest.fixture
def refusing(places: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Give a gate whose database takes no look-alike."""
    monkeypatch.setattr(core, "LATER", 0.5)
    with sqlite3.connect(places.database) as connection:
        connection.execute(REFUSE)
    connection.close()
    return places


def told(run: Path, places: Places) -> None:
    store = open_store(places.database)
    with store.reading() as session:
        moved = float(settings.get(session, "clock_offset", 0))
    store.close()
    worker = Feed(run)
    worker.begin(clock.now(moved).at.date())
    worker.note("faceb00k.example", b"\x7f\0\x0a\5")
    worker.flush()


def waits(places: Places) -> int:
    store = open_store(places.database)
    with store.reading() as session:
        found = look_alikes.count_open(session)
    store.close()
    return found


def test_everything_else_goes_on_and_the_name_is_kept_later(
    refusing: Places, caplog: pytest.LogCaptureFixture
) -> None:
    told(refusing.run, refusing)
    until(lambda: "names that look alike cannot be kept" in caplog.text)
    change(refusing, 60.0)
    until(lambda: offset(refusing) == 60.0)
    assert waits(refusing) == 0
    assert len(feed.waiting(refusing.run)) == 1
    with sqlite3.connect(refusing.database) as connection:
        connection.execute("DROP TRIGGER refuse")
    connection.close()
    until(lambda: waits(refusing) == 1)
    until(lambda: feed.waiting(refusing.run) == ())
