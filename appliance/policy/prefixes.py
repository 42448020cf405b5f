"""Which prefixes a school's network may have, and what else holds some of the same addresses."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from appliance.policy.subjects import Network

Prefix = IPv4Network | IPv6Network
# Addresses that a school may have all of (RFC 1918, 6598, 3927, 4193, 4291; loopback).
_PRIVATE: Final = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "fc00::/7", "fe80::/10",
)  # fmt: skip
_WIDEST: Final = {4: 16, 6: 32}  # bits of a public prefix


def too_wide(text: str) -> str:
    """Say why a prefix is more of the internet than any school has; empty where it is not.

    DNS would answer for all of it, as an open resolver. What is no prefix at all is for the
    store to say.
    """
    try:
        prefix = ip_network(text.strip())
    except ValueError:
        return ""
    private = (ip_network(own) for own in _PRIVATE)
    if any(_within(prefix, own) for own in private):
        return ""
    widest = _WIDEST[prefix.version]
    if prefix.prefixlen >= widest:
        return ""
    return (
        f"{prefix} holds public addresses of others, and the gate would be an open "
        f"resolver for them; a public prefix is /{widest} or longer"
    )


def overlapping(text: str, networks: Iterable[Network]) -> tuple[Network, ...]:
    """Return the networks that hold an address of a prefix too.

    Where networks overlap the narrowest counts, which is seldom what somebody meant.
    """
    try:
        prefix = ip_network(text.strip())
    except ValueError:
        return ()
    return tuple(
        network
        for network in networks
        if any(_within(prefix, other) or _within(other, prefix) for other in _of(network))
    )


def _of(network: Network) -> Iterable[Prefix]:
    return (ip_network(prefix) for prefix in network.prefixes)


def _within(prefix: Prefix, other: Prefix) -> bool:
    same = prefix.version == other.version
    return same and prefix.prefixlen >= other.prefixlen and prefix.network_address in other
