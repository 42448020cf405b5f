"""A whole DNS worker in a thread, on ports of its own, with a school on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dnslib import EDNS0, DNSRecord, EDNSOption

from appliance.attempts.attempt import Attempt
from appliance.dns.noting import Noting
from appliance.dns.selector import ServingSelector
from appliance.dns.server import Server, opened
from appliance.dns.upstream import Upstream
from appliance.identity.stand_in import StandIns
from appliance.look_alikes.feed import Feed
from appliance.policy.domains import ListIndex, NoLists
from appliance.policy.model import Ownership
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Network
from tests.builders import at, contents

PUPIL, STAFF, VISITOR, STRANGER = "127.0.10.5", "127.0.20.5", "127.0.30.5", "127.0.99.5"
STEER = "127.0.0.80"
NETWORKS = (
    Network(
        id="pupils", name="Classrooms", prefixes=("127.0.10.0/24",), role="pupil",
        ownership=Ownership.SCHOOL, trusts_ca=True,
    ),
    Network(
        id="staff", name="Staff", prefixes=("127.0.20.0/24", "::1/128"), role="staff",
        trusts_ca=True,
    ),
    Network(id="guests", name="Guests", prefixes=("127.0.30.0/24",), role="visitor"),
)  # fmt: skip


def school(now: datetime | None = None, **more: Any) -> Contents:
    """Return the little school on loopback. now: a rehearsed instant, lesson by default."""
    offset = ((now or at("09:30")) - datetime.now(UTC)).total_seconds()
    values = {"networks": NETWORKS, "steer_ipv4": (STEER,), "clock_offset": offset, **more}
    return contents(**values)


class FixedHolder:
    """Holds what the test gives it."""

    def __init__(self, given: Contents, lists: ListIndex | None = None) -> None:
        self.snapshot = Snapshot(given, lists or NoLists())
        self.state = "current"
        self._swapped = False

    def swap(self, **more: Any) -> None:
        """Publish changed contents."""
        self.snapshot = Snapshot(replace(self.snapshot.contents, **more), self.snapshot.lists)
        self._swapped = True

    def refresh(self) -> bool:
        """Say once that there is something new."""
        swapped, self._swapped = self._swapped, False
        return swapped


class ListSpool:
    """Keeps what is appended."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.closed = False

    def append(self, attempts: Iterable[Attempt]) -> None:
        """Keep attempts."""
        self.attempts += attempts

    def close(self) -> None:
        """Note that it is closed."""
        self.closed = True


class NoNeighbours:
    """Knows the MACs it is given."""

    def __init__(self, **macs: str) -> None:
        self.macs = macs
        self._before: dict[str, str] = {}

    def mac_of(self, address: str) -> str | None:
        """Return a MAC."""
        return self.macs.get(address)

    def changed(self) -> frozenset[str]:
        """Return whose MAC is another since the last call."""
        before, self._before = self._before, dict(self.macs)
        return frozenset(a for a, mac in self.macs.items() if before.get(a) != mac)


class Gate:
    """A running worker. ``ask`` is a client of it."""

    def __init__(
        self,
        holder: FixedHolder,
        upstreams: Iterable[tuple[str, int]] = (),
        host: str = "127.0.0.1",
        neighbours: NoNeighbours | None = None,
        patience: tuple[float, ...] = (0.3, 0.3),
        run: Path = Path("/nonexistent"),
        pair: tuple[socket.socket, socket.socket] | None = None,
        noting: Noting | None = None,
    ) -> None:
        self.holder, self.spool = holder, ListSpool()
        self._stack = contextlib.ExitStack()
        pair = pair or self._opened(host)
        self.address: tuple[str, int] = pair[0].getsockname()[:2]
        if host in ("0.0.0.0", "::"):
            self.address = ("127.0.0.1" if host == "0.0.0.0" else "::1", self.address[1])
        selector = ServingSelector()
        self._loop = asyncio.SelectorEventLoop(selector)
        self._stop = asyncio.Event()
        self.server = Server(
            selector, [pair], holder, neighbours or NoNeighbours(), self.spool,
            Upstream(tuple(upstreams), patience, avoided_for=0.5), StandIns(run), Feed(run),
            noting=noting,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _opened(self, host: str) -> tuple[socket.socket, socket.socket]:
        for _ in range(50):
            with contextlib.suppress(OSError):  # free over UDP, but not over TCP
                return self._stack.enter_context(opened((host, 0)))
        raise OSError("no port is free")

    def _run(self) -> None:
        self._loop.run_until_complete(self.server.run(self._stop))
        self._loop.close()

    def stop(self) -> None:
        """Stop it as SIGTERM would."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._stack.close()

    def raw(self, packet: bytes, source: str = STAFF, patience: float = 3.0) -> bytes | None:
        """Send bytes from an address, return what comes back; None: silence."""
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1" if family == socket.AF_INET6 else source, 0))
            sock.connect(self.address)
            sock.settimeout(patience)
            sock.send(packet)
            try:
                return sock.recv(65535)
            except TimeoutError:
                return None

    def ask(self, name: str, qtype: str = "A", source: str = STAFF, **more: Any) -> DNSRecord:
        """Ask for a name over UDP."""
        packet = query(name, qtype, **more)
        answer = self.raw(packet, source)
        assert answer is not None, f"no answer to {name} {qtype}"
        assert answer[:2] == packet[:2]
        return DNSRecord.parse(answer)


def query(
    name: str, qtype: str = "A", *, edns: int | None = None, options: Any = (), qclass: str = "IN",
    do: bool = False, ad: bool = False,
) -> bytes:  # fmt: skip
    """Return a query. edns: the UDP size, None for no OPT; options: (code, data)."""
    record = DNSRecord.question(name, qtype, qclass)
    record.header.ad = int(ad)
    if edns is not None or options or do:
        opts = [EDNSOption(code, data) for code, data in options]
        record.add_ar(EDNS0(udp_len=edns or 1232, flags="do" if do else "", opts=opts))
    return bytes(record.pack())


def by_tcp(address: tuple[str, int], *packets: bytes, source: str = STAFF) -> list[DNSRecord]:
    """Send queries on one connection, all at once, and return as many answers."""
    with socket.create_connection(address, 3, (source, 0)) as sock:
        sock.sendall(b"".join(struct.pack("!H", len(p)) + p for p in packets))
        return [DNSRecord.parse(next_of(sock)) for _ in packets]


def next_of(sock: socket.socket) -> bytes:
    """Return the next message of a TCP connection."""
    return exactly(sock, struct.unpack("!H", exactly(sock, 2))[0])


def exactly(sock: socket.socket, size: int) -> bytes:
    """Return so many bytes."""
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        assert part, "the connection ended early"
        data += part
    return data


def addresses(answer: DNSRecord) -> list[str]:
    """Return what the answer section says, as text."""
    return [str(record.rdata) for record in answer.rr]


def errors(answer: DNSRecord) -> list[tuple[int, str]]:
    """Return the extended errors of an answer."""
    options = [o for r in answer.ar if r.rtype == 41 for o in r.rdata if o.code == 15]
    return [(int.from_bytes(o.data[:2]), o.data[2:].decode()) for o in options]


def eventually(true: Callable[[], bool], patience: float = 5.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


@contextlib.contextmanager
def gate(*args: Any, **more: Any) -> Iterator[Gate]:
    """Run a worker."""
    running = Gate(*args, **more)
    try:
        yield running
    finally:
        running.stop()


SECOND = timedelta(seconds=1)
