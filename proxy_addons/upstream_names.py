"""Names of web servers, asked of the upstream resolver itself: never our own DNS, no loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Iterable
from ipaddress import ip_address
from typing import Final

import aiodns
import pycares

from appliance import clock
from proxy_addons.settings import Address

LONGEST, SHORTEST, KEPT = 300.0, 1.0, 4096  # seconds, seconds, names
ASKING: Final = 2.0  # seconds for one try
TRIES: Final = 2


class NoAddressError(Exception):
    """A name has no address that may be connected to; the message says why."""


def refusal(address: str, own: Container[str], *, local: bool) -> str | None:
    """Return why an address is not connected to, None where it may be. Pure.

    own: the appliance's addresses. local: the name is of the school's own zones, whose
    private addresses are no rebinding.
    """
    ip = ip_address(address)
    if str(ip) in own:
        return "it leads back to this appliance"
    if ip.is_loopback or ip.is_unspecified or ip.is_multicast or ip.is_link_local:
        return "it leads to no place on the internet"
    if not ip.is_global and not local:
        return "it leads into the school's own network"
    return None


class UpstreamNames:
    """Resolves names by the upstream resolver, and keeps answers for their TTL."""

    def __init__(
        self,
        upstreams: Iterable[Address],
        refused: Callable[[str, str], str | None],
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Set up. refused: (host, address) to the reason why not, or None."""
        self._upstreams = [_spelt(address) for address in upstreams]
        self._refused = refused
        self._monotonic = monotonic
        self._resolver: aiodns.DNSResolver | None = None
        self._kept: dict[str, tuple[float, str]] = {}

    async def address_of(self, host: str) -> str:
        """Return one address of a host, IPv4 before IPv6.

        Raises:
            NoAddressError: no such name, no answer, or only addresses that are refused.
        """
        until, address = self._kept.get(host, (0.0, ""))
        if self._monotonic() < until:
            return address
        if not self._upstreams:
            raise NoAddressError("no upstream resolver is set")
        why = "the name has no address"
        for kind in ("A", "AAAA"):
            found, reason = await self._ask(host, kind)
            for address, ttl in found:
                refused = self._refused(host, address)
                if refused is None:
                    self._keep(host, address, ttl)
                    return address
                reason = refused
            why = reason or why
        raise NoAddressError(why)

    def forget(self, host: str) -> None:
        """Ask again next time: the address did not answer."""
        self._kept.pop(host, None)

    async def close(self) -> None:
        """Let go of the resolver's sockets."""
        if self._resolver is not None:
            await self._resolver.close()

    async def _ask(self, host: str, kind: str) -> tuple[list[tuple[str, float]], str]:
        if self._resolver is None:  # made here: it wants a running loop
            self._resolver = aiodns.DNSResolver(
                self._upstreams, asyncio.get_running_loop(), timeout=ASKING, tries=TRIES
            )
        try:
            result = await self._resolver.query_dns(host, kind)
        except aiodns.error.DNSError as error:
            missing = error.args[0] in (
                aiodns.error.ARES_ENODATA, aiodns.error.ARES_ENOTFOUND,
            )  # fmt: skip
            return [], "" if missing else f"the resolver says: {error.args[-1]}"
        found = []
        for record in result.answer:
            if isinstance(record.data, pycares.ARecordData | pycares.AAAARecordData):
                found.append((str(record.data.addr), float(record.ttl)))
        return found, ""

    def _keep(self, host: str, address: str, ttl: float) -> None:
        if len(self._kept) >= KEPT:
            self._kept.clear()
        until = self._monotonic() + min(max(ttl, SHORTEST), LONGEST)
        self._kept[host] = (until, address)


def _spelt(address: Address) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
