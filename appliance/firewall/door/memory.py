"""What clients were answered: (client, address) to host, for as long as they may use it. PURE.

A client is its MAC where the kernel knows one, since who asks over IPv4 connects over IPv6;
else its address. Times are monotonic seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

GRACE: Final = 1800.0  # seconds: programs use an address for longer than its answer lasts
MOST_OF_ONE: Final = 2000  # addresses of one client, so that no one fills it for all
MOST: Final = 200_000  # addresses of all clients; the kernel's sets take more
HOSTS: Final = 64  # names behind one address of a client; the newest count
_NAMES: Final = 16_000  # names of one client: with many addresses it has fewer names at each
_FEWEST: Final = 8
LOST: Final = ""  # stands for names that had to make room: what they were nobody knows
MOST_OVERFULL: Final = 10_000  # clients

Saved = list[tuple[str, str, float, list[tuple[str, list[tuple[str, float]]]]]]


@dataclass(slots=True)
class Known:
    """One client. address: where it asked from last. heard_at: when. by: its addresses' hosts.

    hosts: until when each name holds, by address, the newest last.
    """

    address: str
    heard_at: float
    hosts: dict[str, dict[str, float]] = field(default_factory=dict)


class Memory:
    """Bounded: of a client the oldest addresses go, of all clients those heard of longest ago."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._clients: dict[str, Known] = {}
        self._size = 0
        self.changes = 0  # counts up with each answer
        self._gone: list[tuple[str, str]] = []
        self.overfull: dict[str, float] = {}  # clients that lost addresses, and for how long

    def __len__(self) -> int:
        return self._size

    def heard(
        self, address: str, mac: str | None, host: str, given: Iterable[bytes], ttl: int, now: float
    ) -> tuple[str, list[str]]:
        """Remember an answer. Return who it was given to, and its addresses as text."""
        who = mac or address
        self.changes += 1
        found = self._clients.pop(who, None)
        known = found or Known(address, now)
        known.address, known.heard_at = address, now
        self._clients[who] = known
        until, texts = now + ttl + GRACE, [str(ip_address(one)) for one in given]
        for text in texts:
            hosts = known.hosts.pop(text, None)
            self._size += hosts is None
            hosts = hosts or {}
            hosts.pop(host, None)
            hosts[host] = until
            most = max(_FEWEST, min(HOSTS, _NAMES // (len(known.hosts) + 1)))
            while len(hosts) - (LOST in hosts) > most:
                lost = hosts.pop(next(one for one in hosts if one != LOST))
                hosts[LOST] = max(lost, hosts.get(LOST, 0.0))
            known.hosts[text] = hosts
        self._make_room(who, known)
        return who, texts

    def gone(self) -> list[tuple[str, str]]:
        """Return the (client, address) pairs that had to make room since the last call."""
        gone, self._gone = self._gone, []
        return gone

    def _make_room(self, who: str, known: Known) -> None:
        while len(known.hosts) > self._most_of_one:
            text = next(iter(known.hosts))
            self._push_out(who, {text: known.hosts.pop(text)})
        while self._size > self._most and len(self._clients) > 1:
            silent = next(iter(self._clients))
            self._push_out(silent, self._clients.pop(silent).hosts)

    def _push_out(self, who: str, texts: Mapping[str, Mapping[str, float]]) -> None:
        if not texts:
            return
        self._gone += [(who, text) for text in texts]
        self._size -= len(texts)
        until = max(longest(hosts) for hosts in texts.values())
        self.overfull[who] = max(until, self.overfull.get(who, 0.0))
        if len(self.overfull) > MOST_OVERFULL:
            del self.overfull[next(iter(self.overfull))]

    def hosts(self, address: str, mac: str | None, to: str) -> tuple[str, ...]:
        """Return the names for which a client was given an address, the newest last."""
        found: dict[str, None] = {}
        for who in (address, mac):
            known = self._clients.get(who) if who else None
            found.update(dict.fromkeys(known.hosts.get(to, ()) if known else ()))
        return tuple(host for host in found if host != LOST)

    def heard_at(self, address: str, mac: str | None) -> float | None:
        """Return when a client asked last, None where it never did."""
        times = [self._clients[who].heard_at for who in (address, mac) if who in self._clients]
        return max(times, default=None)

    def every(self) -> Iterator[tuple[str, Known]]:
        """Yield each client with what it knows, whoever was heard of last first."""
        yield from [(who, known) for who, known in reversed(self._clients.items())]

    def forget(self, now: float) -> None:
        """Forget what is over."""
        self.overfull = {who: until for who, until in self.overfull.items() if until > now}
        for who, known in list(self._clients.items()):
            for text, hosts in list(known.hosts.items()):
                for host in [host for host, until in hosts.items() if until <= now]:
                    del hosts[host]
                if not hosts:
                    del known.hosts[text]
                    self._size -= 1
            if not known.hosts and now - known.heard_at > GRACE:
                del self._clients[who]

    def saved(self) -> Saved:
        """Return all of it as plain values."""
        return [
            (who, one.address, one.heard_at, [(a, list(h.items())) for a, h in one.hosts.items()])
            for who, one in self._clients.items()
        ]

    def take(self, saved: Saved, now: float) -> None:
        """Take over what another process saved, as far as it makes sense."""
        for who, address, heard_at, entries in saved[: self._most]:
            hosts = {a: dict(pairs[-HOSTS - 1 :]) for a, pairs in entries[: self._most_of_one]}
            self._clients[who] = Known(address, min(heard_at, now), hosts)
        self._size = sum(len(known.hosts) for known in self._clients.values())
        self.forget(now)


def longest(hosts: Mapping[str, float]) -> float:
    """Return until when the last of an address's names holds."""
    return max(hosts.values())
