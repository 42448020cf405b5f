"""What the DNS face tells the core of names that nobody classified: how many use them.

A worker keeps, for each host that passes by default, the bits of its clients (``use``); now
and then it writes what is new into a file of its own and forgets it. The core takes the
files in and removes them. The workers of a day share a salt, in a file that only this user
can read; it is removed when the day is over, and then nobody can tell whom a bit stood for.
Nothing leaves the machine, no address is written, and no query waits for any of it: what
cannot be written is dropped, and enforcement is not asked.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from appliance.look_alikes.use import PLACES, place

FOLDER: Final = "name-use"  # below the directory in which a gate says what it does
MOST_HOSTS: Final = 2_000  # in memory of a worker between two tellings, and in a file
MOST_FILES: Final = 200  # that wait: with the core away, more would fill the disk
LONGEST: Final = 2 << 20  # bytes of a file that is read
_SALT: Final = "salt-"
_TAKEN: Final = ".json"


class Feed:
    """One worker's counts. ``note`` costs a hash and an addition; it never raises."""

    def __init__(self, run: Path) -> None:
        """Count for the gate whose ``run`` directory this is."""
        self._folder = run / FOLDER
        self._day: date | None = None
        self._salt = b""
        self._bits: dict[str, int] = {}
        self._name, self._number = secrets.token_hex(8), 0

    def begin(self, day: date) -> None:
        """Count for a day of the school's from now on; what was counted before is written."""
        if day != self._day:
            self.flush()
            self._day, self._salt = day, _salt_of(self._folder, day)

    def note(self, host: str, source: bytes) -> None:
        """Count a client (packed address) of a host today; nothing before a day was begun."""
        if not self._salt:
            return
        found = self._bits.get(host)
        if found is not None or len(self._bits) < MOST_HOSTS:
            self._bits[host] = (found or 0) | place(source, self._salt)

    def flush(self) -> None:
        """Write what is new. A disk or folder that cannot take it loses it: nobody is named."""
        bits, self._bits = self._bits, {}
        if not bits or self._day is None:
            return
        self._number += 1
        name = f"{self._name}-{self._number}{_TAKEN}"
        said = {"day": self._day.isoformat(), "hosts": {h: f"{b:x}" for h, b in bits.items()}}
        draft = self._folder / f".{name}"
        try:
            if sum(1 for _ in self._folder.glob(f"*{_TAKEN}")) < MOST_FILES:
                draft.write_text(json.dumps(said), encoding="ascii")
                draft.rename(self._folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def waiting(run: Path) -> tuple[Path, ...]:
    """Return the files that workers have written, the oldest first."""
    try:
        found = [(p.stat().st_mtime_ns, p) for p in (run / FOLDER).glob(f"[!.]*{_TAKEN}")]
    except OSError:
        return ()
    return tuple(path for _, path in sorted(found))


def read(path: Path) -> tuple[date, dict[str, int]]:
    """Return the day and the bits of each host in a file.

    Raises:
        OSError: it cannot be read. ValueError: it is none of ours.
    """
    if path.stat().st_size > LONGEST:
        raise ValueError(f"{path.name} is too large")
    try:
        said = json.loads(path.read_text(encoding="ascii"))
    except RecursionError as error:
        raise ValueError(f"{path.name} is nested too deeply") from error
    if not isinstance(said, dict) or not isinstance(said.get("hosts"), dict):
        raise ValueError(f"{path.name} does not tell of hosts")
    return date.fromisoformat(str(said.get("day"))), dict(_bits(said["hosts"]))


def forget(run: Path, today: date) -> None:
    """Remove the salt of every other day: from now on nobody can tell whom its bits stood for."""
    for path in (run / FOLDER).glob(f"{_SALT}*"):
        if path.name != f"{_SALT}{today.isoformat()}":
            path.unlink(missing_ok=True)


def _bits(hosts: dict[object, object]) -> Iterator[tuple[str, int]]:
    for host, text in list(hosts.items())[:MOST_HOSTS]:
        bits = int(str(text), 16)
        if not 0 <= bits < 1 << PLACES:
            raise ValueError(f"the bits of {str(host)[:80]!r} are too many")
        yield str(host), bits


def _salt_of(folder: Path, day: date) -> bytes:
    """Return the day's salt; one of our own where the file cannot be used (counts run high)."""
    path = folder / f"{_SALT}{day.isoformat()}"
    made = secrets.token_bytes(32)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f".{_SALT}{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_bytes(made)
        try:
            os.link(draft, path)  # whole or not at all, and only the first
        except FileExistsError:
            made = path.read_bytes()
        finally:
            draft.unlink(missing_ok=True)
    except OSError:
        return made
    return made if 1 <= len(made) <= 64 else secrets.token_bytes(32)
