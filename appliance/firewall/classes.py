"""Which addresses are whose: clients that no rule tells apart share one packet mark. PURE.

A class keeps its number for as long as it means the same, so that what the kernel remembers
of it (answered addresses) stays true through a new ruleset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from appliance.firewall.settings import Placed
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

MOST = 0x7FFFFF  # of a packet mark; what is above is left to others


@dataclass(slots=True)
class _Class:
    client: Client
    prefixes: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def placed(snapshot: Snapshot, neighbours: Mapping[str, str]) -> tuple[Placed, ...]:
    """Return every class of clients there is now. neighbours: MAC by address.

    Only what says more than its network does is placed by its own address: registered
    devices, on whichever of the school's networks they are seen.
    """
    found: dict[tuple[object, ...], _Class] = {}

    def of(client: Client) -> _Class:
        return found.setdefault(snapshot.class_of(client), _Class(client))

    for network in snapshot.contents.networks:
        for prefix in network.prefixes:
            client = snapshot.register.resolve(prefix.partition("/")[0])
            inside = Client(
                address=client.address, role=network.role, groups=frozenset(network.groups),
                network=network.id, ownership=network.ownership, trusts_ca=network.trusts_ca,
            )  # fmt: skip
            of(inside).prefixes.append(prefix)
    for address, mac in _seen(snapshot, neighbours):
        if snapshot.register.network_of(address) is None:
            continue
        client = snapshot.register.resolve(address, mac)
        if client.device is not None:
            of(client).addresses.append(address)
    return _numbered(found)


def _seen(snapshot: Snapshot, neighbours: Mapping[str, str]) -> list[tuple[str, str | None]]:
    macs: dict[str, str | None] = dict(neighbours)
    for device in snapshot.contents.devices:
        for address in device.addresses:
            macs.setdefault(address, None)
    return sorted(macs.items())


def _numbered(found: Mapping[tuple[object, ...], _Class]) -> tuple[Placed, ...]:
    taken: dict[int, Placed] = {}
    for text, one in sorted((_written(key), one) for key, one in found.items()):
        number = crc32(text.encode()) % MOST + 1
        while number in taken:
            number = number % MOST + 1
        taken[number] = Placed(number, one.client, tuple(one.prefixes), tuple(one.addresses))
    return tuple(taken.values())


def _written(key: tuple[object, ...]) -> str:
    return repr([sorted(part) if isinstance(part, frozenset) else part for part in key])
