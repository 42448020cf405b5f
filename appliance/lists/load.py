"""Reading a list from a file or a folder: text, gzip, UT1's folder or archive, v2fly's folder.

Nothing is unpacked to the disk, no line is longer in memory than a rule can be, and no more
is read than a limit allows, however much a small archive may swell to.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from appliance.lists import tarball
from appliance.lists.formats import Format
from appliance.lists.gather import LONGEST
from appliance.lists.including import with_included

MOST: Final = 1 << 30  # bytes of text; UT1's largest list has a tenth of that
_PARTS: Final = ("domains", "urls")  # in this order: domains keep the numbers of their lines
_BUFFER: Final = 1 << 16  # bytes
_GZIP: Final = b"\x1f\x8b"


class _Bounded(io.RawIOBase):
    """A stream that ends with a sentence where it would be too long, or is damaged."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left, self._most = stream, most, most

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; 0 at the end.

        Raises:
            ValueError: it is too long, or a damaged archive.
            OSError: it cannot be read.
        """
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            piece = self._stream.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"it is damaged and cannot be unpacked: {error}") from error
        self._left -= len(piece)
        if self._left < 0:
            raise ValueError(f"it is larger than {self._most >> 20:,} MB, no list is")
        view[: len(piece)] = piece
        return len(piece)


@contextmanager
def lines_of(
    path: Path, format_: Format, *, most: int = MOST, beside: bool = False
) -> Iterator[Iterator[str]]:
    """Give the lines of a list for ``gather``: a file (gzip too), UT1's folder or tar.gz.

    What is not UTF-8 in it becomes a line that names nothing. UT1: the lines of ``urls``
    follow those of ``domains``. most: bytes of text in each file. beside: v2fly's includes
    are followed to files beside this one, and their lines follow its own; only where a
    person named the path, never for what was fetched: a stranger would choose the files.

    Raises:
        OSError: it is missing or cannot be read, also while its lines are read.
        ValueError: it is of the wrong kind, too large, or a damaged archive, in words; also
            while its lines are read.
    """
    with ExitStack() as stack:
        if path.is_dir():
            yield _folder(path, format_, most, stack)
            return
        stream = _opened(path, most, stack)
        if tarball.is_head(stream.peek(tarball.BLOCK)[: tarball.BLOCK]):
            yield _archive(path, stream, format_, most, stack)
        elif format_ is Format.V2FLY and beside:
            yield with_included(path, _lines(stream), partial(_beside, most=most, stack=stack))
        else:
            yield _lines(stream)


def _opened(path: Path, most: int, stack: ExitStack, *, link: bool = True) -> io.BufferedReader:
    """Open an ordinary file, unpacked; a pipe or device might never end."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if link else os.O_NOFOLLOW)
    file = stack.enter_context(os.fdopen(os.open(path, flags), "rb"))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise ValueError(f"{path} is no ordinary file")
    if file.peek(2)[:2] != _GZIP:
        return io.BufferedReader(_Bounded(file, most), _BUFFER)
    unpacked = stack.enter_context(gzip.GzipFile(fileobj=file))
    return io.BufferedReader(_Bounded(cast("BinaryIO", unpacked), most), _BUFFER)


def _beside(path: Path, *, most: int, stack: ExitStack) -> Iterator[str]:
    return _lines(_opened(path, most, stack, link=False))


def _lines(stream: io.BufferedReader) -> Iterator[str]:
    """Yield lines; of a longer one than any rule the beginning, by which gather knows it."""
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace")
    whole = True
    for piece in iter(partial(text.readline, LONGEST), ""):
        if whole:
            yield piece
        whole = piece.endswith("\n")


def _folder(path: Path, format_: Format, most: int, stack: ExitStack) -> Iterator[str]:
    if format_ is not Format.UT1:
        raise ValueError(f"{path} is a folder; only UT1's lists are folders")
    found = [path / part for part in _PARTS if (path / part).exists()]
    if not found:
        raise ValueError(f"{path} holds neither domains nor urls, as a UT1 folder does")
    return _all(_lines(_opened(file, most, stack, link=False)) for file in found)


def _archive(
    path: Path, stream: io.BufferedReader, format_: Format, most: int, stack: ExitStack
) -> Iterator[str]:
    if format_ is not Format.UT1:
        raise ValueError(f"{path} is an archive; only UT1's lists are archives")
    second = _opened(path, most, stack)  # the archive is read twice, once for each part
    seen: set[str] = set()
    yield from _part(stream, _PARTS[0], seen)
    yield from _part(second, _PARTS[1], seen)
    if not seen:
        raise ValueError(f"{path} holds neither domains nor urls, as a UT1 archive does")


def _part(stream: io.BufferedReader, part: str, seen: set[str]) -> Iterator[str]:
    for member in tarball.members(cast("BinaryIO", stream)):
        folder, _, name = member.path.rpartition("/")
        if name != part:
            continue
        seen.add(folder)
        if len(seen) > 1:
            said = ", ".join(sorted(seen))
            raise ValueError(f"the archive holds several lists ({said}): take one of each")
        yield from _lines(member.content)


def _all(flows: Iterable[Iterator[str]]) -> Iterator[str]:
    for flow in flows:
        yield from flow
