"""Items of a list in compressed chunks: the form in which the store keeps them.

A chunk holds some items in the order of their keys: the keys, one a line; for each key the
line of the source (32 bits, little-endian; 0: unknown); for each key its mark, one byte.
All three are compressed by zlib.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from appliance.policy.domains import Mark

CHUNK: Final = 50_000  # items
_LEVEL: Final = 6
_MOST_LINE: Final = 0xFFFF_FFFF

Item = tuple[str, Mark, int]  # key (policy.names.key_of), mark, line of the source


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some items, compressed.

    Reading one raises ValueError where it is damaged: whoever builds from it stops, and what
    was built before stays in force.
    """

    keys: bytes
    lines: bytes
    marks: bytes

    def keys_in(self) -> list[str]:
        """Return the keys."""
        return _unpacked(self.keys).decode("ascii").split("\n")

    def lines_in(self) -> list[int]:
        """Return the line of each key."""
        found = array("I")
        found.frombytes(_unpacked(self.lines))
        if sys.byteorder == "big":
            found.byteswap()
        return found.tolist()

    def marks_in(self) -> list[Mark]:
        """Return the mark of each key."""
        return [_MARKS[byte] for byte in _unpacked(self.marks)]


# An unknown mark closes: a newer program wrote it, and meant something by it.
_MARKS: Final = tuple(
    next((mark for mark in Mark if ord(mark) == byte), Mark.BELOW) for byte in range(256)
)


def _unpacked(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error as error:
        raise ValueError(f"a part of the list is damaged: {error}") from error


class Tally:
    """What was packed, counted. entries: names that are closed. exceptions: left open."""

    __slots__ = ("_keys", "_marks", "entries", "exceptions")

    def __init__(self) -> None:
        self.entries = self.exceptions = 0
        self._keys, self._marks = hashlib.sha256(), hashlib.sha256()

    def count(self, keys: Sequence[str], marks: Sequence[Mark]) -> None:
        """Count some items; into how many calls they are parted makes no difference."""
        left_open = marks.count(Mark.EXCEPT)
        self.exceptions += left_open
        self.entries += len(marks) - left_open
        self._keys.update("".join(f"{key}\n" for key in keys).encode("ascii"))
        self._marks.update("".join(marks).encode("ascii"))

    @property
    def sha256(self) -> str:
        """Return one digest of all keys and marks, in hex."""
        return hashlib.sha256(self._keys.digest() + self._marks.digest()).hexdigest()


def packed(items: Iterable[Item], tally: Tally | None = None) -> Iterator[Chunk]:
    """Yield items in chunks of ``CHUNK``. tally: counts them as they pass."""
    flow = iter(items)
    while some := list(islice(flow, CHUNK)):
        keys, marks, lines = zip(*some, strict=True)
        if tally is not None:
            tally.count(keys, marks)
        numbers = array("I", (min(line, _MOST_LINE) for line in lines))
        if sys.byteorder == "big":
            numbers.byteswap()
        yield Chunk(
            zlib.compress("\n".join(keys).encode("ascii"), _LEVEL),
            zlib.compress(numbers.tobytes(), _LEVEL),
            zlib.compress("".join(marks).encode("ascii"), _LEVEL),
        )


class Chunks:
    """Chunks in a file without a name: gone with the process, whatever ends it."""

    __slots__ = ("_file", "_places")

    def __init__(self, directory: Path, chunks: Iterable[Chunk]) -> None:
        """Write chunks into a folder's file system.

        Raises:
            OSError: the disk is full.
        """
        self._places: list[tuple[int, int, int]] = []
        self._file = TemporaryFile(dir=directory)  # noqa: SIM115
        try:
            for chunk in chunks:
                parts = (chunk.keys, chunk.lines, chunk.marks)
                self._file.writelines(parts)
                keys, lines, marks = map(len, parts)
                self._places.append((keys, lines, marks))
            self._file.flush()
        except BaseException:
            self._file.close()
            raise

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks. May be asked again, one after the other.

        Raises:
            OSError: the disk cannot be read.
        """
        self._file.seek(0)
        for sizes in self._places:
            keys, lines, marks = map(self._file.read, sizes)
            yield Chunk(keys, lines, marks)

    def close(self) -> None:
        """Give the room on the disk back."""
        self._file.close()
