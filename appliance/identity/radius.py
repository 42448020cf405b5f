"""RADIUS accounting (RFC 2866, RFC 2869), as much of it as says who uses which device. Pure.

Own code instead of a library: an accounting server needs a header, a list of attributes and
two digests, while the libraries bring dictionaries, clients and servers of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

REQUEST: Final = 4  # Accounting-Request
RESPONSE: Final = 5
LONGEST: Final = 4096  # bytes, RFC 2865 section 3
_HEADER: Final = struct.Struct("!BBH16s")
_ADDRESSES: Final = 16  # of one device that are taken
_DIGITS: Final = re.compile(r"[0-9a-f]{12}")
# Attribute types: RFC 2865 section 5, 2866 section 5, 2869 section 5, 3162 section 2, 6911.
_USER, _NAS_IP, _FRAMED_IP, _CALLING, _NAS_ID, _PROXY_STATE = 1, 4, 8, 31, 32, 33
_STATUS, _DELAY, _SESSION, _TIMESTAMP = 40, 41, 44, 55
_NAS_IPV6, _INTERFACE, _PREFIX, _FRAMED_IPV6 = 95, 96, 97, 168


class BadPacketError(ValueError):
    """No accounting request of a known kind. Blame: whoever sent it."""


class Status(IntEnum):
    """Acct-Status-Type, RFC 2866 section 5.1."""

    START = 1
    STOP = 2
    INTERIM = 3
    ON = 7
    OFF = 8


@dataclass(frozen=True, slots=True)
class Packet:
    """An accounting request as it came. attributes: type and value, in their order."""

    id: int
    authenticator: bytes
    attributes: tuple[tuple[int, bytes], ...]
    raw: bytes

    def signed_with(self, secret: bytes) -> bool:
        """Whether the sender knows the secret (RFC 2866 section 3, Request Authenticator)."""
        digest = _md5(self.raw[:4] + bytes(16) + self.raw[20:] + secret)
        return hmac.compare_digest(digest, self.authenticator)

    def response(self, secret: bytes) -> bytes:
        """Return the answer, with the Proxy-State of those between (RFC 2865, 5.33)."""
        kept = b"".join(
            bytes((kind, len(value) + 2)) + value
            for kind, value in self.attributes
            if kind == _PROXY_STATE
        )
        head = struct.pack("!BBH", RESPONSE, self.id, 20 + len(kept))
        return head + _md5(head + self.authenticator + kept + secret) + kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a request says. user: as it was typed. mac: lower case with colons, or empty.

    session: what the access point calls it. nas: the access point. at: seconds since 1970 of the
    event, None where it does not say. delay: seconds that it was held back.
    """

    status: Status
    session: str = ""
    user: str = ""
    mac: str = ""
    addresses: tuple[str, ...] = ()
    nas: str = ""
    at: int | None = None
    delay: int = 0


def read(data: bytes) -> Packet:
    """Take a datagram apart. What stands after the length it claims is padding.

    Raises:
        BadPacketError: its lengths do not fit, or it is no Accounting-Request.
    """
    if len(data) < _HEADER.size:
        raise BadPacketError("shorter than a header")
    code, id_, length, authenticator = _HEADER.unpack_from(data)
    if code != REQUEST:
        raise BadPacketError(f"code {code} is no Accounting-Request")
    if not _HEADER.size <= length <= min(len(data), LONGEST):
        raise BadPacketError(f"claims {length} bytes of {len(data)}")
    raw = data[:length]
    return Packet(id_, authenticator, tuple(_attributes(raw)), raw)


