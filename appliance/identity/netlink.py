"""The kernel's neighbour table as netlink carries it (rtnetlink(7), RFC 3549), and nothing more.

A dump is asked for and read with plain struct, because the proxy asks from inside a
running event loop, where pyroute2's synchronous calls raise, and because the import
alone would cost the DNS workers 0.3 s and several megabytes.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

_HEADER: Final = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, seq, port
_NEIGHBOUR: Final = struct.Struct("=BxxxiHBB")  # struct ndmsg: family, ifindex, state, flags, type
_ATTRIBUTE: Final = struct.Struct("=HH")  # struct rtattr: length, type
_NLMSG_ERROR: Final = 2
_NLMSG_DONE: Final = 3
_RTM_NEWNEIGH: Final = 28
_RTM_GETNEIGH: Final = 30
_NLM_F_REQUEST_DUMP: Final = 0x301
_NDA_DST: Final = 1
_NDA_LLADDR: Final = 2
# NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT: the link-layer address was once confirmed.
_KNOWN: Final = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
_BUFFER: Final = 1 << 16
_TIMEOUT: Final = 0.2  # seconds; the kernel answers in well under a millisecond

Pair = tuple[str, str]


class BadAnswerError(ValueError):
    """The kernel's answer breaks off or reports an error. Blame: the kernel, or its absence."""


def request(sequence: int) -> bytes:
    """Return the message that asks for every neighbour of every family."""
    body = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    length = _HEADER.size + len(body)
    return _HEADER.pack(length, _RTM_GETNEIGH, _NLM_F_REQUEST_DUMP, sequence, 0) + body


def read(data: bytes) -> tuple[list[Pair], bool]:
    """Return the (address, MAC) pairs of one datagram, and whether the dump ends in it.

    Raises:
        BadAnswerError: a length that does not fit, or an error message.
    """
    pairs: list[Pair] = []
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if not _HEADER.size <= length <= len(data) - at:
            raise BadAnswerError(f"a message claims {length} bytes, {len(data) - at} are there")
        if kind == _NLMSG_DONE:
            return pairs, True
        if kind == _NLMSG_ERROR:
            raise BadAnswerError("the kernel refused the neighbour dump")
        if kind == _RTM_NEWNEIGH:
            pairs += _pair(data[at + _HEADER.size : at + length])
        at += length + (-length % 4)
    return pairs, False


def neighbours() -> dict[str, str]:
    """Return every confirmed neighbour: canonical address to MAC, lower case with colons.

    Raises:
        BadAnswerError: an answer that cannot be read.
        OSError: no netlink here, or no answer in time.
    """
    found: dict[str, str] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as link:
        link.settimeout(_TIMEOUT)
        link.bind((0, 0))
        link.send(request(1))
        done = False
        while not done:
            pairs, done = read(link.recv(_BUFFER))
            found.update(pairs)
    return found


def _pair(message: bytes) -> list[Pair]:
    if len(message) < _NEIGHBOUR.size:
        raise BadAnswerError("a neighbour message breaks off")
    _, _, state, _, _ = _NEIGHBOUR.unpack_from(message)
    found = dict(_attributes(message[_NEIGHBOUR.size :]))
    address, mac = found.get(_NDA_DST, b""), found.get(_NDA_LLADDR, b"")
    if not (state & _KNOWN and len(address) in (4, 16) and len(mac) == 6 and any(mac)):
        return []
    return [(str(ip_address(address)), mac.hex(":"))]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if not _ATTRIBUTE.size <= length <= len(data) - at:
            raise BadAnswerError(f"an attribute claims {length} bytes, {len(data) - at} are there")
        yield kind, data[at + _ATTRIBUTE.size : at + length]
        at += length + (-length % 4)
