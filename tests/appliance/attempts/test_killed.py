"""kill -9 of any process at any point: in the end every spooled attempt is recorded once.

Writers note in a file of their own what they are about to append and what they have
appended: what was appended must be there once, what was about to be may be there once.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Limits, Spool
from appliance.store import attempts as log
from appliance.store.session import open_store
from tests.builders import at, attempt

# Forked from a server that has everything imported: kills hit work, not starting up.
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
WRITERS, KILLS = 3, 40


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
        time.sleep(random.random() / 500)


def record(directory: Path) -> None:
    """Drain until killed."""
    store = open_store(directory / "b.db")
    recorder = Recorder(directory / "spool", store)
    while True:
        recorder.drain()


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
    wait_for_work(tmp_path)
    try:
        for life in range(1, KILLS):
            time.sleep(random.random() / 10)
            victim = random.choice([random.randrange(len(running)), WRITERS])
            running[victim].kill()
            running[victim].join()
            running[victim] = starts[victim](life)
            running[victim].start()
    finally:
        for process in running:
            process.kill()
            process.join()
    check(tmp_path)


def wait_for_work(directory: Path) -> None:
    """Return once every writer has written and the recorder has recorded something."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if len(list(directory.glob("*.notes"))) == WRITERS and (directory / "b.db").exists():
            return
        time.sleep(0.01)
    pytest.fail("the processes did not start")


def check(directory: Path) -> None:
    """Compare the writers' notes with the log."""
    store = open_store(directory / "b.db")
    Recorder(directory / "spool", store).drain()
    found: Counter[str] = Counter()
    with store.reading() as s:
        for kept in log.select(s):
            found[kept.attempt.host] += kept.attempt.count + kept.lookups
    store.close()
    about, done = Counter[str](), Counter[str]()
    batches = Counter[str]()
    for path in directory.glob("*.notes"):
        for line in path.read_text().splitlines():
            word, *hosts = line.split()
            (about if word == "about" else done).update(hosts)
            batches[f"{path.stem} {word}"] += 1
    assert sum(done.values()) > 1000
    assert not done - found, "lost"
    for n in range(WRITERS):
        same = found.pop(f"{n}-same.example")
        assert batches[f"{n} done"] <= same <= batches[f"{n} about"]
    assert not found - about, "twice, or never made"
    assert list((directory / "spool").glob("*.seg")) == []
