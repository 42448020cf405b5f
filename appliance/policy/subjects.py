"""Who is asking: from an address (and what is known of it) to a client with a role.

The order, most certain first: the device register by MAC or fixed address; the person
signed in (by the school's Wi-Fi, then by the portal: ``identity.sign_ins``); the network's
default; and when nothing is known, the policy's most restrictive role. Of a register and a
sign-in that disagree, the stricter holds. A randomised MAC earns nothing: whatever the register
says of it, the client keeps its network's default (but a sanction on the device still holds).
So does one seen with another MAC than those that its fixed address is registered with.

A MAC is easily copied, so a registered device takes its rights nowhere: on a network whose
default role is stricter than the register's, that role holds, and the register can only take
away. What names the device, its person or their groups and blocks (a rule, a sanction) holds
there; what names them and opens (a grant, a standing permission, an allow rule) does not, and
the bells are the network's. A network may be ``mixed``: devices of several roles belong on it,
and there the register holds. So it does for somebody who has also signed in, there, as the
person that the device is registered to. A sign-in is told by the MAC as well: on a network for a
stricter role than the person's it counts where it was made, and elsewhere can only take away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import inf

from appliance.policy.model import Ownership, Subject, SubjectKind
from appliance.policy.presence import Whom, told


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
    """A subnet or VLAN of the school and what an unknown device on it counts as.

    mixed: devices of several roles belong on it, so that a registered one keeps its own.
    """

    id: str
    name: str
    prefixes: tuple[str, ...]
    role: str
    groups: tuple[str, ...] = ()
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: bool = False
    mixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A device seen on the network, resolved to all that rules may speak of.

    registered_as: the role of its register, where its network's stricter one holds instead;
    None elsewhere. network_groups: the groups that it is in by its network, there.
    others: people besides ``person`` whom it may be as well, by register or sign-in: what they
    are kept from, it is kept from.
    """

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
    registered_as: str | None = None
    network_groups: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def earned(self) -> frozenset[str]:
        """The groups that may open something for it: not those of a register that is away."""
        return self.groups if self.registered_as is None else self.network_groups


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


def opens_for(subject: Subject, client: Client) -> bool:
    """Whether what is opened for a subject is open to a client.

    Not where only its register says so and its network's stricter role holds.
    """
    if client.registered_as is not None:
        if subject.kind in (SubjectKind.PERSON, SubjectKind.DEVICE):
            return False
        if subject.kind is SubjectKind.GROUP:
            return subject.id in client.earned
    return applies_to(subject, client)


def may_be(subject: Subject, client: Client) -> bool:
    """Whether a subject covers a client, or may: what a sanction asks, which must not be shed
    by signing in on somebody else's device, or by making up a hardware address."""
    also = subject.kind is SubjectKind.PERSON and subject.id in client.others
    return also or applies_to(subject, client)