def record(packet: Packet) -> Record:
    """Return what a request says; an attribute that cannot be read says nothing.

    Raises:
        BadPacketError: it does not say what happened (Acct-Status-Type).
    """
    first: dict[int, bytes] = {}
    for kind, value in packet.attributes:
        first.setdefault(kind, value)
    status = _number(first.get(_STATUS, b""))
    if status is None or status not in tuple(Status):
        raise BadPacketError("does not say whether somebody came or went")
    nas = _text(first.get(_NAS_ID, b"")) or _address(first.get(_NAS_IP, b""))
    return Record(
        status=Status(status), session=_text(first.get(_SESSION, b"")),
        user=_text(first.get(_USER, b"")), mac=mac_of(_text(first.get(_CALLING, b""))),
        addresses=tuple(dict.fromkeys(_addresses(packet.attributes)))[:_ADDRESSES],
        nas=nas or _address(first.get(_NAS_IPV6, b"")),
        at=_number(first.get(_TIMESTAMP, b"")), delay=_number(first.get(_DELAY, b"")) or 0,
    )  # fmt: skip


def mac_of(text: str) -> str:
    """Return a Calling-Station-Id as a MAC in lower case with colons; empty where it is none.

    Understood: ``00-11-22-AA-BB-CC`` (RFC 3580 section 3.21), with colons, dots or nothing
    between, and ``:SSID`` after it as some access points write.
    """
    bare = re.sub(r"[-:.]", "", text.strip().lower()[:17])[:12]
    if not _DIGITS.fullmatch(bare) or int(bare[:2], 16) & 1 or not int(bare, 16):
        return ""
    return ":".join(bare[i : i + 2] for i in range(0, 12, 2))


def names(user: str, realms: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what a user may be called in the register, as typed first, then without its realm.

    Case is folded. ``user@realm`` and ``REALM\\user`` lose the realm where it is one of the
    school's; where the school named none, any. A machine (``host/laptop``) is nobody.
    """
    folded = unicodedata.normalize("NFKC", user).strip().casefold()
    if not folded or not folded.isprintable() or folded.startswith("host/"):
        return ()
    own = {realm.strip().casefold() for realm in realms}
    name, at, realm = folded.rpartition("@")
    if not at:
        realm, at, name = folded.partition("\\")
    if at and name and (not own or realm in own):
        return folded, name
    return (folded,)


def _md5(data: bytes) -> bytes:
    """The digest that RADIUS is built on: a secret shared on a network of the school's own."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = _HEADER.size
    while at < len(raw):
        if at + 2 > len(raw) or not 2 <= raw[at + 1] <= len(raw) - at:
            raise BadPacketError("an attribute breaks off")
        yield raw[at], raw[at + 2 : at + raw[at + 1]]
        at += raw[at + 1]


def _addresses(attributes: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    """Yield Framed-IP-Address, Framed-IPv6-Address, and a prefix joined with an interface id."""
    prefix = interface = b""
    for kind, value in attributes:
        if kind in (_FRAMED_IP, _FRAMED_IPV6) and (found := _address(value)):
            yield found
        elif kind == _PREFIX and 2 <= len(value) <= 18 and value[1] in (64, 128):
            whole = value[2:].ljust(16, b"\0")
            prefix = whole[:8]
            if value[1] == 128:
                yield from filter(None, (_address(whole),))
        elif kind == _INTERFACE and len(value) == 8:
            interface = value
    if prefix and interface:
        yield from filter(None, (_address(prefix + interface),))


def _address(value: bytes) -> str:
    if len(value) == 4:
        four = IPv4Address(value)
        # RFC 2865 section 5.8: 255.255.255.254 and .255 ask for an address, and name none.
        usable = not (four.is_unspecified or four.is_multicast or value >= b"\xf0\0\0\0")
        return str(four) if usable else ""
    if len(value) == 16:
        six = IPv6Address(value)
        if six.is_unspecified or six.is_multicast:
            return ""
        return str(six.ipv4_mapped or six)
    return ""


def _number(value: bytes) -> int | None:
    return int.from_bytes(value, "big") if len(value) == 4 else None


def _text(value: bytes) -> str:
    """RFC 2865 section 5: UTF-8, never ended by a null. What is no text says nothing."""
    try:
        text = value.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
