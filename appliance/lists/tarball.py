"""Reading single files out of a tar archive as it streams by; nothing is ever unpacked.

``tarfile`` keeps every member's head and reads extended headers whole into memory, which an
archive from a stranger could make as large as it likes. Here a head is 512 bytes, whatever
is not asked for is passed over in small pieces, and links are no files. Formats: ustar
(POSIX.1-1988), GNU and pax (POSIX.1-2001); their extended headers are not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

BLOCK: Final = 512
_PIECE: Final = 1 << 16
_MOST: Final = 10_000  # members
_FILES: Final = frozenset({b"0", b"\0", b"7"})
_LINKS: Final = frozenset({b"1", b"2"})
_SUM: Final = slice(148, 156)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path, and its content until the next member is asked for."""

    path: str
    content: io.BufferedReader


class _Part(io.RawIOBase):
    """The next bytes of a stream, and no more."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; 0 at the end.

        Raises:
            ValueError: the archive ends before the file does.
        """
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._stream.read(min(len(view), self._left))
        if not piece and self._left and len(view):
            raise ValueError("the archive ends in the middle of a file")
        view[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def skip(self) -> None:
        """Pass over what is left."""
        while self._left:
            self.readinto(bytearray(min(_PIECE, self._left)))


def is_head(block: bytes) -> bool:
    """Whether a block is the head of a member: its checksum fits."""
    try:
        return len(block) == BLOCK and _number(block[_SUM]) == _checksum(block)
    except ValueError:
        return False


def members(stream: BinaryIO) -> Iterator[Member]:
    """Yield the files of an archive in their order. Folders and links to elsewhere are none.

    Raises:
        ValueError: damaged, cut short, or not to be trusted.
        OSError: it cannot be read.
    """
    for _ in range(_MOST):
        head = _exactly(stream, BLOCK)
        if not head.strip(b"\0"):
            return
        if not is_head(head):
            raise ValueError("the archive is damaged, or no tar archive")
        size = _number(head[124:136])
        kind, path = head[156:157], _path(head)
        if kind not in _FILES:  # a link's size says nothing: no content follows
            size = 0 if kind in _LINKS else size
        part = _Part(stream, size)
        if kind in _FILES:
            yield Member(path, io.BufferedReader(part))
        elif kind in _LINKS and path.rpartition("/")[2] in ("domains", "urls"):
            raise ValueError(f"{path[:80]!r} in the archive is a link")
        part.skip()
        _Part(stream, -size % BLOCK).skip()
    raise ValueError(f"the archive holds more than {_MOST:,} files")


def _path(head: bytes) -> str:
    name, prefix = (field.partition(b"\0")[0] for field in (head[:100], head[345:500]))
    whole = prefix + b"/" + name if prefix and head[257:262] == b"ustar" else name
    path = whole.decode("utf-8", "replace").removeprefix("./")
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path[:80]!r} in the archive leads out of it")
    return path


def _number(field: bytes) -> int:
    """Return a number in octal, as all that Bellgate reads are (larger ones than 8 GB are not)."""
    text = field.strip(b" \0")
    if not all(byte in b"01234567" for byte in text):
        raise ValueError("the archive is damaged: a number in it is none")
    return int(text or b"0", 8)


def _checksum(head: bytes) -> int:
    return sum(head[:148]) + 8 * 0x20 + sum(head[156:])


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        piece = stream.read(size - len(parts))
        if not piece:
            raise ValueError("the archive ends too early")
        parts += piece
    return parts
