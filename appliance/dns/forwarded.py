"""For whom a forwarder asks: what one of the school's own says of its client in EDNS options.

A school that keeps a forwarder of its own (dnsmasq on a router of another building) would
otherwise be one client. The forwarder may say the client's MAC (option 65001, dnsmasq's
``add-mac``) and its whole address (client subnet, RFC 7871, ``add-subnet=32,128``). Only
forwarders that the school has named are heard; from anybody else these options count for
nothing, and nothing of them is ever sent upstream.

Fails to an unknown device: an option that is there twice, cut short or no whole address
names nobody, and whoever is not named is what an unregistered device at the forwarder's
address is, never the forwarder itself.

A client that was named by its MAC is known inside this face by its packed address with the
MAC behind it: ten bytes, or twenty-two.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Final

from appliance.dns.wire import MalformedError, read_question

MAC: Final = 65_001  # local use (RFC 6891 section 9); dnsmasq's EDNS0_OPTION_MAC
SUBNET: Final = 8  # RFC 7871
# What a dnsmasq that asks us has to be told. Without ``strip-`` its clients could say who they
# are themselves; with a cache of its own, one client's answer would be another's.
DNSMASQ: Final = ("add-mac", "strip-mac", "add-subnet=32,128", "strip-subnet", "cache-size=0")
_MAC_LENGTH: Final = 6
_FAMILIES: Final = {1: 4, 2: 16}  # IANA "Address Family Numbers" to bytes of an address


def whose(packet: bytes, forwarder: bytes) -> bytes:
    """Return for whom a forwarder (packed address) asks; the forwarder where nobody is named."""
    try:
        question = read_question(packet)
    except (MalformedError, IndexError):
        return forwarder  # answered as anybody's bad packet
    options = question.edns.options if question.edns else ()
    address = _only(_address(data) for code, data in options if code == SUBNET)
    mac = _only(_mac(data) for code, data in options if code == MAC)
    return (address or forwarder) + mac


def parted(source: bytes) -> tuple[bytes, str | None]:
    """Return the packed address of a source, and the MAC that came with it."""
    if len(source) in (4, 16):
        return source, None
    return source[:-_MAC_LENGTH], source[-_MAC_LENGTH:].hex(":")


def written(packed: bytes) -> str:
    """Return a packed address as text."""
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def _only(found: Iterable[bytes]) -> bytes:
    """Return the one value there is; empty where there is none, or more than one."""
    values = list(found)
    return values[0] if len(values) == 1 else b""


def _address(data: bytes) -> bytes:
    """Return the whole address of a client subnet option, empty where it has none."""
    if len(data) < 4:
        return b""
    length = _FAMILIES.get(int.from_bytes(data[:2]), 0)
    whole = length and data[2] == length * 8 and data[3] == 0 and len(data) == 4 + length
    return data[4:] if whole else b""


def _mac(data: bytes) -> bytes:
    """Return a MAC that a single device can have, empty for any other."""
    return data if len(data) == _MAC_LENGTH and any(data) and not data[0] & 1 else b""
