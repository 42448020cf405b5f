"""What a self-test stands on: where the gate listens, what it enforces, what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

from appliance.identity import stand_in
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Network
from appliance.policy.urls import parse
from appliance.status import asking
from appliance.status.running import Endpoint, Running

_HERE = ("127.0.0.1", "::1")
_TRIED = 64  # addresses of a prefix looked at for one that no device is registered with


@dataclass(frozen=True, slots=True)
class FilterSeen:
    """How the accredited filter behind the gate answered last. at: real time."""

    at: datetime
    good: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One look at a gate. at: its own time, real: the real one. root: the school's certificate.

    run: with the key of stand-ins. samples: a name of each category that lists fill, by
    category. filter_seen: None where nobody ever looked.
    """

    running: Running
    snapshot: Snapshot
    at: datetime
    real: datetime
    clock_trusted: bool
    root: Path
    run: Path
    samples: tuple[tuple[str, str], ...] = ()
    filter_seen: FilterSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """How to ask as a client of a network. address: whom the gate takes it for.

    source: the address of ours to ask from. options, fields: what proves the rest.
    """

    network: Network
    address: str
    source: str
    options: tuple[tuple[int, bytes], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def asker(network: Network, ground: Ground) -> Asker | None:
    """Return how to ask as an unknown device on a network; None: there is no way.

    By standing in; where the gate has no key for that, from an address of ours on it.
    """
    dns = ground.running.dns
    if dns is None:
        return None
    address = _unknown_device(network, ground.snapshot)
    said = stand_in.saying(ground.run, address) if address else None
    if said is not None:
        return Asker(
            network=network, address=address, source=loopback(dns),
            options=((stand_in.EDNS_OPTION, said),), fields=((stand_in.HEADER, said.hex()),),
        )  # fmt: skip
    own = asking.source_on(network, ground.snapshot, dns)
    if own is None:
        return None
    # An empty option proves nothing; with one, DNS says why it refuses a name.
    asks_why = ((stand_in.EDNS_OPTION, b""),)
    return Asker(network=network, address=own, source=own, options=asks_why)


def somebody(ground: Ground) -> Asker | None:
    """Return how to ask as a client of some network by standing in; None: there is no key."""
    found = (asker(network, ground) for network in ground.snapshot.contents.networks)
    return next((who for who in found if who is not None and who.fields), None)


def loopback(where: Endpoint) -> str:
    """Return the address of this machine itself, in the family of an endpoint."""
    return _HERE[":" in where[0]]


def query(who: Asker, host: str, ground: Ground) -> Query:
    """Return what the gate is asked when a client of the network opens a host."""
    client = ground.snapshot.register.resolve(who.address)
    url = parse(f"https://{host}/")
    return Query(client, host, ground.at, url, clock_trusted=ground.clock_trusted)


def _unknown_device(network: Network, snapshot: Snapshot) -> str:
    """Return an address that counts as the network itself, and as no device on it."""
    register = snapshot.register
    for prefix in (ip_network(text) for text in network.prefixes):
        last = prefix.num_addresses - 1
        for step in range(1, min(_TRIED, last) + 1):
            # From the end on: a school gives its fixed addresses from the beginning.
            found = str(prefix.network_address + (last - step))
            if register.network_of(found) == network and register.resolve(found).device is None:
                return found
        only = str(prefix.network_address)
        if register.network_of(only) == network and register.resolve(only).device is None:
            return only
    return ""
