"""The power goes, the card is full: enforcement goes on, and every attempt counts once."""

from __future__ import annotations

import itertools
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from dnslib import RCODE, DNSRecord

from tests.e2e.gate import ALL, Gate
from tests.e2e.lab import GATE4, Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
GATHERED = 1.5  # seconds: attempts are gathered for up to one before they are written
PAUSE = 0.005  # seconds between two knocks


class Knocking:
    """A visitor who asks for one blocked name after another, each name once."""

    def __init__(self, lab: Lab, prefix: str) -> None:
        self.answered: dict[str, float] = {}
        self._lab, self._prefix = lab, prefix
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._knock, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait."""
        self._stop.set()
        self._thread.join(10)

    def _knock(self) -> None:
        with self._lab.visitor.machine.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.2)
            for number in itertools.count():
                if self._stop.wait(PAUSE):
                    return
                host = f"{self._prefix}{number}.facebook.com"
                try:
                    sock.sendto(bytes(DNSRecord.question(host).pack()), (GATE4, 53))
                    reply = DNSRecord.parse(sock.recv(4096))
                    if reply.header.rcode == RCODE.NXDOMAIN and reply.q.qname == host:
                        self.answered[host] = time.monotonic()
                except OSError:
                    continue  # the gate is down; the name is not asked for again


def test_after_a_power_cut_it_enforces_and_no_attempt_is_lost_or_doubled(
    gate: Gate, lab: Lab
) -> None:
    cuts: list[tuple[float, float]] = []
    knocking = Knocking(lab, "cut")
    try:
        for _ in range(3):
            began = len(knocking.answered)
            until(lambda n=began: len(knocking.answered) > n + 200, "knocks", 20)  # type: ignore[misc]
            before = time.monotonic()
            gate.end(*ALL, how=signal.SIGKILL)
            cuts.append((before - GATHERED, time.monotonic()))
            gate.start()
            assert lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"
            assert lab.pupil.curl("https://www.facebook.com/").status == 403
    finally:
        knocking.stop()
    safe = {
        host
        for host, at in knocking.answered.items()
        if not any(before < at < after for before, after in cuts)
    }
    assert safe

    def counted() -> Counter[str]:
        rows = [row for row in gate.attempts() if row["host"].startswith("cut")]
        found: Counter[str] = Counter()
        for row in rows:
            found[row["host"]] += int(row["count"])
        return found

    until(lambda: safe <= set(counted()), "every attempt is in the store", 20)
    twice = {host: n for host, n in counted().items() if n != 1}
    assert not twice


@pytest.fixture
def small_card(gate: Gate) -> Iterator[Path]:
    """The spool on a card of 256 KiB."""
    spool = gate.data / "spool"
    gate.end()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "bellgate-test", str(spool)], check=True
    )
    gate.start()
    yield spool
    gate.end()
    subprocess.run(["umount", str(spool)], check=True)
    gate.start()


def test_enforcement_goes_on_with_the_disk_full(gate: Gate, lab: Lab, small_card: Path) -> None:
    filler = small_card / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        _fill(file)
    for number in range(20):
        assert lab.visitor.dig(f"full{number}.facebook.com").status == "NXDOMAIN"
    for _ in range(5):
        assert lab.pupil.curl("https://www.facebook.com/full").status == 403
        assert lab.staff.curl("https://x.com/full").from_origin
    until(lambda: gate.health()["spool"] != "ok", "the proxy says that it has trouble")
    filler.unlink()
    lab.visitor.dig("room-again.facebook.com")
    gate.attempt_on("room-again.facebook.com")
    assert lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"


def _fill(file: IO[bytes]) -> None:
    while True:
        file.write(bytes(4096))
