"""Whether a request comes from where the school manages the gate (``up --gateway --manage``)."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from flask import g, request

from admin_ui.access import ASKERS, MATRIX, Door
from admin_ui.gate import gate
from appliance.accounts.posts import Post


def outside() -> bool:
    """Whether this request comes from outside the prefixes of ``--manage``; told once."""
    if "outside" not in g:
        g.outside = not within(request.remote_addr or "", gate().settings.manage)
    return bool(g.outside)


def shuts(endpoint: str | None) -> bool:
    """Whether a page does not open to this request, because of where that comes from."""
    return outside() and not opens_outside(endpoint)


def opens_outside(endpoint: str | None) -> bool:
    """Whether an endpoint opens to anybody outside: what is for everybody, and what staff may do.

    The set-up, which has no account yet, does not. Fails closed: what is not in the table neither.
    """
    line = MATRIX.get(endpoint or "")
    if line is None or (endpoint or "").startswith("setup."):
        return False
    return isinstance(line, Door) or Post.STAFF in line


def posts_here(held: frozenset[str]) -> frozenset[str]:
    """Return what an account's posts count as for this request.

    Outside: staff at most; those of whoever only looks on, as none.
    """
    if not outside():
        return held
    return frozenset({Post.STAFF}) if held & ASKERS else frozenset()


def within(address: str, prefixes: Iterable[str]) -> bool:
    """Whether an address is one to manage the gate from; no prefixes: every address is.

    Loopback always is: whoever is there is on the machine. Fails closed: an address that cannot
    be read is not, nor is any of our own, by which our proxy asks for whoever uses it.
    """
    wanted = tuple(prefixes)
    if not wanted:
        return True
    ip = ip_address(plain(address))
    if ip.is_unspecified or ip.is_loopback:
        return ip.is_loopback
    return any(ip in ip_network(one, strict=False) for one in wanted) and not ours(str(ip))


def plain(address: str) -> str:
    """Return an address as it is kept: no zone, and IPv4 as IPv4; ``::`` for what is none."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "::"
    return str((ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip)


def ours(address: str) -> bool:
    """Whether an address is the appliance's own. On loopback all are: clients of a rehearsal."""
    ip = ip_address(address)
    if ip.is_loopback or ip.is_unspecified:
        return False  # no network of a real school holds them
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
