"""Handing out addresses: dnsmasq's configuration from the school's plans, and nothing more.

Every word of it is an address, a number or an id that was checked when it was put in the
store; what is not is left out, so that no text can become a line of its own.

What a device learns: its address, the router, our DNS, and where the portal is (RFC 8910,
option 114 by DHCP, 103 by DHCPv6). IPv6 addresses are the devices' own making (SLAAC); only
DNS and portal are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Final

from appliance.policy.address_plan import AddressPlan
from appliance.policy.snapshot import Contents

PROGRAM: Final = "dnsmasq"  # of Debian's dnsmasq-base
_PORTAL: Final = 114  # RFC 8910 section 2.1
_PORTAL6: Final = 103  # RFC 8910 section 2.2
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&()*+;=%-]{1,200}")
_HEAD: Final = """\
port=0
no-resolv
no-hosts
no-ping
dhcp-authoritative
quiet-ra
"""


def configuration(contents: Contents, leases: Path, uplink: str = "") -> str:
    """Return dnsmasq's configuration for all plans of a snapshot; empty where there are none.

    leases: where it keeps what it handed out. uplink: the interface on which nobody is served.
    """
    if not contents.address_plans:
        return ""
    lines = [_HEAD + f"dhcp-leasefile={leases}"]
    if uplink:
        lines.append(f"except-interface={uplink}")
    if any(plan.ipv6 for plan in contents.address_plans):
        lines.append("enable-ra")
    for number, plan in enumerate(contents.address_plans):
        lines += _ipv4(plan, f"plan{number}", contents)
        lines += _ipv6(plan, f"plan{number}", contents)
    return "\n".join(lines) + "\n"


def _ipv4(plan: AddressPlan, tag: str, contents: Contents) -> Iterable[str]:
    mask = ip_network(plan.prefix).netmask
    yield f"dhcp-range=set:{tag},{plan.first},{plan.last},{mask},{plan.lease_minutes}m"
    ours = [a for a in _reachable(contents.steer_ipv4) if isinstance(a, IPv4Address)]
    if ours:  # else dnsmasq tells its own address there, which is ours as well
        yield f"dhcp-option=tag:{tag},option:dns-server,{','.join(map(str, ours))}"
    if plan.router:
        yield f"dhcp-option=tag:{tag},option:router,{plan.router}"
    if _URL.fullmatch(portal := portal_of(contents)):
        yield f'dhcp-option=tag:{tag},{_PORTAL},"{portal}"'


def _ipv6(plan: AddressPlan, tag: str, contents: Contents) -> Iterable[str]:
    for prefix in plan.ipv6:
        net = ip_network(prefix)
        yield (
            f"dhcp-range=set:{tag},{net.network_address},ra-stateless,{net.prefixlen},"
            f"{plan.lease_minutes}m"
        )
    if not plan.ipv6:
        return
    ours = [a for a in _reachable(contents.steer_ipv6) if isinstance(a, IPv6Address)]
    told = ",".join(f"[{a}]" for a in ours) or "[::]"  # [::]: dnsmasq's own address there
    yield f"dhcp-option=tag:{tag},option6:dns-server,{told}"
    if _URL.fullmatch(portal := portal_of(contents)):
        yield f'dhcp-option=tag:{tag},option6:{_PORTAL6},"{portal}"'


def portal_of(contents: Contents) -> str:
    """Return the address that says how somebody gets in (RFC 8908); empty where none is known."""
    portal = contents.school.portal.rstrip("/")
    return f"{portal}/captive-portal" if portal else ""


def _reachable(addresses: Iterable[str]) -> list[IPv4Address | IPv6Address]:
    found = [ip_address(address) for address in addresses]
    return [one for one in found if not (one.is_loopback or one.is_unspecified)]
