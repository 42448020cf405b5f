"""Who is touched by a request, and who is not: clients that stand for all there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Final

from appliance.policy import spans
from appliance.policy.model import Ownership, Subject
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Client, Device, Network, applies_to

OTHERS: Final = 3  # of those whom a request is not for


@dataclass(frozen=True, slots=True)
class Stand:
    """A client that stands for all of its sort, and what people call them."""

    client: Client
    label: str


def touched_by(subject: Subject, snapshot: Snapshot) -> list[Stand]:
    """Return who is covered by a subject; somebody made up where the register knows nobody."""
    found = [stand for stand in known(snapshot) if applies_to(subject, stand.client)]
    if not found:
        client = spans.somebody(subject, snapshot.contents)
        found = [Stand(client, _label(client, snapshot.contents))]
    return found


def untouched_by(subject: Subject, snapshot: Snapshot) -> list[Stand]:
    """Return a few who are not covered: one of each sort, those most like the covered first."""
    mine = {stand.client.role for stand in touched_by(subject, snapshot)}
    every = [stand for stand in known(snapshot) if not applies_to(subject, stand.client)]
    for role in snapshot.contents.roles:  # also where nobody of the role is registered
        client = Client(address="::", role=role.id)
        if not applies_to(subject, client):
            every.append(Stand(client, _label(client, snapshot.contents)))
    every.sort(key=lambda stand: stand.client.role not in mine)
    found: dict[str, Stand] = {}
    for stand in every:
        found.setdefault(stand.client.role, replace(stand, label=f"Other: {stand.label}"))
    return list(found.values())[:OTHERS]


def known(snapshot: Snapshot) -> Iterator[Stand]:
    """Yield every registered device, then a nameless device on every network."""
    contents = snapshot.contents
    for device in contents.devices:
        client = _resolved(device, snapshot)
        yield Stand(client, _label(client, contents))
    for network in contents.networks:
        client = _on(network, snapshot)
        yield Stand(client, _label(client, contents))


def _resolved(device: Device, snapshot: Snapshot) -> Client:
    """A device as the register sees it. Where only its MAC is known its network is not, and
    without a role of its own it counts as what the network says: then the strictest."""
    address = device.addresses[0] if device.addresses else "::"
    mac = device.macs[0] if device.macs else None
    return snapshot.register.resolve(address, mac)


def _on(network: Network, snapshot: Snapshot) -> Client:
    """An unregistered device on a network."""
    for prefix in network.prefixes:
        base = ip_network(prefix)
        for number in range(1, min(base.num_addresses, 64)):
            client = snapshot.register.resolve(str(base[number]))
            if client.network == network.id and client.device is None:
                return client
    return Client(
        address="::", role=network.role, groups=frozenset(network.groups), network=network.id,
        ownership=network.ownership, trusts_ca=network.trusts_ca,
    )  # fmt: skip


def _label(client: Client, contents: Contents) -> str:
    role = next((r.name for r in contents.roles if r.id == client.role), client.role)
    owned = "on a school device" if client.ownership is Ownership.SCHOOL else "on their own device"
    return f"{role} {owned}{'' if client.trusts_ca else ', without the school’s certificate'}"
