"""The kernel's neighbour table as netlink carries it (rtnetlink(7), RFC 3549), and nothing more.

A dump is asked for and read with plain struct, because the proxy asks from inside a
running event loop, where pyroute2's synchronous calls raise, and because the import
alone would cost the DNS workers 0.3 s and several megabytes.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

_HEADER: Final = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, seq, port
_NEIGHBOUR: Final = struct.Struct("=BxxxiHBB")  # struct ndmsg: family, ifindex, state, flags, type
_ATTRIBUTE: Final = struct.Struct("=HH")  # struct rtattr: length, type
_NLMSG_ERROR: Final = 2
_NLMSG_DONE: Final = 3
_RTM_NEWNEIGH: Final = 28
_RTM_DELNEIGH: Final = 29
_RTM_GETNEIGH: Final = 30
_NLM_F_REQUEST_DUMP: Final = 0x301
_RTMGRP_NEIGH: Final = 4  # linux/rtnetlink.h: the group that hears of every change
_NDA_DST: Final = 1
_NDA_LLADDR: Final = 2
# NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT: the link-layer address was once confirmed.
_KNOWN: Final = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
_BUFFER: Final = 1 << 16
_TIMEOUT: Final = 0.2  # seconds; the kernel answers in well under a millisecond

Key = tuple[int, str]  # interface index, canonical address
Table = dict[Key, str]  # to MAC, lower case with colons


@dataclass(frozen=True, slots=True)
class Change:
    """What a message says of one address: its MAC now, or None where nobody is confirmed there."""

    key: Key
    mac: str | None


class BadAnswerError(ValueError):
    """The kernel's answer breaks off or reports an error. Blame: the kernel, or its absence."""


def request(sequence: int) -> bytes:
    """Return the message that asks for every neighbour of every family."""
    body = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    length = _HEADER.size + len(body)
    return _HEADER.pack(length, _RTM_GETNEIGH, _NLM_F_REQUEST_DUMP, sequence, 0) + body


def read(data: bytes) -> tuple[list[Change], bool]:
    """Return what one datagram says, in its order, and whether a dump ends in it.

    Raises:
        BadAnswerError: a length that does not fit, or an error message.
    """
    changes: list[Change] = []
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if not _HEADER.size <= length <= len(data) - at:
            raise BadAnswerError(f"a message claims {length} bytes, {len(data) - at} are there")
        if kind == _NLMSG_DONE:
            return changes, True
        if kind == _NLMSG_ERROR:
            raise BadAnswerError("the kernel refused the neighbour dump")
        if kind in (_RTM_NEWNEIGH, _RTM_DELNEIGH):
            body = data[at + _HEADER.size : at + length]
            changes += _change(body, gone=kind == _RTM_DELNEIGH)
        at += length + (-length % 4)
    return changes, False


def applied(table: Table, changes: Iterable[Change]) -> set[str]:
    """Bring a table up to date in place; return the addresses at which anything is another."""
    touched = set()
    for change in changes:
        if table.get(change.key) == change.mac:
            continue
        touched.add(change.key[1])
        if change.mac is None:
            del table[change.key]
        else:
            table[change.key] = change.mac
    return touched


def certain(table: Table) -> dict[str, str]:
    """Return address to MAC, without the addresses that two interfaces claim for two devices.

    Fails to nobody: somebody on another cable who claims a colleague's address, or has the
    same link-local one, earns nothing by it.
    """
    found: dict[str, str] = {}
    torn: set[str] = set()
    for (_, address), mac in table.items():
        if found.setdefault(address, mac) != mac:
            torn.add(address)
    return {address: mac for address, mac in found.items() if address not in torn}


def dump() -> Table:
    """Return every confirmed neighbour.

    Raises:
        BadAnswerError: an answer that cannot be read.
        OSError: no netlink here, or no answer in time.
    """
    found: Table = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as link:
        link.settimeout(_TIMEOUT)
        link.bind((0, 0))
        link.send(request(1))
        done = False
        while not done:
            changes, done = read(link.recv(_BUFFER))
            applied(found, changes)
    return found


def neighbours() -> dict[str, str]:
    """Return every certain neighbour: canonical address to MAC, lower case with colons.

    Raises:
        BadAnswerError: an answer that cannot be read.
        OSError: no netlink here, or no answer in time.
    """
    return certain(dump())


def subscribed() -> socket.socket:
    """Return a socket that does not block and on which the kernel tells of every change.

    Raises:
        OSError: no netlink here.
    """
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    try:
        link.setblocking(False)
        link.bind((0, _RTMGRP_NEIGH))
    except OSError:
        link.close()
        raise
    return link


def told(link: socket.socket) -> list[Change] | None:
    """Return what has come on a subscribed socket, in its order; None: nothing waits.

    Raises:
        BadAnswerError: an answer that cannot be read.
        OSError: ENOBUFS where the kernel had more to tell than fits: dump the table anew.
    """
    try:
        data, (sender, _) = link.recvfrom(_BUFFER)
    except BlockingIOError:
        return None
    return read(data)[0] if sender == 0 else []  # netlink(7): 0 is the kernel


def _change(message: bytes, *, gone: bool) -> list[Change]:
    if len(message) < _NEIGHBOUR.size:
        raise BadAnswerError("a neighbour message breaks off")
    _, interface, state, _, _ = _NEIGHBOUR.unpack_from(message)
    found = dict(_attributes(message[_NEIGHBOUR.size :]))
    address, mac = found.get(_NDA_DST, b""), found.get(_NDA_LLADDR, b"")
    if len(address) not in (4, 16):
        return []
    known = not gone and state & _KNOWN and len(mac) == 6 and any(mac)
    return [Change((interface, str(ip_address(address))), mac.hex(":") if known else None)]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if not _ATTRIBUTE.size <= length <= len(data) - at:
            raise BadAnswerError(f"an attribute claims {length} bytes, {len(data) - at} are there")
        yield kind, data[at + _ATTRIBUTE.size : at + length]
        at += length + (-length % 4)
