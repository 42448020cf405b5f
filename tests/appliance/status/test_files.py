"""What lies in the data directory: new, old, missing, damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.status import files
from appliance.status.checks import Level

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


def test_the_age_of_the_newest_published_file(tmp_path: Path) -> None:
    assert files.snapshot(tmp_path, NOW).level is Level.RED
    assert files.snapshot(tmp_path / "none", NOW).level is Level.RED
    for name, age in (("old", 9000), ("new", 185)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (NOW.timestamp() - age,) * 2)
    check = files.snapshot(tmp_path, NOW)
    assert check.level is Level.GOOD
    assert "3 minutes ago" in check.words
    assert dict(check.facts) == {"age_seconds": 185}


def test_a_clock_set_back_gives_no_negative_age(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    os.utime(tmp_path / "new", (NOW.timestamp() + 50,) * 2)
    assert dict(files.snapshot(tmp_path, NOW).facts) == {"age_seconds": 0}


def test_the_spool_is_amber_when_it_grows(tmp_path: Path) -> None:
    assert files.spool(tmp_path / "none").level is Level.GOOD
    (tmp_path / "segment").write_bytes(bytes(files.SPOOL_AMBER + 1))
    check = files.spool(tmp_path)
    assert check.level is Level.AMBER
    assert dict(check.facts) == {"bytes": files.SPOOL_AMBER + 1}


def test_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a school's #1.db"
    assert files.database(path).level is Level.AMBER
    assert not path.exists(), "a look must not make one"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert files.database(path).level is Level.GOOD
    path.write_bytes(b"not a database, but long enough to be read as one" * 99)
    assert files.database(path).level is Level.AMBER


def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(files.ROOM_AMBER))
    assert files.room(tmp_path).level is Level.GOOD
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(files.ROOM_AMBER - 1))
    assert files.room(tmp_path).level is Level.AMBER


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "a moment"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7200, "2 hours"),
     (86400 * 3, "3 days")],
)  # fmt: skip
def test_ages_are_spoken(seconds: int, words: str) -> None:
    assert files.spoken_age(timedelta(seconds=seconds)) == words
