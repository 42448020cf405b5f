"""How many rules our table has, asked of the kernel itself (nf_tables' netlink interface).

``nft list`` reads every element of every set first, which takes a second once the sets are
full; this takes less than a millisecond, so that it can be asked every second.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import Final

from appliance.firewall.document import TABLE

# linux/netlink.h, linux/netfilter/nfnetlink.h and nf_tables.h
_NETFILTER: Final = 12
_DUMP: Final = 0x1 | 0x300  # NLM_F_REQUEST, NLM_F_DUMP
_NEW_RULE: Final = (10 << 8) | 6
_GET_RULE: Final = (10 << 8) | 7
_ERROR, _DONE = 2, 3
_INET: Final = 1  # NFPROTO_INET
_TABLE: Final = 1  # NFTA_RULE_TABLE
_HEADER: Final = struct.Struct("=IHHII")
_PATIENCE: Final = 2.0  # seconds; the kernel answers at once


def rules() -> int:
    """Return the number of rules in our table; 0 where it was flushed, or taken away.

    Raises:
        OSError: the kernel does not answer, or this process may not ask.
    """
    name = TABLE.encode() + b"\0"
    attribute = struct.pack("=HH", 4 + len(name), _TABLE) + name + b"\0" * (-len(name) % 4)
    body = struct.pack("=BBH", _INET, 0, 0) + attribute
    request = _HEADER.pack(_HEADER.size + len(body), _GET_RULE, _DUMP, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETFILTER) as link:
        link.settimeout(_PATIENCE)
        link.bind((0, 0))
        link.send(request)
        found = 0
        while True:
            counted, done = counted_in(link.recv(1 << 16))
            found += counted
            if done:
                return found


def counted_in(data: bytes) -> tuple[int, bool]:
    """Return how many rules one datagram of the kernel's tells of, and whether it is the last.

    Raises:
        OSError: the kernel says that it cannot; "no such table" is no rule.
    """
    found, at = 0, 0
    while at + _HEADER.size <= len(data):
        length, kind, *_ = _HEADER.unpack_from(data, at)
        if kind == _ERROR:
            said = data[at + _HEADER.size :][:4]
            code = -int.from_bytes(said, sys.byteorder, signed=True)
            if code not in (0, 2):  # 2: ENOENT
                raise OSError(code, "the kernel does not tell of its rules")
            return found, True
        if kind == _DONE:
            return found, True
        found += kind == _NEW_RULE
        at += max(_HEADER.size, (length + 3) & ~3)
    return found, False
