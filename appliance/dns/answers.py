"""Answers, put together. Pure: a question and what was decided in, bytes out.

The question is echoed octet for octet (case included, RFC 5452 section 9.3 and 0x20).
No answer says that it is authoritative; AD is passed on from the upstream, never made up.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from appliance.dns.records import Record, Response
from appliance.dns.wire import (
    AD,
    CD,
    CHAOS,
    HEADER,
    IN,
    OPCODE,
    QR,
    RA,
    RD,
    TC,
    Question,
    Rcode,
    Type,
    name_to_wire,
)

SMALL: Final = 30  # seconds: what a block or a steered address lasts at most
LONG: Final = 3600  # seconds: what never changes
STALE: Final = 30  # seconds: RFC 8767 section 4
UDP_DEFAULT, UDP_MOST = 512, 1232
_EDE: Final = 15  # EDNS option code (RFC 8914)
_RR: Final = struct.Struct("!HHHIH")  # pointer to the question, type, class, ttl, length
_OPTION: Final = struct.Struct("!HHH")
_QUESTION: Final = 0xC00C
# Written out: a packer given this alone would compress it against itself.
_SOA_NAMES: Final = name_to_wire("bellgate.invalid") + name_to_wire("nobody.invalid")


@dataclass(frozen=True, slots=True)
class Error:
    """An extended DNS error (RFC 8914): a code, and a short plain text."""

    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ttl:
    """Where a time to live stands in a message. ``decays``: it counts from when it was got."""

    at: int
    seconds: int
    decays: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A message with what may be changed in it.

    keep: for how many seconds it may be given again, its TTLs stamped; 0 is never.
    ceiling: no TTL is shown above this many seconds.
    """

    message: bytes
    ttls: tuple[Ttl, ...] = ()
    keep: float = 0.0
    ceiling: int = 1 << 31


def stamp(message: bytearray, answer: Answer, age: float, left: float) -> None:
    """Write the TTLs for an answer that is ``age`` seconds old, whose verdict has ``left`` to go.

    None outlives the verdict, but for the last second: a TTL of 0 makes some clients ask
    twice, so the least is 1.
    """
    whole_age, most = int(age), answer.ceiling if left > answer.ceiling else int(left)
    for ttl in answer.ttls:
        seconds = ttl.seconds - whole_age if ttl.decays else ttl.seconds
        struct.pack_into("!I", message, ttl.at, max(1, min(seconds, most)))


def record(
    type_: int, data: bytes, ttl: int = SMALL, class_: int = IN, owner: int = _QUESTION
) -> bytes:
    """Return a record that belongs to the name asked for. owner: a pointer to another."""
    return _RR.pack(owner, type_, class_, ttl, len(data)) + data


def made_up(
    question: Question,
    rcode: int = Rcode.NOERROR,
    answer: Sequence[bytes] = (),
    *,
    ttl: int = SMALL,
    error: Error | None = None,
    keep: float = LONG,
) -> Answer:
    """Return an answer of our own. Without records it carries an SOA (RFC 2308)."""
    negative = not answer and rcode in (Rcode.NOERROR, Rcode.NXDOMAIN)
    authority = (record(Type.SOA, _soa(ttl), ttl),) if negative else ()
    opt = _opt(question, rcode, error)
    header = HEADER.pack(
        question.id, _flags(question, rcode), 1, len(answer), len(authority), 1 if opt else 0
    )
    ttls, at = [], 12 + len(question.raw)
    for one in (*answer, *authority):
        ttls.append(Ttl(at + 6, ttl))
        at += len(one)
    if negative:
        ttls.append(Ttl(at - 4, ttl))  # the SOA's minimum, which bounds it as well
    message = b"".join((header, question.raw, *answer, *authority, opt))
    return Answer(message, tuple(ttls), keep)


def addresses(question: Question, ours: Sequence[str], error: Error | None = None) -> Answer:
    """Return our own addresses of the type asked for; no data for any other type."""
    packed = [ip_address(address).packed for address in ours]
    size = {Type.A: 4, Type.AAAA: 16}.get(Type(question.type)) if _is_host(question) else 0
    records = [record(question.type, data) for data in packed if len(data) == size]
    return made_up(question, answer=records, error=error if records else None)


def text(question: Question, value: str) -> Answer:
    """Return a TXT record of class CHAOS, never kept: it tells of this very moment."""
    words = value.encode()[:255]
    data = record(Type.TXT, bytes((len(words),)) + words, 0, CHAOS)
    opt = _opt(question, 0, None)
    header = HEADER.pack(question.id, _flags(question, 0), 1, 1, 0, 1 if opt else 0)
    return Answer(header + question.raw + data + opt)


def minimal_any(question: Question) -> Answer:
    """Return the small answer to ANY (RFC 8482 section 4.2)."""
    return made_up(question, answer=(record(Type.HINFO, b"\x07RFC8482\x00"),))


