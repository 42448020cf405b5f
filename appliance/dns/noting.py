"""Gateway mode: the firewall's door hears which addresses each client is given, before it is.

Each (client, answer) is told once in the answer's life. What finds its answer on the shelf is
told by the count that the hot loop makes anyway: the first of each client meets ``__missing__``.
Outside gateway mode there is nothing of this, not even a question whether it is wanted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Final

from dnslib import DNSError

from appliance.dns.forwarded import parted
from appliance.dns.handler import Reply
from appliance.dns.records import read_response
from appliance.dns.shelf import Finished
from appliance.dns.targets import targets_of
from appliance.dns.wire import MalformedError
from appliance.firewall.told import MOST, Teller, Told

_LEAST: Final = 1  # seconds that an answer is told to last


class _Noted(dict[bytes, int]):
    """Counts of sources, the first of each told."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, source: bytes) -> int:
        self._tell(source)
        return 0


class _NotedAndCounted(_Noted):
    """The same for an answer that is written down: each is counted as well."""

    def __init__(self, tell: Callable[[bytes], None], counts: defaultdict[bytes, int]) -> None:
        super().__init__(tell)
        self._counts = counts

    def __setitem__(self, source: bytes, count: int) -> None:
        super().__setitem__(source, count)
        self._counts[source] += 1


class Noting:
    """Tells the door. Fails to a signal too many: an answer never waits for the telling."""

    def __init__(self, teller: Teller) -> None:
        """Tell by this teller."""
        self._teller = teller
        self.flush = teller.flush
        self.close = teller.close

    def note(self, reply: Reply, finished: Finished) -> None:
        """From now on each client that is given this answer is told, once."""
        if reply.judged is None:
            return
        tell = partial(self._tell, reply.judged.host, *_given(finished.message))
        if finished.counts is None:
            finished.counts = _Noted(tell)
        elif isinstance(finished.counts, defaultdict):
            finished.counts = _NotedAndCounted(tell, finished.counts)

    def _tell(self, host: str, addresses: tuple[bytes, ...], ttl: int, source: bytes) -> None:
        self._teller.tell(Told(parted(source)[0], host, addresses, ttl))


def _given(message: bytes) -> tuple[tuple[bytes, ...], int]:
    """Return the addresses in an answer of ours, and for how many seconds they hold."""
    try:
        response = read_response(message)
        found = targets_of(response).addresses
    except (MalformedError, DNSError):  # passed on as it came: then it led nowhere we know of
        return (), _LEAST
    addresses = tuple(dict.fromkeys(address.packed for address in found))[:MOST]
    return addresses, max(_LEAST, response.lifetime())
