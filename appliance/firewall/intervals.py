"""Prefixes as intervals that do not overlap, as nftables wants them in a map. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, collapse_addresses, ip_network
from typing import Any, Final

ADDRESS: Final = {4: IPv4Address, 6: IPv6Address}

Interval = tuple[int, int]


def version(text: str) -> int:
    """Return 4 or 6 for an address or prefix."""
    return ip_network(text, strict=False).version


def disjoint(pairs: Iterable[tuple[str, Any]], family: int) -> list[tuple[str, str, Any]]:
    """Return (first, last, value) in order, none overlapping: of two prefixes the narrower holds.

    pairs: a prefix and what it stands for; of equal prefixes the first holds, as it does for
    ``Register``. family: 4 or 6; the other's prefixes are left out. Raises ValueError for what is
    no prefix.
    """
    wanted: dict[Interval, Any] = {}
    for text, value in pairs:
        network = ip_network(text, strict=False)
        if network.version == family:
            first, last = int(network.network_address), int(network.broadcast_address)
            wanted.setdefault((first, last), value)
    found: list[tuple[int, int, Any]] = []
    open_: list[tuple[int, Any]] = []  # prefixes around the present place, the narrowest last
    at = 0

    def close_before(limit: int) -> None:
        nonlocal at
        while open_ and open_[-1][0] < limit:
            last, value = open_.pop()
            if at <= last:
                found.append((at, last, value))
                at = last + 1

    # A prefix lies inside another or beside it, never across its edge.
    for (first, last), value in sorted(wanted.items(), key=lambda item: (item[0][0], -item[0][1])):
        close_before(first)
        if open_ and at < first:
            found.append((at, first - 1, open_[-1][1]))
        at = max(at, first)
        open_.append((last, value))
    close_before(1 << 129)
    make = ADDRESS[family]
    return [(str(make(first)), str(make(last)), value) for first, last, value in found]


def collapsed(texts: Iterable[str], family: int) -> list[tuple[str, str]]:
    """Return (first, last) of all prefixes of a family, joined where they overlap or touch.

    Raises ValueError for what is no prefix.
    """
    networks = (ip_network(text, strict=False) for text in texts)
    mine: list[Any] = [network for network in networks if network.version == family]
    return [(str(n.network_address), str(n.broadcast_address)) for n in collapse_addresses(mine)]
