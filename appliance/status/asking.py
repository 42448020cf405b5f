"""Asking DNS and the explicit proxy as a client on one of the school's networks would."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterable, Mapping
from enum import Enum
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from dnslib import EDNS0, QTYPE, DNSHeader, DNSQuestion, DNSRecord, EDNSOption

from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Network
from appliance.status.running import Endpoint

DNS_PATIENCE: Final = 4.0  # seconds: a resolver far away may have to ask around
WEB_PATIENCE: Final = 6.0
_BIGGEST: Final = 4096
_BLOCKED: Final = 403  # what the block page is sent with
_HOST_ON_LOOPBACK: Final = 5  # 127.0.10.5: what the start screen uses too


class Outcome(Enum):
    """What became of a visit through the proxy."""

    BLOCK_PAGE = "block page"  # read by the school's certificate and answered with the page
    READ = "read"  # read by the school's certificate and let through, whatever the site says
    UNREAD = "unread"  # passed on: the site's own certificate was shown
    CLOSED = "closed"  # the connection was closed, or the site is not to be reached
    UNANSWERED = "unanswered"  # nobody listens


def lookup(
    where: Endpoint, name: str, source: str = "", *, type_: str = "A",
    options: Iterable[tuple[int, bytes]] = (),
) -> DNSRecord:  # fmt: skip
    """Ask DNS for the address of a name, from a source address of ours.

    options: EDNS options, by code; with any, the answer says why a name is refused.

    Raises:
        OSError: no answer in time, or the source is not ours.
        DNSError, ValueError: the answer makes no sense.
    """
    header = DNSHeader(id=secrets.randbelow(65536), rd=1)
    query = DNSRecord(header, q=DNSQuestion(name, getattr(QTYPE, type_)))
    said = [EDNSOption(code, data) for code, data in options]
    if said:
        query.add_ar(EDNS0(udp_len=_BIGGEST, opts=said))
    with socket.socket(_family(where[0]), socket.SOCK_DGRAM) as sock:
        sock.settimeout(DNS_PATIENCE)
        if source:
            sock.bind((source, 0))
        sock.connect(where)
        sock.send(query.pack())
        answer = DNSRecord.parse(sock.recv(_BIGGEST))
    if answer.header.id != query.header.id:
        raise ValueError("the answer is to another question")
    return answer


def through_proxy(
    where: Endpoint, source: str, host: str, root: Path, fields: Mapping[str, str] | None = None
) -> Outcome:
    """Open ``https://host/`` by the explicit proxy.

    root: the school's certificate (PEM). fields: more to say in the CONNECT.
    """
    try:
        trusting = ssl.create_default_context(cafile=root)
    except (OSError, ssl.SSLError):
        return Outcome.UNANSWERED
    connection = HTTPSConnection(
        where[0], where[1], timeout=WEB_PATIENCE, source_address=(source, 0), context=trusting
    )
    connection.set_tunnel(host, 443, dict(fields or {}))
    try:
        connection.request("GET", "/", headers={"Accept": "text/html"})
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError:
        return Outcome.UNREAD
    except ConnectionRefusedError:
        return Outcome.UNANSWERED
    except (OSError, HTTPException):
        return Outcome.CLOSED
    finally:
        connection.close()
    return Outcome.BLOCK_PAGE if status == _BLOCKED else Outcome.READ


def source_on(network: Network, snapshot: Snapshot, towards: Endpoint) -> str | None:
    """Return an address of this machine that counts as on a network; None: it has none."""
    prefixes = (ip_network(prefix) for prefix in network.prefixes)
    family = 6 if ":" in towards[0] else 4
    for prefix in (prefix for prefix in prefixes if prefix.version == family):
        found = _own_address(prefix)
        if found and snapshot.register.network_of(found) == network and _may_bind(found):
            return found
    return None


def _own_address(prefix: IPv4Network | IPv6Network) -> str | None:
    if prefix.is_loopback:  # the whole of 127.0.0.0/8 is ours
        last = min(_HOST_ON_LOOPBACK, prefix.num_addresses - 1)
        return str(prefix.network_address + last)
    inside = prefix.network_address + min(1, prefix.num_addresses - 1)
    with socket.socket(_family(str(inside)), socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((str(inside), 9))  # sends nothing: asks for the way there
            ours = str(sock.getsockname()[0])
        except OSError:
            return None
    return ours if ip_address(ours.partition("%")[0]) in prefix else None


def _may_bind(address: str) -> bool:
    with socket.socket(_family(address), socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            return False
    return True


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
