"""Accounting requests as access points send them, made by hand from RFC 2866."""

from __future__ import annotations

import hashlib
import struct
from ipaddress import ip_address

SECRET = b"a secret of sixteen"
START, STOP, INTERIM, ON, OFF = 1, 2, 3, 7, 8


def attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute."""
    return bytes((kind, len(value) + 2)) + value


def request(
    status: int | None = START, user: str = "t-larch", mac: str = "00-16-3E-00-00-01",
    session: str = "s1", *more: bytes, id_: int = 1, secret: bytes = SECRET,
    addresses: tuple[str, ...] = (), nas: str = "ap1", at: int | None = None,
    delay: int | None = None, code: int = 4,
) -> bytes:  # fmt: skip
    """Return a signed request. Empty texts are left out."""
    body = attribute(40, struct.pack("!I", status)) if status is not None else b""
    for kind, text in ((1, user), (31, mac), (44, session), (32, nas)):
        body += attribute(kind, text.encode()) if text else b""
    for address in addresses:
        packed = ip_address(address).packed
        body += attribute(8 if len(packed) == 4 else 168, packed)
    for kind, number in ((55, at), (41, delay)):
        body += attribute(kind, struct.pack("!I", number)) if number is not None else b""
    body += b"".join(more)
    head = struct.pack("!BBH", code, id_, 20 + len(body))
    return head + hashlib.md5(head + bytes(16) + body + secret).digest() + body


def answers(request_: bytes, response: bytes, secret: bytes = SECRET) -> bool:
    """Whether a response is a right Accounting-Response to a request (RFC 2866, section 3)."""
    code, id_, length = struct.unpack("!BBH", response[:4])
    digest = hashlib.md5(response[:4] + request_[4:20] + response[20:] + secret).digest()
    return (code, id_, length) == (5, request_[1], len(response)) and digest == response[4:20]
