"""What queries notice while a list is replaced: none lost, none late, or how many."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from dnslib import DNSRecord

from tests.bench.lists_servers import SOURCE

RATE = 500  # queries a second
LATE = 0.1  # seconds: what a person begins to feel
CALM = 10.0  # seconds
LONGEST = 600  # seconds that a swap may take
PATIENCE = 5.0  # seconds: what a stub resolver waits at first (resolv.conf(5))


@dataclass(frozen=True)
class Noticed:
    """Seconds the swap took; queries sent, late and never answered; the longest wait in ms."""

    seconds: float
    sent: int
    late: int
    lost: int
    longest: float

    @property
    def late_share(self) -> float:
        """Which share of the queries was answered late."""
        return self.late / max(1, self.sent)


class Steady:
    """Asks a server for an open name at a steady rate, whether it answers or not."""

    def __init__(self, port: int, name: str = "warm.bench.example") -> None:
        self._packet = DNSRecord.question(name).pack()[2:]
        self._sent: list[float] = []
        self._answered: dict[int, float] = {}
        self._stop = threading.Event()
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._sock.bind((SOURCE, 0))
        self._sock.connect(("127.0.0.1", port))
        self._sock.settimeout(0.2)
        self._threads = [threading.Thread(target=work) for work in (self._ask, self._hear)]

    def __enter__(self) -> Steady:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._sock.close()

    def _ask(self) -> None:
        begun = time.monotonic()
        while not self._stop.is_set():
            number = len(self._sent)
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            self._sent.append(time.monotonic())
            try:
                self._sock.send((number & 0xFFFF).to_bytes(2) + self._packet)
            except OSError:  # refused while a server is away: the query is lost
                continue

    def _hear(self) -> None:
        quiet_since = time.monotonic()
        while not self._stop.is_set() or (
            len(self._answered) < len(self._sent) and time.monotonic() - quiet_since < PATIENCE
        ):
            try:
                packet = self._sock.recv(2000)
            except OSError:
                continue
            quiet_since = time.monotonic()
            low = int.from_bytes(packet[:2])
            newest = len(self._sent) - 1
            number = newest - ((newest - low) & 0xFFFF)  # of those asked with this id the last
            self._answered.setdefault(number, quiet_since)

    def noticed(self, seconds: float) -> Noticed:
        """Return what came of it all."""
        waits = [at - self._sent[number] for number, at in self._answered.items()]
        return Noticed(
            seconds, len(self._sent), sum(wait > LATE for wait in waits),
            len(self._sent) - len(waits), 1000 * max(waits, default=0.0),
        )  # fmt: skip


def calm(port: int) -> Noticed:
    """Ask steadily while nothing happens: what this machine makes late by itself."""
    with Steady(port) as steady:
        time.sleep(CALM)
    return steady.noticed(CALM)


def swap(port: int, begin: Callable[[], None], done: Callable[[], bool]) -> Noticed:
    """Ask steadily while a list is replaced, and a second on either side."""
    with Steady(port) as steady:
        time.sleep(1)
        begun = time.monotonic()
        begin()
        while not done() and time.monotonic() - begun < LONGEST:
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        time.sleep(1)
    return steady.noticed(seconds)
