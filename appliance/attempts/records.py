"""One attempt as bytes, and a segment's bytes as attempts again. PURE.

A segment is one head record and then attempts. A record is a mark of four bytes, the
length and CRC-32 of its payload (both 32 bits, big-endian), and the payload in
MessagePack. The head names the fields in the order in which attempts hold them, so a
segment outlives an update of the program. After damage, reading goes on at the next mark
that begins a whole record: one lost sector costs the records in it and no more.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final

import msgspec

from appliance.attempts.attempt import Attempt

FORMAT: Final = 1
MARK: Final = b"\xbe\x11\x6a\x7e"
_FRAME: Final = struct.Struct(">4sII")
_LONGEST: Final = 1 << 20  # bytes; a length beyond it is damage
_FIELDS: Final = tuple(field.name for field in fields(Attempt))
_KNOWN: Final = frozenset(_FIELDS)
_values: Final = attrgetter(*_FIELDS)
_encode: Final = msgspec.msgpack.Encoder().encode


class BadSegmentError(ValueError):
    """A segment without a head that this program can read."""


@dataclass(frozen=True, slots=True)
class Head:
    """Of a segment: its identity (never used again, unlike its name), and the fields."""

    id: str
    face: str
    names: tuple[str, ...] = _FIELDS
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read: attempts, the offset after the last of them, bytes that made no sense."""

    attempts: tuple[Attempt, ...]
    end: int
    skipped: int = 0


def framed(payload: bytes) -> bytes:
    """Return a payload as a record."""
    return _FRAME.pack(MARK, len(payload), zlib.crc32(payload)) + payload


def record_of(attempt: Attempt) -> bytes:
    """Return an attempt as a record."""
    return framed(_encode(_values(attempt)))


def head_record(head: Head) -> bytes:
    """Return a head as a record."""
    return framed(_encode(head))


def read_head(data: bytes) -> tuple[Head, int]:
    """Return the head of a segment and the offset of what follows.

    Raises:
        BadSegmentError: cut short, damaged, or of another format.
    """
    payload = _payload_at(data, 0)
    if payload is None:
        raise BadSegmentError("the segment has no whole head")
    try:
        head = msgspec.msgpack.decode(payload, type=Head)
    except msgspec.MsgspecError as error:
        raise BadSegmentError(f"the head of the segment makes no sense: {error}") from error
    if head.format != FORMAT:
        raise BadSegmentError(f"the segment has format {head.format}, not {FORMAT}")
    return head, _FRAME.size + len(payload)


def read_records(data: bytes, head: Head, *, limit: int, finished: bool) -> Stretch:
    """Return up to ``limit`` attempts from bytes that begin at a record.

    finished: nobody writes to the segment any more, so what is not whole never will be
    and is skipped; while it is being written, reading stops there until the next time.
    """
    found: list[Attempt] = []
    at = skipped = 0
    while at < len(data) and len(found) < limit:
        payload = _payload_at(data, at)
        attempt = None if payload is None else _attempt(payload, head)
        if payload is not None and attempt is not None:
            found.append(attempt)
            at += _FRAME.size + len(payload)
            continue
        if not finished and payload is None:
            break
        following = _next_whole(data, at + 1)
        skipped += following - at
        at = following
    return Stretch(tuple(found), at, skipped)


def _payload_at(data: bytes, at: int) -> bytes | None:
    if len(data) - at < _FRAME.size:
        return None
    mark, length, crc = _FRAME.unpack_from(data, at)
    start = at + _FRAME.size
    if mark != MARK or length > _LONGEST or start + length > len(data):
        return None
    payload = data[start : start + length]
    return payload if zlib.crc32(payload) == crc else None


def _next_whole(data: bytes, at: int) -> int:
    """Return the next offset at which a whole record begins, or the end of the data."""
    while (at := data.find(MARK, at)) != -1:
        if _payload_at(data, at) is not None:
            return at
        at += 1
    return len(data)


def _attempt(payload: bytes, head: Head) -> Attempt | None:
    """Return the attempt in a payload; None for one that an older program cannot mean."""
    try:
        values: Any = msgspec.msgpack.decode(payload)
        named = {n: v for n, v in zip(head.names, values, strict=True) if n in _KNOWN}
        return msgspec.convert(named, Attempt)
    except (msgspec.MsgspecError, ValueError, TypeError):
        return None
