"""Gateway mode: the core looks up where steered sites really are, and tells the firewall's door.

Whoever goes there without asking our DNS, by a hosts file or an address of somebody else's, is
then led to the proxy all the same. Only names that the appliance may answer for are asked, of
the resolvers that our DNS asks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final

from dnslib import QTYPE, DNSError

from appliance import clock
from appliance.cli import scouted
from appliance.cli.addresses import Endpoint
from appliance.cli.places import Places
from appliance.firewall.told import MOST, SOCKET, Teller, Told
from appliance.kept_thread import KeptThread
from appliance.policy.names import is_address
from appliance.publish import files
from appliance.status.asking import lookup

EVERY: Final = 900.0  # seconds between two rounds; the door keeps what it hears for hours
TURN: Final = 1.0  # seconds between two looks for another policy
ALONE: Final = 60.0  # seconds until resolvers that do not answer are asked again
_AT_ONCE: Final = 4
_GIVEN_UP: Final = 8  # names in a row without an answer
_ANY: Final = 60  # seconds: the door keeps what nobody asked for by its own measure

log = logging.getLogger(__name__)

Ask = Callable[[Endpoint, str, str], tuple[tuple[bytes, ...], int]]


class Scout:
    """Fails to fewer addresses known: DNS and proxy steer all the same."""

    def __init__(
        self, places: Places, resolvers: Callable[[], tuple[Endpoint, ...]],
        stopping: threading.Event, ask: Ask | None = None,
    ) -> None:  # fmt: skip
        self._places, self._resolvers, self._stopping = places, resolvers, stopping
        self._ask = ask or addresses_of
        self._where = scouted.recalled(places.data)
        self._thread = KeptThread("scout", self._run, stopping)

    def look(self) -> None:
        """See that it goes on, where there is a door to tell. Never waits."""
        if (self._places.run / SOCKET).exists():
            self._thread.look()

    def join(self, longest: float) -> None:
        """Wait for the round to be given up, so many seconds at most."""
        self._thread.join(longest)

    def _run(self) -> None:
        teller, known, due = Teller(self._places.run), frozenset[str](), 0.0
        self._recall(teller)
        while not self._stopping.wait(TURN):
            wanted = self._wanted()
            if clock.monotonic() < due and wanted <= known:
                continue
            fresh = wanted if clock.monotonic() >= due else wanted - known
            whole = self._round(fresh, teller)
            known = wanted
            self._where = {
                host: found
                for host, found in self._where.items()
                if host in wanted or host.removeprefix("www.") in wanted
            }
            scouted.keep(self._places.data, self._where)
            if fresh == wanted or not whole:
                due = clock.monotonic() + (EVERY if whole else ALONE)
        teller.close()

    def _recall(self, teller: Teller) -> None:
        """Tell what an earlier run found at once, so that a restart opens nothing meanwhile."""
        for host, found in self._where.items():
            teller.tell(Told(b"", host, found[:MOST], _ANY))
            teller.flush()

    def _wanted(self) -> frozenset[str]:
        """Return the names to look up. No snapshot: none."""
        try:
            contents = files.read_current(self._places.snapshot).contents
        except (OSError, ValueError):
            return frozenset()
        return frozenset(name for name in contents.steerable if not is_address(name))

    def _round(self, names: frozenset[str], teller: Teller) -> bool:
        """Look names up and tell of them; False where the resolvers do not answer."""
        silent = 0
        for host, found, ttl in self._found(sorted(names)):
            silent = silent + 1 if found is None else 0
            if silent >= _GIVEN_UP or self._stopping.is_set():
                return False
            if found:
                self._where[host] = found
                teller.tell(Told(b"", host, found, ttl))
            teller.flush()
        return True

    def _found(self, names: list[str]) -> Iterator[tuple[str, tuple[bytes, ...] | None, int]]:
        """Yield (host, addresses or None where nobody answered, seconds), some at a time."""
        every = [*names, *(f"www.{name}" for name in names if not name.startswith("www."))]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for at in range(0, len(every), _AT_ONCE * 4):
                some = every[at : at + _AT_ONCE * 4]
                for host, (found, ttl) in zip(some, pool.map(self._one, some), strict=True):
                    yield host, found, ttl

    def _one(self, host: str) -> tuple[tuple[bytes, ...] | None, int]:
        found: list[bytes] = []
        least, answered = 3600, False
        for kind in ("A", "AAAA"):
            for where in self._resolvers():
                try:
                    some, ttl = self._ask(where, host, kind)
                except (OSError, DNSError, ValueError) as error:
                    log.debug("%s is not to be had of %s: %s", host, where[0], error)
                    continue
                answered, least = True, min(least, ttl)
                found += some[: MOST // 2]  # of each kind: the door takes no more of a host
                break
        return (tuple(found) if answered else None), least


def addresses_of(where: Endpoint, host: str, kind: str) -> tuple[tuple[bytes, ...], int]:
    """Ask a resolver for the addresses (packed) of a host, and how many seconds they hold.

    Raises:
        OSError: no answer in time.
        DNSError, ValueError: one that makes no sense.
    """
    answer = lookup(where, host, type_=kind)
    records = [rr for rr in answer.rr if rr.rtype == getattr(QTYPE, kind)]
    ttl = min((rr.ttl for rr in records), default=0)
    return tuple(ip_address(str(rr.rdata)).packed for rr in records), ttl
