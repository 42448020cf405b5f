"""What lies in the data directory: snapshot, spool, database, room on the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from appliance.status.checks import Check, Level

SPOOL_AMBER: Final = 1 << 20  # bytes: some thousand attempts that the store does not have yet
ROOM_AMBER: Final = 200 << 20  # bytes
WAIT: Final = 1.0  # seconds to wait for a busy database


def snapshot(directory: Path, now: datetime) -> Check:
    """Say how old the newest published file is. ``now`` is real time."""
    times = [entry.stat().st_mtime for entry in _files(directory)]
    if not times:
        return Check("snapshot", Level.RED, f"Nothing is published in {directory}.")
    published = datetime.fromtimestamp(max(times), UTC)
    age = max(timedelta(0), now - published)
    words = f"The newest snapshot was published {spoken_age(age)} ago."
    return Check("snapshot", Level.GOOD, words, (("age_seconds", round(age.total_seconds())),))


def spool(directory: Path) -> Check:
    """Say how much waits to be taken into the store."""
    waiting = sum(entry.stat().st_size for entry in _files(directory))
    if waiting > SPOOL_AMBER:
        words = f"{waiting / 1e6:.1f} MB of attempts wait to be taken into the store."
        return Check("spool", Level.AMBER, words, (("bytes", waiting),))
    return Check("spool", Level.GOOD, "The attempts are in the store.", (("bytes", waiting),))


def database(path: Path) -> Check:
    """Read from the store without changing it."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT)
    except sqlite3.Error as error:
        return _broken(path, error)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return _broken(path, error)
    finally:
        connection.close()
    return Check("database", Level.GOOD, "The database answers.")


def writable(path: Path) -> bool:
    """Whether the store could be written to now: it is there, whole, and nobody holds it."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)
    except sqlite3.Error:
        return False
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True


def room(data: Path) -> Check:
    """Say how much room the disk has."""
    free = shutil.disk_usage(data).free
    facts = (("free_bytes", free),)
    if free < ROOM_AMBER:
        return Check("disk", Level.AMBER, f"Only {free // 1_000_000} MB are free.", facts)
    return Check("disk", Level.GOOD, f"{free / 1e9:.1f} GB are free.", facts)


def spoken_age(age: timedelta) -> str:
    """Return an age as a person says it: ``3 minutes``."""
    seconds = int(age.total_seconds())
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "a moment"


def _broken(path: Path, error: sqlite3.Error) -> Check:
    words = f"{path} cannot be read ({error}). Enforcement goes on, attempts wait in the spool."
    return Check("database", Level.AMBER, words)


def _files(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return [entry for entry in entries if entry.is_file()]
    except FileNotFoundError:
        return []
