"""Who is asking: from an address (and what is known of it) to a client with a role.

The order, most certain first: the device register by MAC or fixed address; the person
signed in; the network's default; and when nothing is known, the policy's most
restrictive role. A randomised MAC earns nothing: whatever the register says of it, the
client keeps its network's default (but a sanction on the device still holds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from appliance.policy.model import Ownership, Subject, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role on the network. ``rank``: the higher, the more restricted."""

    id: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A class, year group or staff team. ``timetable``: its own bells, where it has any."""

    id: str
    name: str
    timetable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody known by name, with a role and groups."""

    id: str
    name: str
    role: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A registered device. ``role`` overrides its person's; ``trusts_ca``: it has our CA."""

    id: str
    name: str
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: bool = False
    person: str | None = None
    role: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A subnet or VLAN of the school and what an unknown device on it counts as."""

    id: str
    name: str
    prefixes: tuple[str, ...]
    role: str
    groups: tuple[str, ...] = ()
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A device seen on the network, resolved to all that rules may speak of."""

    address: str
    role: str
    mac: str | None = None
    device: str | None = None
    device_name: str = ""
    person: str | None = None
    groups: frozenset[str] = frozenset()
    network: str | None = None
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: bool = False


def is_random_mac(mac: str) -> bool:
    """Whether a MAC is locally administered (bit 0x02 of its first octet, IEEE 802)."""
    return bool(int(mac[:2], 16) & 0x02)


def applies_to(subject: Subject, client: Client) -> bool:
    """Whether a subject covers a client."""
    match subject.kind:
        case SubjectKind.PERSON:
            return subject.id == client.person
        case SubjectKind.DEVICE:
            return subject.id == client.device
        case SubjectKind.GROUP:
            return subject.id in client.groups
        case SubjectKind.ROLE:
            return subject.id == client.role
        case SubjectKind.NETWORK:
            return subject.id == client.network
        case SubjectKind.EVERYONE:  # pragma: no branch  # the last kind there is
            return True


class Register:
    """The school's networks, devices and people, indexed for resolving clients."""

    __slots__ = ("_by_address", "_by_mac", "_networks", "_people", "_restrictive")

    def __init__(
        self,
        roles: Iterable[Role],
        networks: Iterable[Network],
        devices: Iterable[Device],
        people: Iterable[Person],
    ) -> None:
        self._restrictive = max(roles, key=lambda role: role.rank).id
        self._networks = sorted(
            ((ip_network(prefix), network) for network in networks for prefix in network.prefixes),
            key=lambda pair: -pair[0].prefixlen,  # the narrowest network that holds an address wins
        )
        self._by_mac: dict[str, Device] = {}
        self._by_address: dict[str, Device] = {}
        for device in devices:
            self._by_mac.update(dict.fromkeys(device.macs, device))
            self._by_address.update(dict.fromkeys(device.addresses, device))
        self._people = {person.id: person for person in people}

    def network_of(self, address: str) -> Network | None:
        """Return the narrowest school network that holds an address, or None."""
        ip = _plain(address)
        for prefix, network in self._networks:
            if ip in prefix:
                return network
        return None

    def prefixes(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return every prefix of the school: only these are served."""
        return tuple(prefix for prefix, _ in self._networks)

    def resolve(self, address: str, mac: str | None = None, signed_in: str | None = None) -> Client:
        """Return the client behind an address; total, and never more than is proven."""
        ip = str(_plain(address))
        network = self.network_of(ip)
        device = self._by_mac.get(mac) if mac else None
        device = device or self._by_address.get(ip)
        if device is None or (mac is not None and is_random_mac(mac)):
            return self._unregistered(ip, mac, network, device, signed_in)
        person = self._people.get(device.person or signed_in or "")
        default = network.role if network else self._restrictive
        role = device.role or (person.role if person else default)
        groups = frozenset(device.groups + (person.groups if person else ()))
        return Client(
            address=ip, mac=mac, device=device.id, device_name=device.name,
            person=person.id if person else None, role=role, groups=groups,
            network=network.id if network else None,
            ownership=device.ownership, trusts_ca=device.trusts_ca,
        )  # fmt: skip

    def _unregistered(
        self,
        ip: str,
        mac: str | None,
        network: Network | None,
        device: Device | None,
        signed_in: str | None,
    ) -> Client:
        id_, name = (device.id, device.name) if device else (None, "")
        if network is None:
            return Client(address=ip, mac=mac, device=id_, device_name=name, role=self._restrictive)
        person = self._people.get(signed_in or "")
        return Client(
            address=ip, mac=mac, device=id_, device_name=name,
            person=person.id if person else None,
            role=person.role if person else network.role,
            groups=frozenset(network.groups + (person.groups if person else ())),
            network=network.id, ownership=network.ownership, trusts_ca=network.trusts_ca,
        )  # fmt: skip


def _plain(address: str) -> IPv4Address | IPv6Address:
    ip = ip_address(address.partition("%")[0])  # a link-local zone is not part of the identity
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip  # dual-stack sockets show IPv4 clients as ::ffff:a.b.c.d
