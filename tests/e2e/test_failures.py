"""The failure table of the design: each row made to happen, and what clients see then."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from appliance.store import settings
from tests.e2e import broken
from tests.e2e.gate import FACES, Gate
from tests.e2e.lab import GATE4, Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
EXPLICIT = ("--proxy", f"http://{GATE4}:3128")


def enforcing(lab: Lab) -> bool:
    """Whether each client gets what the policy says at break."""
    return (
        lab.pupil.curl("https://www.facebook.com/").status == 403
        and lab.staff.curl("https://x.com/").from_origin
        and lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"
        and lab.visitor.dig("www.bbc.co.uk").status == "NOERROR"
    )


def restart(gate: Gate, *program: str, how: signal.Signals = signal.SIGTERM) -> None:
    """End the faces and start them again, perhaps by another program."""
    gate.end(*FACES, how=how)
    gate.start(*FACES, program=program or ("-m", "appliance.cli"))


@pytest.fixture
def mended(gate: Gate) -> Iterator[None]:
    """Start the faces as they are meant to be when the test is over."""
    yield
    restart(gate)


def test_a_face_that_cannot_decide_is_closed(gate: Gate, lab: Lab, mended: None) -> None:
    restart(gate, "-m", "tests.e2e.broken", "decide")
    assert lab.pupil.dig(broken.HOST).status == "SERVFAIL"
    assert lab.pupil.curl(f"http://{broken.HOST}/", *EXPLICIT).status == 503
    tunnelled = lab.pupil.curl(f"https://{broken.HOST}/", *EXPLICIT)
    assert not tunnelled.from_origin
    assert lab.visitor.dig("plain.example.com").status == "NOERROR"  # and no other host suffers
    assert lab.pupil.curl("https://www.facebook.com/").status == 403
    assert "made to fail" in gate.logs()


@contextmanager
def missing(database: Path) -> Iterator[None]:
    """Move the database away, and back."""
    moved = []
    for path in (database, *(Path(f"{database}-{part}") for part in ("wal", "shm"))):
        if path.exists():
            moved.append((path, path.rename(path.with_name(f"{path.name}.away"))))
    yield
    for path, away in moved:
        away.replace(path)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the write lock of the database."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def corrupt(database: Path) -> Iterator[None]:
    """Spoil the database in place, then put a good copy there, as from a backup."""
    good = database.with_name("good.db")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(good)) as copy:
        source.backup(copy)
    with database.open("r+b") as file:
        file.write(os.urandom(max(65536, database.stat().st_size)))
    yield
    for part in ("wal", "shm"):
        Path(f"{database}-{part}").unlink(missing_ok=True)
    good.replace(database)


@pytest.mark.parametrize("trouble", [missing, locked, corrupt])
def test_enforcement_never_waits_for_the_database(
    gate: Gate, lab: Lab, trouble: Callable[[Path], AbstractContextManager[None]]
) -> None:
    host = f"{trouble.__name__}.facebook.com"
    with trouble(gate.data / "bellgate.db"):
        assert enforcing(lab)
        assert lab.visitor.dig(host).status == "NXDOMAIN"
        until(lambda: spooled(gate, host), "the attempt waits in the spool")
        restart(gate)  # a face that starts now needs no database either
        assert enforcing(lab)
        assert gate.processes["core"].poll() is None
        assert gate.level("database") == ("good" if trouble is locked else "amber")
    assert gate.level("database") == "good"
    assert gate.attempt_on(host)["verdict"] == "block"
    assert gate.change(lambda session: settings.put(session, "local_domains", [host])) < 5


def spooled(gate: Gate, text: str) -> bool:
    """Whether an attempt with a text lies in the spool."""
    files = [path for path in (gate.data / "spool").rglob("*") if path.is_file()]
    return any(text.encode() in path.read_bytes() for path in files)


def test_a_spoilt_snapshot_leaves_the_last_good_one(gate: Gate, lab: Lab) -> None:
    gate.change(lambda session: settings.put(session, "local_domains", ["one.example"]))
    gate.change(lambda session: settings.put(session, "local_domains", ["two.example"]))
    newest = max((gate.data / "snapshot").glob("*.snapshot"))
    before = gate.version("dns")
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 0xFF
    newest.write_bytes(content)
    assert enforcing(lab)  # those that have read it already have it whole
    restart(gate)
    now = gate.version("dns")
    assert now is not None
    assert before is not None
    assert now < before
    assert gate.level("proxy") == "amber"
    assert enforcing(lab)
    gate.change(lambda session: settings.put(session, "local_domains", ["three.example"]))
    assert gate.level("proxy") == "good"


def test_without_any_snapshot_social_media_is_closed_and_the_rest_open(
    gate: Gate, lab: Lab
) -> None:
    gate.end("core")
    kept = gate.data / "snapshot.kept"
    (gate.data / "snapshot").rename(kept)
    (gate.data / "snapshot").mkdir()
    try:
        restart(gate)
        assert (gate.level("proxy"), gate.level("snapshot")) == ("red", "red")
        for client in lab.clients():
            assert client.dig("www.bbc.co.uk").status == "NOERROR"
            assert client.curl("https://www.bbc.co.uk/").from_origin
            assert not client.curl("https://x.com/").from_origin
            assert not client.curl("https://www.facebook.com/").from_origin
            assert client.curl("https://www.childline.org.uk/").from_origin
    finally:
        (gate.data / "snapshot").rmdir()
        kept.rename(gate.data / "snapshot")
        gate.start("core")
        restart(gate)
    assert enforcing(lab)


def test_stale_answers_while_the_upstream_is_down(gate: Gate, lab: Lab) -> None:
    assert lab.visitor.dig("kept.brief.example.com").status == "NOERROR"
    lab.nameserver.send_signal(signal.SIGSTOP)
    try:
        fresh = lab.visitor.dig("never-asked.brief.example.com", "A", "+time=15")
        assert (fresh.status, fresh.answers) == ("SERVFAIL", ())
        assert fresh.ede in (22, 23)  # no reachable authority, network error (RFC 8914)
        began = time.monotonic()  # by now the answer that was kept has been out of date for long
        stale = lab.visitor.dig("kept.brief.example.com", "A", "+time=15")
        assert (stale.status, stale.ede) == ("NOERROR", 3)  # stale answer
        assert time.monotonic() - began < 5
        assert lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"
        assert lab.pupil.curl("https://www.facebook.com/").status == 403
    finally:
        lab.nameserver.send_signal(signal.SIGCONT)
    until(
        lambda: lab.visitor.dig("again.brief.example.com", "A", "+time=15").status == "NOERROR",
        "the upstream is asked again", 30,
    )  # fmt: skip


def test_a_dead_proxy_leaves_all_else_untouched(gate: Gate, lab: Lab, mended: None) -> None:
    gate.end("proxy", how=signal.SIGKILL)
    assert lab.pupil.curl("https://www.facebook.com/").exit == 7  # refused, nothing leaks
    assert (gate.level("proxy"), gate.level("dns")) == ("red", "good")
    assert not lab.staff.curl("https://x.com/").from_origin
    assert lab.pupil.curl("https://www.bbc.co.uk/").from_origin
    assert lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"
    gate.start("proxy")
    assert enforcing(lab)
