"""What the firewall has to know of the machine it runs on."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.policy.subjects import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Ports that the appliance's own faces listen on, and how the machine is cabled.

    uplink: the interface that leads to the internet. masquerade: hide the school behind the
    appliance's own address there. manage: prefixes from which the admin UI may be opened;
    none: from every school network. pinned: roles that reach only what DNS answered to them.
    """

    dns: int
    http: int
    https: int
    explicit: int
    web: int
    uplink: str
    masquerade: bool = True
    manage: tuple[str, ...] = ()
    pinned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Range:
    """Prefixes that serve nothing but some services; closed once all of those are."""

    services: tuple[str, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Facts about the internet that rules speak of by address and port.

    resolvers: addresses that answer DNS over HTTPS or TLS.
    tunnels: (protocol, first port, last port) of VPNs, proxies and Tor. protocols: IP protocol
    numbers that are tunnels by themselves. spared: (protocol, first, last) that rightly go to
    addresses which no DNS answer named.
    """

    ranges: tuple[Range, ...]
    resolvers: tuple[str, ...]
    tunnels: tuple[tuple[str, int, int], ...]
    protocols: tuple[int, ...]
    spared: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Clients of one class, and the addresses by which the kernel knows them.

    number: the packet mark, 1 or more. client: one of them, for the engine. prefixes: of
    networks. addresses: of single devices, which come before the networks'.
    """

    number: int
    client: Client
    prefixes: tuple[str, ...]
    addresses: tuple[str, ...]
