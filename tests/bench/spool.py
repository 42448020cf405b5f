"""What recording attempts costs: bytes written to the disk, CPU of the face, the recorder's pace.

``python -m tests.bench.spool [ATTEMPTS]``. A school hour is played: so many attempts, some of
them bursts, in groups as they would come in. Beside it the usual way: one SQLite transaction
for each attempt, written by the face itself, with the same table and indexes. Bytes are what
the process caused to be written (write_bytes of /proc/self/io, after a sync), so blocks
count that are written twice. On a file system in memory they are 0: give TMPDIR a disk.
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from appliance.attempts.attempt import Attempt
from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Spool
from appliance.store import attempts as log
from appliance.store.session import open_store
from tests.builders import at, attempt

# At 10,000 attempts an hour the recorder's ration (one transaction in five seconds) is 14.
GROUPS = (1, 14, 50, 200)
ATTEMPTS = 10_000
Work = Callable[[Path, list[Attempt]], Any]


def main(count: int = ATTEMPTS) -> int:
    """Measure, print, and return 0 when a face writes less than the usual way does."""
    made = hour(count)
    print(f"{count:,} attempts, {len({a.host for a in made})} hosts, 600 clients\n")
    print(f"{'':44}{'KB to disk':>11}{'CPU us':>9}{'beside':>10}")
    print(f"{'':44}{'per 1,000':>11}{'each':>9}")
    usual = apart(usual_way, made[: count // 4])
    per_usual = usual[0] / (count // 4)
    row("one SQLite transaction each (the usual way)", usual, count // 4, per_usual)
    spooled = apart(spool_one_by_one, made)
    row("Bellgate's spool, by the face", spooled, count, per_usual)
    for group in GROUPS:
        taken = apart(lambda place, m, g=group: record(place, m, g), made)
        row(f"spool and store, recorded {group} at a time", taken, count, per_usual)
    pace(made)
    return 0 if spooled[0] / count < per_usual / 10 else 1


def hour(count: int) -> list[Attempt]:
    """Return the attempts of an hour, in order: 600 clients, a third of it repeats."""
    dice = random.Random(1)
    hosts = [f"{dice.randrange(10**6)}.site{n % 97}.example" for n in range(400)]
    found: list[Attempt] = []
    for n in range(count):
        moment = at() + timedelta(seconds=3600 * n / count)
        if found and dice.random() < 0.33:
            again = found[-dice.randrange(1, min(20, len(found)) + 1)]
            found.append(replace(again, at=moment, last=moment))
            continue
        who = dice.randrange(600)
        found.append(
            attempt(
                dice.choice(hosts),
                at=moment,
                address=f"10.1.{who // 250}.{who % 250}",
                mac=f"00:11:22:33:{who // 250:02x}:{who % 250:02x}",
                device=f"laptop-{who}",
                device_name=f"Laptop {who}",
                person=f"pupil{who}",
                groups=("7a", "year7"),
            )
        )
    return found


def usual_way(place: Path, made: list[Attempt]) -> None:
    """Write each attempt to SQLite as it comes, in WAL mode with synchronous=NORMAL."""
    open_store(place / "b.db").close()
    peer = sqlite3.connect(place / "b.db", isolation_level=None)
    peer.execute("PRAGMA synchronous=NORMAL")
    names = [row[1] for row in peer.execute("PRAGMA table_info(attempt)")][1:]
    insert = f"INSERT INTO attempt ({','.join(f'{n!r}' for n in names)}) VALUES "
    insert += f"({','.join('?' * len(names))})"
    for one in made:
        values = {"lookups": 0, "groups": "[]", "at": 1, "last": 1}
        row_ = [values.get(name, getattr(one, name, 0)) for name in names]
        row_[0] = row_[1] = int(one.at.timestamp() * 1e6)
        row_[names.index("groups")] = str(list(one.groups))
        peer.execute(insert, row_)
    peer.close()


def spool_one_by_one(place: Path, made: list[Attempt]) -> None:
    """Append each attempt as it comes: what a face does."""
    spool = Spool(place / "spool", "dns")
    for one in made:
        spool.append([one])
    spool.close()


def record(place: Path, made: list[Attempt], group: int) -> None:
    """Append, and take into the store whenever so many have come."""
    spool, store = Spool(place / "spool", "dns"), open_store(place / "b.db")
    recorder = Recorder(place / "spool", store)
    for start in range(0, len(made), group):
        spool.append(made[start : start + group])
        recorder.drain()
    spool.close()
    recorder.drain()
    store.close()


def apart(work: Work, made: list[Attempt]) -> tuple[int, float]:
    """Do some work in a process of its own; return bytes it wrote to disk and CPU seconds."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(work, made, theirs))
    process.start()
    found: tuple[int, float] = ours.recv()
    process.join()
    return found


def _measured(work: Work, made: list[Attempt], end: Connection) -> None:
    with tempfile.TemporaryDirectory() as place:
        written, used = _written(), time.process_time()
        work(Path(place), made)
        used = time.process_time() - used
        os.sync()
        end.send((_written() - written, used))


def _written() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def row(name: str, found: tuple[int, float], count: int, per_usual: float) -> None:
    """Print a row: bytes for each thousand, CPU for each, and how many times less is written."""
    written, used = found
    ratio = f"{per_usual * count / written:9.1f}x" if written else "no disk"
    print(f"{name:44}{written / count * 1000 / 1024:11.1f}{used / count * 1e6:9.1f}{ratio:>10}")


def pace(made: list[Attempt]) -> None:
    """Print how fast a backlog goes into the store, and what it takes there."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        spool_one_by_one(place, made)
        spooled = sum(path.stat().st_size for path in (place / "spool").iterdir())
        store = open_store(place / "b.db")
        recorder, begun = Recorder(place / "spool", store), time.perf_counter()
        taken = 0
        while step := recorder.drain():
            taken += step
        seconds = time.perf_counter() - begun
        with store.reading() as s:
            rows = log.count(s)
        store.close()
        kept = (place / "b.db").stat().st_size
    print(f"\nA backlog is recorded at {taken / seconds:,.0f} attempts/s, as {rows:,} rows.")
    print(
        f"An attempt is {spooled / taken:.0f} bytes in the spool, {kept / taken:.0f} in the store."
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
