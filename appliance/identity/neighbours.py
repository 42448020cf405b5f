"""Address to MAC by the kernel's neighbour table (ARP and NDP), cheap enough for each miss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final

from appliance import clock
from appliance.identity import netlink

KEPT: Final = 1.0  # seconds that one dump of the table is relied on


def plain(address: str) -> str | None:
    """Return an address as the table has it; None for loopback and what is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    ip = (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
    return None if ip.is_loopback else str(ip)


class Neighbours:
    """The neighbour table, dumped at most once a second. One owner: not for several threads.

    Never raises: a table that cannot be read knows nobody, and then a client is what its
    network says, never more.
    """

    __slots__ = ("_dump", "_monotonic", "_read_at", "_table")

    def __init__(
        self,
        dump: Callable[[], Mapping[str, str]] = netlink.neighbours,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._dump = dump
        self._monotonic = monotonic
        self._table: Mapping[str, str] = {}
        self._read_at: float | None = None

    def mac_of(self, address: str) -> str | None:
        """Return the MAC behind an address, lower case with colons, or None.

        Loopback has none. A zone (``%eth0``) is left aside; ``::ffff:a.b.c.d`` is a.b.c.d.
        """
        ip = plain(address)
        if ip is None:
            return None
        self._refresh()
        return self._table.get(ip)

    def _refresh(self) -> None:
        now = self._monotonic()
        if self._read_at is not None and now - self._read_at < KEPT:
            return
        self._read_at = now
        try:
            self._table = self._dump()
        except (OSError, netlink.BadAnswerError):
            self._table = {}  # closed: an unknown MAC never earns a device's rights
