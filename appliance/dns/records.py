"""The records of an upstream's answer: where they lie, how long they last, what they name.

The message itself stays as it came. Only times to live are changed in place, and the tail
is cut, so no compression pointer (which always points back) is ever broken.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from appliance.dns.wire import HEADER, MalformedError, Rcode, Type, read_options, skip_name

_FIXED: Final = struct.Struct("!HHIH")  # type, class, ttl, length
_MAX_JUMPS: Final = 64


@dataclass(frozen=True, slots=True)
class Record:
    """One record: type, time to live (seconds), where its TTL and its data lie."""

    type: int
    ttl: int
    ttl_at: int
    data_at: int
    end: int


@dataclass(frozen=True, slots=True)
class Response:
    """An upstream's answer, read as far as it is needed.

    options: the EDNS options (code, data). upper_rcode: the high bits of the code.
    """

    message: bytes
    flags: int
    question_end: int
    answer: tuple[Record, ...]
    authority: tuple[Record, ...]
    options: tuple[tuple[int, bytes], ...]
    upper_rcode: int = 0

    @property
    def rcode(self) -> int:
        """The response code, extended by the OPT record's bits."""
        return self.flags & 0xF | self.upper_rcode << 4

    def lifetime(self) -> int:
        """Return for how many seconds the answer may be kept (RFC 2181, RFC 2308)."""
        if self.rcode == Rcode.NOERROR and self.answer:
            return min(record.ttl for record in self.answer)
        if self.rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN):
            return 0
        soa = next((r for r in self.authority if r.type == Type.SOA), None)
        if soa is None:
            return 0
        minimum: int = struct.unpack_from("!I", self.message, soa.end - 4)[0]
        return min(soa.ttl, minimum, *(record.ttl for record in self.answer))


def read_response(message: bytes) -> Response:
    """Return an upstream's answer.

    Raises:
        MalformedError: it does not hold together.
    """
    try:
        _, flags, questions, answers, authority, additional = HEADER.unpack_from(message)
        if questions != 1:
            raise MalformedError(f"{questions} questions in an answer")
        at = question_end = skip_name(message, 12) + 4
        sections: list[tuple[Record, ...]] = []
        for count in (answers, authority, additional):
            found = []
            for _ in range(count):
                record = _record(message, at)
                found.append(record)
                at = record.end
            sections.append(tuple(found))
    except (struct.error, IndexError) as error:
        raise MalformedError("cut short") from error
    opt = next((r for r in sections[2] if r.type == Type.OPT), None)
    options = read_options(message[opt.data_at : opt.end]) if opt else ()
    return Response(
        message, flags, question_end, sections[0], sections[1], options,
        opt.ttl >> 24 if opt else 0,
    )  # fmt: skip


def _record(message: bytes, at: int) -> Record:
    at = skip_name(message, at)
    type_, _, ttl, length = _FIXED.unpack_from(message, at)
    end = at + 10 + length
    if end > len(message):
        raise MalformedError("a record that is cut short")
    if ttl >= 1 << 31 and type_ != Type.OPT:
        ttl = 0  # RFC 2181 section 8: the top bit set means zero
    return Record(type_, ttl, at + 4, at + 10, end)


def read_name(message: bytes, at: int) -> bytes:
    """Return the name at an offset, its pointers followed, as plain wire labels.

    Raises:
        MalformedError: a pointer that goes forward or in a circle, or a name too long.
    """
    name, jumps = bytearray(), 0
    try:
        while length := message[at]:
            if length >= 0xC0:
                target = (length & 0x3F) << 8 | message[at + 1]
                jumps += 1
                if target >= at or jumps > _MAX_JUMPS:
                    raise MalformedError("a pointer that does not point back")
                at = target
                continue
            name += message[at : at + 1 + length]
            at += 1 + length
            if length > 63 or len(name) > 254:
                raise MalformedError("a name that is too long")
    except IndexError as error:
        raise MalformedError("a name that is cut short") from error
    return bytes(name) + b"\0"