class Register:
    """The school's networks, devices and people, indexed for resolving clients."""

    __slots__ = ("_by_address", "_by_mac", "_networks", "_people", "_ranks", "_restrictive")

    def __init__(
        self,
        roles: Iterable[Role],
        networks: Iterable[Network],
        devices: Iterable[Device],
        people: Iterable[Person],
    ) -> None:
        self._ranks = {role.id: role.rank for role in roles}
        self._restrictive = max(self._ranks, key=self._ranks.__getitem__)
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

    def resolve(
        self, address: str, mac: str | None = None, signed_in: Whom | None = None, *,
        behind: bool = False,
    ) -> Client:  # fmt: skip
        """Return the client behind an address; total, and never more than is proven.

        mac: lower case with colons. signed_in: who signed in on the device. behind: the
        address is a forwarder's, so that what is registered there says nothing of the client.
        """
        ip = str(_plain(address))
        network = self.network_of(ip)
        device = self._by_mac.get(mac or "") if behind else self._device(ip, mac)
        signed, elsewhere = self._signed(told(signed_in, ip), network)
        if device is None or (mac is not None and is_random_mac(mac)):
            return self._unregistered(ip, mac, network, device, signed, elsewhere)
        return self._registered(ip, mac, network, device, signed, elsewhere)

    def _signed(
        self, said: tuple[str, tuple[str, ...]], network: Network | None
    ) -> tuple[Person | None, Person | None]:
        """Return who signed in, where that counts here, else who did so elsewhere.

        Closed: a sign-in is as easily copied as its MAC, so it lifts nobody on another network.
        """
        person = self._people.get(said[0])
        if person is None:
            return None, None
        strict = self._rank(network.role if network else self._restrictive)
        here = network is not None and network in map(self.network_of, said[1])
        counts = here or strict <= self._rank(person.role)
        return (person, None) if counts else (None, person)

    def _device(self, ip: str, mac: str | None) -> Device | None:
        device = self._by_mac.get(mac) if mac else None
        if device is not None:
            return device
        device = self._by_address.get(ip)
        # Closed: whoever sits at a device's address with another MAC is somebody else.
        return None if device is None or (mac and device.macs) else device

    def _registered(
        self, ip: str, mac: str | None, network: Network | None, device: Device,
        signed: Person | None, elsewhere: Person | None,
    ) -> Client:  # fmt: skip
        owner = self._people.get(device.person or "")
        own = device.role or (owner.role if owner else None)
        default = network.role if network else self._restrictive
        proven = signed is not None and signed is owner
        stays = proven or (network is not None and network.mixed)
        moved = own is not None and not stays and self._rank(default) > self._rank(own)
        role = default if moved else own or (signed.role if signed else default)
        person = owner or signed
        if signed is not None and own is not None:
            role = self._stricter(role, signed.role)
            if owner is not None and self._rank(signed.role) > self._rank(owner.role):
                person = signed
        of_network = frozenset(network.groups if network else ()) if moved else frozenset[str]()
        return Client(
            address=ip, mac=mac, device=device.id, device_name=device.name,
            person=person.id if person else None, role=role,
            groups=frozenset(device.groups + (person.groups if person else ())) | of_network,
            network=network.id if network else None,
            ownership=device.ownership, trusts_ca=device.trusts_ca,
            registered_as=own if moved else None, network_groups=of_network,
            others=_besides(person, owner, signed, elsewhere),
        )  # fmt: skip

    def _rank(self, role: str) -> float:
        """Return how strict a role is. Closed: one that nobody knows is the strictest."""
        return self._ranks.get(role, inf)

    def _stricter(self, one: str, other: str) -> str:
        return max(one, other, key=self._rank)

    def _unregistered(
        self, ip: str, mac: str | None, network: Network | None, device: Device | None,
        person: Person | None, elsewhere: Person | None,
    ) -> Client:  # fmt: skip
        id_, name = (device.id, device.name) if device else (None, "")
        owner = self._people.get(device.person or "") if device else None
        if network is None:
            return Client(address=ip, mac=mac, device=id_, device_name=name, role=self._restrictive,
                          others=_besides(None, owner, person, elsewhere))  # fmt: skip
        return Client(
            address=ip, mac=mac, device=id_, device_name=name,
            person=person.id if person else None,
            role=person.role if person else network.role,
            groups=frozenset(network.groups + (person.groups if person else ())),
            network=network.id, ownership=network.ownership, trusts_ca=network.trusts_ca,
            others=_besides(person, owner, elsewhere),
        )  # fmt: skip


def _besides(person: Person | None, *known: Person | None) -> frozenset[str]:
    return frozenset(one.id for one in known if one is not None and one is not person)


def _plain(address: str) -> IPv4Address | IPv6Address:
    ip = ip_address(address.partition("%")[0])  # a link-local zone is not part of the identity
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip  # dual-stack sockets show IPv4 clients as ::ffff:a.b.c.d
