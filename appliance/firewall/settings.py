"""What the firewall has to know of the machine it runs on, and of the internet."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from appliance.policy.subjects import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Ports that the appliance's own faces listen on, and how the machine is cabled.

    dns ... web: the ports of the faces (DNS by UDP and TCP, the rest TCP). listen: our own
    addresses that the faces listen on; the first of each family is where clients are led. A
    family without one is closed wherever it would have to be led. uplink: the interface that
    leads to the internet; shared_uplink: the school's clients are on it as well (one network
    card). masquerade: hide the school behind the appliance's own address there (IPv6: only
    unique local addresses). manage: prefixes from which SSH and the web port may be reached, the
    latter from every school network too; none: SSH from nowhere. dhcp: we hand out addresses.
    radius: the UDP port of the Wi-Fi's accounting, open to ``manage``, where there is none to
    every school network; 0: closed.
    """

    dns: int
    http: int
    https: int
    explicit: int
    web: int
    uplink: str
    listen: tuple[str, ...]
    shared_uplink: bool = False
    masquerade: bool = True
    manage: tuple[str, ...] = ()
    dhcp: bool = False
    radius: int = 0

    def own(self, version: int) -> str | None:
        """Return our own address of a family (4 or 6); a loopback is none: no packet gets there."""
        for text in self.listen:
            address = ip_address(text)
            if address.version == version and not address.is_loopback:
                return str(address)
        return None


@dataclass(frozen=True, slots=True)
class Range:
    """Prefixes that serve nothing but some services; closed once all of those are.

    id: a word that nftables takes for a name. services: ids of the catalogue.
    """

    id: str
    services: tuple[str, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Facts about the internet that rules speak of by address and port.

    resolvers: addresses that answer DNS over HTTPS or TLS.
    tunnels: (protocol, first port, last port) of VPNs, proxies and Tor. protocols: IP protocol
    numbers that are tunnels by themselves. spared: (protocol, first, last) that rightly go to
    addresses which no DNS answer named. local: prefixes of which no DNS need speak.
    """

    ranges: tuple[Range, ...]
    resolvers: tuple[str, ...]
    tunnels: tuple[tuple[str, int, int], ...]
    protocols: tuple[int, ...]
    spared: tuple[tuple[str, int, int], ...]
    local: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Clients of one class, and the addresses by which the kernel knows them.

    number: the packet mark, 1 to 0x7FFFFF. client: one of them, for the engine. prefixes: of
    networks. addresses: of single devices, which come before the networks'.
    """

    number: int
    client: Client
    prefixes: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Marks by what holds for them now.

    closed: marks by the id of a range whose services are all blocked for them. watched: may not
    go round the gate. answered_only: reach only what DNS answered to them. shut: what nobody
    knows is blocked for them (a sanction, or a rule that blocks everything), so they reach
    nothing that DNS did not answer to them.
    """

    closed: tuple[tuple[str, frozenset[int]], ...]
    watched: frozenset[int]
    answered_only: frozenset[int]
    shut: frozenset[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that the ruleset is made of: equal ones make the same ruleset.

    school: every prefix of the school; to these nothing is routed.
    """

    every: tuple[Placed, ...]
    judged: Judged
    school: tuple[str, ...]
    gateway: Gateway
    known: Known
