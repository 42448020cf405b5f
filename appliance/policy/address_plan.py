"""Where the appliance itself hands out addresses: off unless the school says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPlan:
    """What is handed out on one network by DHCP (RFC 2131), and beside it by IPv6.

    network: its id. prefix: the IPv4 prefix that first and last lie in. router: empty for the
    appliance itself. ipv6: prefixes of 64 bits in which devices make up addresses themselves
    (SLAAC, RFC 4862), with our DNS announced (RFC 8106).
    """

    network: str
    prefix: str
    first: str
    last: str
    lease_minutes: int = 480
    router: str = ""
    ipv6: tuple[str, ...] = ()
