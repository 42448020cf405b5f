"""kill -9 of any process at any point: in the end every spooled attempt is recorded once.

First under load at random, then the recorder alone, at calls spread over all of its work.

Writers note in a file of their own what they are about to append and what they have
appended: what was appended must be there once, what was about to be may be there once.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from types import FrameType

import pytest

from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Limits, Spool
from appliance.store import attempts as log
from appliance.store.session import Store, open_store
from tests.builders import at, attempt

# Forked from a server that has everything imported: kills hit work, not starting up.
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
WRITERS, KILLS, POINTS = 3, 30, 24


def write(directory: Path, number: int, life: int) -> None:
    """Append attempts under load until killed, in batches of any size."""
    spool = Spool(directory / "spool", f"w{number}", limits=Limits(segment=20_000, sync=0.02))
    notes = os.open(directory / f"{number}.notes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    at_ = at() + timedelta(seconds=life)
    n = 0
    while True:
        batch = [f"{number}-{life}-{n + i}.example" for i in range(random.randint(1, 7))]
        n += len(batch)
        os.write(notes, f"about {' '.join(batch)}\n".encode())
        # Repeats too, so that counts grow in rows that are there already.
        spool.append(attempt(h, at=at_) for h in (*batch, f"{number}-same.example"))
        os.write(notes, f"done {' '.join(batch)}\n".encode())
        time.sleep(random.random() / 30)  # the recorder keeps up, on any machine


def record(directory: Path) -> None:
    """Drain until killed."""
    notes = os.open(directory / f"{WRITERS}.turns", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    store = open_store(directory / "b.db")
    recorder = Recorder(directory / "spool", store)
    while True:
        if recorder.drain():
            os.write(notes, b".")


def record_until(directory: Path, point: int, calls: Synchronized[int]) -> None:
    """Drain once, and die at a call of a function, Python's or C's."""
    store = open_store(directory / "b.db")
    recorder = Recorder(directory / "spool", store)
    with store.reading() as s:  # what is done once in a process is no part of the work
        log.open_rows(s)

    def count(_: FrameType, event: str, __: object) -> None:
        if event in ("call", "c_call"):
            calls.value += 1
            if calls.value == point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    recorder.drain()
    os._exit(0)


def test_every_spooled_attempt_is_in_the_store_once(tmp_path: Path) -> None:
    random.seed(os.getpid())
    starts: list[Callable[[int], BaseProcess]] = [
        lambda life, n=n: CONTEXT.Process(target=write, args=(tmp_path, n, life))
        for n in range(WRITERS)
    ]
    starts.append(lambda life: CONTEXT.Process(target=record, args=(tmp_path,)))
    running = [start(0) for start in starts]
    for process in running:
        process.start()
    try:
        for life in range(1, KILLS):
            victim = random.choice([random.randrange(len(running)), WRITERS])
            wait_for_work(tmp_path, victim)
            time.sleep(random.random() / 30)
            running[victim].kill()
            running[victim].join()
            running[victim] = starts[victim](life)
            running[victim].start()
    finally:
        for process in running:
            process.kill()
            process.join()
    check(tmp_path)


def wait_for_work(directory: Path, victim: int) -> None:
    """Return once a process has done something from now on."""

    def done() -> int:
        return sum(path.stat().st_size for path in directory.glob(f"{victim}.*"))

    before, deadline = done(), time.monotonic() + 60
    while done() <= before:
        if time.monotonic() > deadline:
            pytest.fail("a process does nothing")
        time.sleep(0.002)


def test_the_recorder_killed_at_any_call_records_once(tmp_path: Path) -> None:
    expected: Counter[str] = Counter()
    whole = 0
    for life in range(POINTS):
        fill(tmp_path, life, expected)
        # Spread over the whole of the work, and beyond: it is a little longer each time.
        died, _ = one_drain(tmp_path, 1 + whole * 5 * life // (4 * POINTS) if life else -1)
        assert died or life == 0 or life > POINTS / 2
        fill(tmp_path, life, expected)
        died, whole = one_drain(tmp_path, -1)
        assert not died
        store = open_store(tmp_path / "b.db")
        assert counted(store) == expected
        store.close()


def fill(directory: Path, life: int, expected: Counter[str]) -> None:
    """Leave a finished segment, which the next drain takes in and removes."""
    spool = Spool(directory / "spool", "dns")
    batch = [f"{life}.example", "same.example", "same.example"]
    spool.append(attempt(host, at=at() + timedelta(seconds=life)) for host in batch)
    spool.close()
    expected.update(batch)


def one_drain(directory: Path, point: int) -> tuple[bool, int]:
    """Drain in a process that dies at a call; return whether it did and how many it made."""
    calls = CONTEXT.Value("i", 0)
    process = CONTEXT.Process(target=record_until, args=(directory, point, calls))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0, calls.value


def counted(store: Store) -> Counter[str]:
    """Return how often each host is in the log."""
    found: Counter[str] = Counter()
    with store.reading() as s:
        for kept in log.select(s):
            found[kept.attempt.host] += kept.attempt.count + kept.lookups
    return found


def check(directory: Path) -> None:
    """Compare the writers' notes with the log."""
    store = open_store(directory / "b.db")
    recorder = Recorder(directory / "spool", store)
    while recorder.drain():
        pass
    found = counted(store)
    store.close()
    about, done = Counter[str](), Counter[str]()
    batches = Counter[str]()
    for path in directory.glob("*.notes"):
        for line in path.read_text().splitlines():
            word, *hosts = line.split()
            (about if word == "about" else done).update(hosts)
            batches[f"{path.stem} {word}"] += 1
    assert sum(done.values()) > 200
    assert not done - found, "lost"
    for n in range(WRITERS):
        same = found.pop(f"{n}-same.example")
        assert batches[f"{n} done"] <= same <= batches[f"{n} about"]
    assert not found - about, "twice, or never made"
    assert list((directory / "spool").glob("*.seg")) == []
