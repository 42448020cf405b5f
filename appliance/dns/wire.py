"""The header and question of a DNS query, read straight from its bytes (RFC 1035, RFC 6891).

This is all that most packets need, and a full decoder costs twenty times as much. Options
are read here too: dnslib loses one of no length at the end, and that is a signal
(structured DNS errors).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from appliance.policy.names import BadNameError, canonical

HEADER: Final = struct.Struct("!HHHHHH")  # id, flags, and the four counts
_TYPE_CLASS: Final = struct.Struct("!HH")
_RECORD: Final = struct.Struct("!HHIH")  # type, class, ttl, length
_OPTION: Final = struct.Struct("!HH")

QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
OPCODE: Final = 0x7800
IN, CHAOS, ANY_CLASS = 1, 3, 255
MAX_NAME: Final = 255  # on the wire, with the root's octet
# No dot at an end, no digit last (which an IP literal may have).
_PLAIN: Final = re.compile(rb"[a-z0-9_-][a-z0-9._-]*[a-z]")


class Type(IntEnum):
    """The record types that the appliance treats differently from others."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    PTR = 12
    HINFO = 13
    TXT = 16
    AAAA = 28
    DNAME = 39
    OPT = 41
    DS = 43
    RRSIG = 46
    DNSKEY = 48
    SVCB = 64
    HTTPS = 65
    TKEY = 249
    TSIG = 250
    IXFR = 251
    AXFR = 252
    ANY = 255


class Rcode(IntEnum):
    """Response codes (RFC 1035, RFC 6891)."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    BADVERS = 16


class MalformedError(ValueError):
    """The packet is no well-formed query; the message says why. Blame: its sender."""


@dataclass(frozen=True, slots=True)
class Edns:
    """The OPT record of a query. ``size``: the UDP payload the client takes, in bytes."""

    size: int
    version: int
    dnssec_ok: bool
    options: tuple[tuple[int, bytes], ...]

    def empty_option(self, *codes: int) -> bool:
        """Whether one of the options is there without content, which is how clients ask."""
        return any(code in codes and not data for code, data in self.options)


@dataclass(frozen=True, slots=True)
class Question:
    """One query. ``raw``: name, type and class exactly as they came, to be echoed."""

    id: int
    flags: int
    raw: bytes
    type: int
    qclass: int
    edns: Edns | None

    @property
    def name(self) -> bytes:
        """The name on the wire, in the client's case."""
        return self.raw[:-4]

    @property
    def dnssec_ok(self) -> bool:
        """Whether the client wants signatures."""
        return self.edns is not None and self.edns.dnssec_ok


def read_question(packet: bytes) -> Question:
    """Return the question of a standard query (one question; at most an OPT beside it).

    Raises:
        MalformedError: anything cut short, left over, or not to be found in a query.
    """
    try:
        id_, flags, questions, answers, authority, additional = HEADER.unpack_from(packet)
        if questions != 1 or answers or authority:
            raise MalformedError(f"{questions} questions, {answers} answers, {authority} others")
        end = _question_end(packet)
        type_, class_ = _TYPE_CLASS.unpack_from(packet, end)
        end += 4
        raw = packet[12:end]
        edns: Edns | None = None
        for _ in range(additional):
            end, found = _additional(packet, end)
            if found is not None and edns is not None:
                raise MalformedError("two OPT records")
            edns = found or edns
    except (struct.error, IndexError) as error:
        raise MalformedError("cut short") from error
    if end != len(packet):
        raise MalformedError(f"{len(packet) - end} bytes too many")
    return Question(id_, flags, raw, type_, class_, edns)


def labels_of(name: bytes) -> list[bytes]:
    """Return the labels of an uncompressed name, without the root's.

    Raises:
        MalformedError: the name has a pointer, or does not end.
    """
    labels, at = [], 0
    while at < len(name) and name[at]:
        if name[at] > 63:
            raise MalformedError("a pointer where none may be")
        labels.append(name[at + 1 : at + 1 + name[at]])
        at += 1 + name[at]
    if at + 1 != len(name):
        raise MalformedError("a name without an end")
    return labels


def host_of(name: bytes) -> str:
    """Return the host a policy speaks of: canonical, empty for the root.

    Names may hold any octet, host names may not. Labels from the left that no host name
    can have are left off, so that a name below a blocked site stays below it.
    """
    labels = labels_of(name)
    text = b".".join(labels).lower()
    if text.count(b".") == len(labels) - 1 and _PLAIN.fullmatch(text):
        return text.decode("ascii")  # nine names in ten: nothing there to make canonical
    for start in range(len(labels)):
        rest = labels[start:]
        if any(b"." in label for label in rest):
            continue
        try:
            return canonical(b".".join(rest).decode("ascii"))
        except (BadNameError, UnicodeDecodeError):
            continue
    return ""


def name_to_wire(host: str) -> bytes:
    """Return a canonical host name as it stands on the wire."""
    labels = host.encode("ascii").split(b".") if host else []
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def _question_end(packet: bytes) -> int:
    at = 12
    while packet[at]:
        if packet[at] > 63:
            raise MalformedError("a compressed question")
        at += 1 + packet[at]
    if at + 1 - 12 > MAX_NAME:
        raise MalformedError("a name of more than 255 octets")
    return at + 1


def _additional(packet: bytes, at: int) -> tuple[int, Edns | None]:
    start, at = at, skip_name(packet, at)
    type_, class_, ttl, length = _RECORD.unpack_from(packet, at)
    end = at + 10 + length
    if end > len(packet):
        raise MalformedError("a record that is cut short")
    if type_ != Type.OPT:
        return end, None
    if packet[start]:
        raise MalformedError("an OPT record with a name")
    options = read_options(packet[at + 10 : end])
    return end, Edns(class_, ttl >> 16 & 0xFF, bool(ttl & 0x8000), options)


def read_options(data: bytes) -> tuple[tuple[int, bytes], ...]:
    """Return the options of an OPT record, those of no length too.

    Raises:
        MalformedError: an option is cut short.
    """
    options, at = [], 0
    while at < len(data):
        if at + 4 > len(data):
            raise MalformedError("an option that is cut short")
        code, length = _OPTION.unpack_from(data, at)
        at += 4 + length
        if at > len(data):
            raise MalformedError("an option that is cut short")
        options.append((code, data[at - length : at]))
    return tuple(options)


def skip_name(packet: bytes, at: int) -> int:
    """Return where a name, compressed or not, ends."""
    while length := packet[at]:
        if length >= 0xC0:
            return at + 2
        if length > 63:
            raise MalformedError("a label of a kind that does not exist")
        at += 1 + length
    return at + 1
