"""Asking a resolver for one name, as plainly as any program does."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from typing import Final

from dnslib import QTYPE, RCODE, DNSError, DNSHeader, DNSQuestion, DNSRecord

Endpoint = tuple[str, int]
PATIENCE: Final = 3.0  # seconds
TRIES: Final = 2
_BIGGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resolver said. code: ``NOERROR``, ``NXDOMAIN``, ``REFUSED``, …"""

    code: str
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def ask(where: Endpoint, name: str, kind: str = "A") -> Answer:
    """Ask a resolver for the addresses of a name.

    Raises:
        OSError: it does not answer in time.
        ValueError: its answer makes no sense.
    """
    failure: OSError | ValueError = OSError("no answer")
    for _ in range(TRIES):
        try:
            return _ask(where, name, kind)
        except (OSError, ValueError) as error:
            failure = error
    raise failure


def _ask(where: Endpoint, name: str, kind: str) -> Answer:
    query = DNSRecord(
        DNSHeader(id=secrets.randbelow(65536), rd=1), q=DNSQuestion(name, getattr(QTYPE, kind))
    )
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(where)  # from here on the kernel drops what comes from elsewhere
        sock.send(query.pack())
        try:
            answer = DNSRecord.parse(sock.recv(_BIGGEST))
        except DNSError as error:
            raise ValueError("the answer makes no sense") from error
    if answer.header.id != query.header.id:
        raise ValueError("the answer is to another question")
    addresses = [str(rr.rdata) for rr in answer.rr if rr.rtype in (QTYPE.A, QTYPE.AAAA)]
    aliases = [str(rr.rdata).rstrip(".").lower() for rr in answer.rr if rr.rtype == QTYPE.CNAME]
    return Answer(str(RCODE.get(answer.header.rcode)), tuple(addresses), tuple(aliases))
