"""What the school's own resolver calls an address (PTR): a name to suggest, never to rely on."""

from __future__ import annotations

import secrets
import select
import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Final

from dnslib import QTYPE, RCODE, DNSError, DNSHeader, DNSQuestion, DNSRecord

from appliance import clock
from appliance.status.faces import Endpoint

MOST: Final = 50  # addresses asked for at once
_BIGGEST: Final = 4096


def of(
    addresses: Iterable[str], resolvers: Sequence[Endpoint], longest: float = 0.15
) -> dict[str, str]:
    """Return the host names that come within so many seconds, by address.

    All are asked at once, of the first resolver: what does not answer in time has no name.
    """
    asked = list(dict.fromkeys(addresses))[:MOST]
    if not asked or not resolvers:
        return {}
    where = resolvers[0]
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(where)
            return _answers(sock, _send(sock, asked), longest)
    except OSError:
        return {}


def _send(sock: socket.socket, addresses: list[str]) -> dict[int, str]:
    waiting: dict[int, str] = {}
    for address in addresses:
        try:
            question = DNSQuestion(ip_address(address).reverse_pointer, QTYPE.PTR)
        except ValueError:
            continue
        number = secrets.randbelow(65536)
        while number in waiting:
            number = secrets.randbelow(65536)
        sock.send(DNSRecord(DNSHeader(id=number, rd=1), q=question).pack())
        waiting[number] = address
    return waiting


def _answers(sock: socket.socket, waiting: dict[int, str], longest: float) -> dict[str, str]:
    names: dict[str, str] = {}
    end = clock.monotonic() + longest
    while waiting:
        left = end - clock.monotonic()
        if left <= 0 or not select.select([sock], [], [], left)[0]:
            break
        try:
            answer = DNSRecord.parse(sock.recv(_BIGGEST))
        except (DNSError, ValueError):
            continue
        address = waiting.pop(answer.header.id, None)
        name = _name(answer) if address is not None else ""
        if address is not None and name:
            names[address] = name
    return names


def _name(answer: DNSRecord) -> str:
    if answer.header.rcode != RCODE.NOERROR:
        return ""
    found = next((str(rr.rdata.label) for rr in answer.rr if rr.rtype == QTYPE.PTR), "")
    name = found.rstrip(".")
    return name if name.isprintable() and len(name) <= 253 else ""
