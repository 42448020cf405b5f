"""The listener of RADIUS accounting: hears access points, answers what was taken down.

Fails to nothing said: what is not from a known access point, not signed with its secret, torn,
stale or heard before changes nothing, is counted, and never raises. What cannot be kept is not
answered, so that it is sent again (RFC 2866 section 2).
"""

from __future__ import annotations

import select
import socket
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from appliance import clock
from appliance.identity.radius import LONGEST, BadPacketError, Packet, Record, read, record

FRESH: Final = 300  # seconds that the access point's clock and ours may differ by
AGAIN: Final = 30.0  # seconds for which a request sent again is answered again
BATCH: Final = 64  # requests kept in one transaction
MOST: Final = 20_000  # requests remembered


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose requests are taken: access points or a RADIUS server at these addresses."""

    prefix: IPv4Network | IPv6Network
    secret: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that is new and proven. source: the sender's address."""

    source: str
    record: Record
    packet: Packet
    secret: bytes


class Memory:
    """Requests that were answered, so that none counts twice."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], tuple[float, bytes]] = OrderedDict()

    def put(self, source: str, packet: Packet, answer: bytes, now: float) -> None:
        """Remember a request and its answer."""
        self._kept[(source, packet.raw[:20])] = (now, answer)  # signed: its head tells it apart
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def answer(self, source: str, packet: Packet, now: float) -> tuple[bool, bytes]:
        """Return whether a request was heard before, and what to answer it again; maybe nothing."""
        found = self._kept.get((source, packet.raw[:20]))
        if found is None:
            return False, b""
        return True, found[1] if now - found[0] <= AGAIN else b""


class Listener:
    """Sorts datagrams. senders: who may speak, asked for each batch. keep: takes records down in
    one transaction; False where it could not.
    """

    def __init__(
        self,
        senders: Callable[[], Sequence[Sender]],
        keep: Callable[[Sequence[Heard]], bool],
        real: Callable[[], datetime] = clock.real,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._senders, self._keep, self._real, self._monotonic = senders, keep, real, monotonic
        self._memory = Memory()
        self.counts: Counter[str] = Counter()

    def hear(self, datagrams: Iterable[tuple[bytes, Any]]) -> list[tuple[bytes, Any]]:
        """Take down a batch of datagrams; return the answers, each with where to."""
        senders, now = self._senders(), self._monotonic()
        answers: list[tuple[bytes, Any]] = []
        fresh: dict[tuple[str, bytes], tuple[Heard, Any]] = {}
        for data, peer in datagrams:
            try:
                heard = self._proven(data, plain(str(peer[0])), senders)
            except BadPacketError:
                self.counts["rubbish"] += 1
                continue
            if heard is None:
                continue
            known, again = self._memory.answer(heard.source, heard.packet, now)
            if known or (heard.source, heard.packet.raw) in fresh:
                self.counts["duplicate" if again or not known else "replayed"] += 1
                answers += [(again, peer)] if again else []
            elif self._stale(heard.record):
                self.counts["stale"] += 1
            else:
                fresh[(heard.source, heard.packet.raw)] = (heard, peer)
        return answers + self._taken(list(fresh.values()), now)

    def _taken(self, fresh: list[tuple[Heard, Any]], now: float) -> list[tuple[bytes, Any]]:
        if not fresh:
            return []
        if not self._keep([heard for heard, _ in fresh]):
            self.counts["not kept"] += len(fresh)
            return []
        self.counts["taken"] += len(fresh)
        answers = []
        for heard, peer in fresh:
            answer = heard.packet.response(heard.secret)
            self._memory.put(heard.source, heard.packet, answer, now)
            answers.append((answer, peer))
        return answers

    def _proven(self, data: bytes, source: str, senders: Sequence[Sender]) -> Heard | None:
        """Raises: BadPacketError."""
        sender = _sender(source, senders)
        if sender is None:
            self.counts["stranger"] += 1
            return None
        packet = read(data)
        if not packet.signed_with(sender.secret):
            self.counts["forged"] += 1
            return None
        return Heard(source, record(packet), packet, sender.secret)

    def _stale(self, said: Record) -> bool:
        """Whether it tells of another time: recorded once, and played again."""
        if said.at is None:
            return False
        return abs(self._real().timestamp() - said.at - said.delay) > FRESH


def serve(
    sockets: Sequence[socket.socket],
    listener: Listener,
    stopping: Callable[[], bool],
    turn: Callable[[], None] = lambda: None,
) -> None:
    """Hear and answer on UDP sockets until told to stop. turn: called twice a second or more."""
    for sock in sockets:
        sock.setblocking(False)
    while not stopping():
        for sock in select.select(sockets, [], [], 0.5)[0]:
            for answer, peer in listener.hear(_waiting(sock)):
                try:
                    sock.sendto(answer, peer)
                except OSError:
                    listener.counts["not answered"] += 1  # it asks again
        turn()


def _waiting(sock: socket.socket) -> list[tuple[bytes, Any]]:
    found: list[tuple[bytes, Any]] = []
    while len(found) < BATCH:
        try:
            found.append(sock.recvfrom(LONGEST + 1))
        except OSError:
            break
    return found


def plain(address: str) -> str:
    """Return an address without a zone, IPv4 as IPv4."""
    ip = ip_address(address.partition("%")[0])
    return str((ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip)


def _sender(source: str, senders: Sequence[Sender]) -> Sender | None:
    """Return the narrowest one that holds an address."""
    ip = ip_address(source)
    fitting = [one for one in senders if ip in one.prefix]
    return max(fitting, key=lambda one: one.prefix.prefixlen, default=None)