def forwarded(
    question: Question,
    response: Response,
    *,
    stale: bool = False,
    keep: float = 0.0,
    ceiling: int = 1 << 31,
) -> Answer:
    """Return an upstream's answer for this client: its question, its EDNS, and only what it needs.

    The additional section is left off, and so is the authority of a positive answer unless
    signatures were asked for. An upstream's extended errors are passed on.
    """
    sections = [response.answer]
    if not response.answer or question.dnssec_ok or response.rcode:
        sections.append(response.authority)
    kept = [one for section in sections for one in section]
    end = kept[-1].end if kept else response.question_end
    authentic = response.flags & AD and (question.flags & AD or question.dnssec_ok)
    error = Error(3, "the resolver did not answer in time") if stale else None
    passed = [option for option in response.options if option[0] == _EDE]
    opt = _opt(question, response.rcode, error, passed)
    header = HEADER.pack(
        question.id, _flags(question, response.rcode) | (AD if authentic else 0), 1,
        len(response.answer), len(sections[1]) if len(sections) > 1 else 0, 1 if opt else 0,
    )  # fmt: skip
    body = response.message[response.question_end : end]
    ttls = tuple(_ttl(one, stale) for one in kept)
    return Answer(header + question.raw + body + opt, ttls, keep, ceiling)


def led(
    question: Question,
    alias: str,
    response: Response,
    *,
    error: Error | None = None,
    stale: bool = False,
    keep: float = 0.0,
    ceiling: int = 1 << 31,
) -> Answer:
    """Return the addresses of an alias under the name asked for, from the alias's own answer.

    What the upstream calls on its way to them is left out: a chain that the client cannot
    check serves nobody. Nothing of it is authentic (AD is clear).
    """
    owner = 0xC000 | 12 + len(question.raw) + _RR.size  # where the alias's name stands
    ttl = response.lifetime()
    found = [
        record(one.type, response.message[one.data_at : one.end], ttl, owner=owner)
        for one in response.answer
        if one.type == question.type
    ]
    records = [record(Type.CNAME, name_to_wire(alias), ttl), *found]
    authority = [] if found else [record(Type.SOA, _soa(ttl), ttl, owner=owner)]
    opt = _opt(question, 0, error)
    header = HEADER.pack(
        question.id, _flags(question, 0), 1, len(records), len(authority), 1 if opt else 0
    )
    ttls, at = [], 12 + len(question.raw)
    for one in (*records, *authority):
        ttls.append(Ttl(at + 6, STALE if stale else ttl, decays=not stale))
        at += len(one)
    message = b"".join((header, question.raw, *records, *authority, opt))
    return Answer(message, tuple(ttls), keep, ceiling)


def fitted(question: Question, answer: Answer) -> Answer:
    """Return an answer that the client's UDP buffer can take: itself, or one that says TC."""
    size = UDP_DEFAULT if question.edns is None else question.edns.size
    if len(answer.message) <= min(max(size, UDP_DEFAULT), UDP_MOST):
        return answer
    rcode = answer.message[3] & 0xF
    opt = _opt(question, rcode, None)
    header = HEADER.pack(question.id, _flags(question, rcode) | TC, 1, 0, 0, 1 if opt else 0)
    return Answer(header + question.raw + opt, (), answer.keep)


def without_question(packet: bytes, rcode: Rcode) -> Answer:
    """Return an answer to what could not be read: its id and flags are all that is known."""
    id_, flags = struct.unpack_from("!HH", packet)
    return Answer(HEADER.pack(id_, QR | flags & (OPCODE | RD) | rcode, 0, 0, 0, 0))


def _flags(question: Question, rcode: int) -> int:
    return QR | RA | question.flags & (OPCODE | RD | CD) | rcode & 0xF


def _opt(
    question: Question,
    rcode: int,
    error: Error | None,
    passed: Sequence[tuple[int, bytes]] = (),
) -> bytes:
    """Our OPT record; none for a client that sent none (RFC 6891 section 6.1.1)."""
    if question.edns is None:
        return b""
    options = b"".join(struct.pack("!HH", c, len(data)) + data for c, data in passed)
    if error is not None:
        words = error.text.encode()
        options += _OPTION.pack(_EDE, 2 + len(words), error.code) + words
    ttl = (rcode >> 4) << 24 | (0x8000 if question.edns.dnssec_ok else 0)
    return b"\0" + struct.pack("!HHIH", Type.OPT, UDP_MOST, ttl, len(options)) + options


def _soa(ttl: int) -> bytes:
    return _SOA_NAMES + struct.pack("!IIIII", 1, LONG, 600, 86400, ttl)


def _ttl(one: Record, stale: bool) -> Ttl:
    return Ttl(one.ttl_at, STALE) if stale else Ttl(one.ttl_at, one.ttl, decays=True)


def _is_host(question: Question) -> bool:
    return question.type in (Type.A, Type.AAAA)
