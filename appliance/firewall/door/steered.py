"""The real addresses of hosts that are steered or refused for anybody, as far as we know them.

Whoever goes there without asking our DNS (a hosts file, another resolver) is led to the proxy
all the same, which reads the name. The core looks them up now and then; what DNS gave to a
class of clients for whom the host passes counts as well.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from appliance.firewall.door.rules import Seen
from appliance.firewall.learned import steered
from appliance.firewall.nft import Nft, NftError
from appliance.firewall.settings import Placed
from appliance.firewall.told import Told
from appliance.policy.plan import DnsPlan, plan, steerable
from appliance.policy.situation import Query

KEPT: Final = 6 * 3600  # seconds: the core looks again long before
_MOST: Final = 20_000  # addresses

log = logging.getLogger(__name__)


class Steered:
    """Fills the ``steered`` sets. An address leaves them by its time alone."""

    def __init__(self, nft: Nft) -> None:
        self._nft = nft
        self._seen: Seen | None = None
        self._every: tuple[Placed, ...] = ()
        self._known: dict[str, tuple[str, float]] = {}  # address -> host, until
        self._wanted: dict[str, bool] = {}
        self._told: dict[str, float] = {}
        self._new: list[str] = []

    def __len__(self) -> int:
        return len(self._told)

    def begin(self, seen: Seen, every: tuple[Placed, ...], *, afresh: bool) -> None:
        """Judge by this from now on. afresh: the kernel may have forgotten what it was told."""
        self._seen, self._every = seen, every
        self._wanted.clear()
        if afresh:
            self._told.clear()
        for address, (host, _) in self._known.items():
            if address not in self._told and self._is_wanted(host):
                self._new.append(address)
        self.flush()

    def hear(self, one: Told, given: Iterable[bytes], now: float) -> None:
        """Take in addresses of a host; what is not steered for anybody is only remembered."""
        if self._seen is None or not steerable(one.host, self._seen.snapshot):
            return
        wanted = self._is_wanted(one.host)
        for packed in given:
            address = str(ip_address(packed))
            if not self._outside(address):
                continue
            if address not in self._known and len(self._known) >= _MOST:
                continue
            self._known[address] = (one.host, now + KEPT)
            if wanted and self._told.get(address, 0.0) < now + KEPT / 2:
                self._told[address] = now + KEPT
                self._new.append(address)

    def flush(self) -> None:
        """Tell the kernel what is new."""
        new, self._new = self._new, []
        if not new:
            return
        try:
            self._nft.apply(steered(new, KEPT))
        except NftError as error:  # fails to the next look-up; DNS steers all the same
            log.error("steered addresses cannot be told to the kernel: %s", error)
            for address in new:
                self._told.pop(address, None)

    def forget(self, now: float) -> None:
        """Forget what is over."""
        self._known = {a: (host, until) for a, (host, until) in self._known.items() if until > now}
        self._told = {a: until for a, until in self._told.items() if until > now}

    def _is_wanted(self, host: str) -> bool:
        found = self._wanted.get(host)
        if found is None:
            found = self._wanted[host] = self._is_steered(host)
        return found

    def _is_steered(self, host: str) -> bool:
        seen = self._seen
        if seen is None:
            return False
        queries = (
            Query(one.client, host, seen.now.at, clock_trusted=seen.now.trusted)
            for one in self._every
        )
        return any(plan(query, seen.snapshot).dns is not DnsPlan.PASS for query in queries)

    def _outside(self, address: str) -> bool:
        """Whether an address may be one of the internet's: never our own school's."""
        ip = ip_address(address)
        nowhere = ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
        inside = self._seen is not None and self._seen.snapshot.register.network_of(address)
        return not (nowhere or inside)
