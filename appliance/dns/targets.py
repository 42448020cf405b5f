"""What an upstream's answer leads to: the names it points at, the addresses it holds.

A name may hide behind an alias (CNAME cloaking, SVCB targets), and a public name may point
into the school's own network (DNS rebinding). Neither is passed on unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from dnslib import HTTPS as ServiceBinding
from dnslib import DNSBuffer

from appliance.dns.records import Response, read_name
from appliance.dns.wire import Type, host_of

Address = IPv4Address | IPv6Address

# Written out: ``is_private`` also holds the documentation ranges, and not the shared one.
_INSIDE: Final = tuple(
    ip_network(prefix)
    for prefix in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
_NAT64: Final = ip_network("64:ff9b::/96")
_IPV4_HINT, _IPV6_HINT = 4, 6  # service parameter keys (RFC 9460 section 14.3.2)


@dataclass(frozen=True, slots=True)
class Targets:
    """Canonical names that an answer points at, and the addresses it holds."""

    names: tuple[str, ...]
    addresses: tuple[Address, ...]


def targets_of(response: Response) -> Targets:
    """Return where an answer leads.

    Raises:
        MalformedError: a name in it does not hold together.
        dnslib.DNSError: a service binding does not.
    """
    names: dict[str, None] = {}
    found: list[Address] = []
    for one in response.answer:
        data = response.message[one.data_at : one.end]
        match one.type:
            case Type.A if len(data) == 4:
                found.append(IPv4Address(data))
            case Type.AAAA if len(data) == 16:
                found.append(IPv6Address(data))
            case Type.CNAME | Type.DNAME:
                names[host_of(read_name(response.message, one.data_at))] = None
            case Type.HTTPS | Type.SVCB:
                binding = ServiceBinding.parse(DNSBuffer(data), len(data))
                # dnslib keeps the target as a list of labels, empty for ".", the name itself.
                target = b"".join(bytes((len(p),)) + bytes(p) for p in binding.target) + b"\0"
                names[host_of(target)] = None
                found += _hints(binding.params)
    names.pop("", None)
    return Targets(tuple(names), tuple(found))


def inside(address: Address, ours: Iterable[str] = ()) -> bool:
    """Whether an address lies in a private network, or is one of our own."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _NAT64:
            inner = IPv4Address(address.packed[12:])
        if inner is not None:
            return inside(inner, ours)
    if any(address == ip_address(own) for own in ours):
        return True
    return any(address in network for network in _INSIDE)


def _hints(params: Iterable[tuple[int, bytes]]) -> Iterator[Address]:
    for key, data in params:
        if key == _IPV4_HINT:
            yield from (IPv4Address(bytes(data[i : i + 4])) for i in range(0, len(data), 4))
        elif key == _IPV6_HINT:
            yield from (IPv6Address(bytes(data[i : i + 16])) for i in range(0, len(data), 16))
