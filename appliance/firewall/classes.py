"""Which addresses are whose: clients that no rule tells apart share one packet mark. PURE.

A class keeps its number for as long as it means the same, so that a change of one device is
one element of a map and no new ruleset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType
from typing import Final
from zlib import crc32

from appliance.firewall.settings import Placed
from appliance.policy.presence import Whom
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client, Network

MOST: Final = 0x7FFFFF  # the largest number of a class; bits of the mark above it have other uses
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})

Key = tuple[object, ...]


@dataclass(slots=True)
class _Class:
    client: Client
    prefixes: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def placed(
    snapshot: Snapshot,
    neighbours: Mapping[str, str] = _NOBODY,
    signed_in: Mapping[str, Whom] = _NOBODY,
) -> tuple[Placed, ...]:
    """Return every class of clients there is now.

    neighbours: MAC by address, lower case with colons. signed_in: who, by address. Only what
    says more than its network does is placed by its own address: on whichever of the school's
    networks it is seen. Addresses outside the school are nobody's, and rubbish is no address. At
    a forwarder's address many may be hidden, so what is registered there says nothing of them.
    """
    found: dict[Key, _Class] = {}
    defaults: dict[str, Key] = {}
    for prefix, network in _prefixes(snapshot):
        client = _anybody(network, prefix.partition("/")[0])
        key = snapshot.class_of(client)
        found.setdefault(key, _Class(client)).prefixes.append(prefix)
        defaults[network.id] = key
    for address, mac, person in _seen(snapshot, neighbours, signed_in):
        client = snapshot.register.resolve(address, mac, person)
        key = snapshot.class_of(client)
        if client.network is not None and key != defaults[client.network]:
            found.setdefault(key, _Class(client)).addresses.append(address)
    return _numbered(found)


def _prefixes(snapshot: Snapshot) -> list[tuple[str, Network]]:
    """Return every prefix once: of two networks that name it the first holds, as for Register."""
    found: dict[str, Network] = {}
    for network in snapshot.contents.networks:
        for prefix in network.prefixes:
            found.setdefault(str(ip_network(prefix, strict=False)), network)
    return list(found.items())


def _anybody(network: Network, address: str) -> Client:
    return Client(
        address=address, role=network.role, groups=frozenset(network.groups),
        network=network.id, ownership=network.ownership, trusts_ca=network.trusts_ca,
    )  # fmt: skip


def _seen(
    snapshot: Snapshot, neighbours: Mapping[str, str], signed_in: Mapping[str, Whom]
) -> list[tuple[str, str | None, Whom | None]]:
    """Return (address, MAC, person) of all who may be more than their network's default."""
    fixed = (address for device in snapshot.contents.devices for address in device.addresses)
    every = {*neighbours, *signed_in, *fixed}
    hiding = [ip_network(prefix) for prefix in snapshot.contents.forwarders]
    found = []
    for text in every:
        address = _plain(text)
        if address is not None and not any(address in prefix for prefix in hiding):
            found.append((str(address), neighbours.get(text), signed_in.get(text)))
    return sorted(found, key=lambda one: one[0])


def _plain(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; None for one that no packet of ours bears."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _numbered(found: Mapping[Key, _Class]) -> tuple[Placed, ...]:
    taken: dict[int, Placed] = {}
    for text, one in sorted((_written(key), one) for key, one in found.items()):
        number = crc32(text.encode()) % MOST + 1
        while number in taken:
            number = number % MOST + 1
        addresses = tuple(sorted(set(one.addresses)))
        taken[number] = Placed(number, one.client, tuple(one.prefixes), addresses)
    return tuple(taken.values())


def _written(key: Key) -> str:
    return repr([sorted(part) if isinstance(part, frozenset) else part for part in key])
