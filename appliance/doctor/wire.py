"""What the gate really does with a name for a network: asked over DNS, then at the proxy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dnslib import QTYPE, RCODE, DNSError, DNSRecord

from appliance.doctor.ground import Asker, Ground
from appliance.status import asking
from appliance.status.asking import Outcome

_ERROR_OPTION: Final = 15  # extended DNS error (RFC 8914)
_OURS: Final = frozenset({15, 16, 17})  # blocked, censored, filtered: what our refusals say
_OPT: Final = 41


class Said(StrEnum):
    """What DNS made of a name."""

    REFUSED = "refused"  # by the gate
    STEERED = "steered"  # to the gate itself
    PASSED = "passed"  # with the addresses that the resolver behind us gave
    UNKNOWN = "no such name"  # so says the resolver behind us: the gate let the question through
    NO_UPSTREAM = "no answer from upstream"
    STRANGER = "not served"  # the gate did not take us for a client of the network
    SILENT = "no answer"


@dataclass(frozen=True, slots=True)
class Looked:
    """What DNS said. aliases: the names it leads by, lower case, without their dot."""

    said: Said
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def look_up(who: Asker, host: str, ground: Ground, type_: str = "A") -> Looked:
    """Ask DNS for a host as a client of a network. Never raises."""
    dns = ground.running.dns
    if dns is None:
        return Looked(Said.SILENT)
    try:
        answer = asking.lookup(dns, host, who.source, type_=type_, options=who.options)
    except (OSError, DNSError, ValueError):
        return Looked(Said.SILENT)
    return read(answer, ground)


def read(answer: DNSRecord, ground: Ground) -> Looked:
    """Return what an answer means on this gate."""
    wanted = (QTYPE.A, QTYPE.AAAA)
    addresses = tuple(str(rr.rdata) for rr in answer.rr if rr.rtype in wanted)
    aliases = tuple(
        str(rr.rdata.label).rstrip(".").lower() for rr in answer.rr if rr.rtype == QTYPE.CNAME
    )
    contents = ground.snapshot.contents
    code = answer.header.rcode
    if code == RCODE.REFUSED:
        return Looked(Said.STRANGER)
    if code == RCODE.NXDOMAIN:
        return Looked(Said.REFUSED if _errors(answer) & _OURS else Said.UNKNOWN)
    if code != RCODE.NOERROR:
        return Looked(Said.NO_UPSTREAM)
    if addresses and set(addresses) <= {*contents.steer_ipv4, *contents.steer_ipv6}:
        return Looked(Said.STEERED, addresses, aliases)
    return Looked(Said.PASSED if addresses else Said.UNKNOWN, addresses, aliases)


def visit(who: Asker, host: str, ground: Ground) -> Outcome | None:
    """Open a host by the explicit proxy as a client of a network; None: there is no proxy."""
    proxy = ground.running.explicit
    if proxy is None:
        return None
    return asking.through_proxy(proxy, who.source, host, ground.root, dict(who.fields))


def _errors(answer: DNSRecord) -> frozenset[int]:
    options = [option for rr in answer.ar if rr.rtype == _OPT for option in rr.rdata]
    codes = (int.from_bytes(o.data[:2]) for o in options if o.code == _ERROR_OPTION)
    return frozenset(codes)
