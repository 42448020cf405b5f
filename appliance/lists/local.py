"""A list in a file or folder of this machine: a stick, a share, a tool that makes it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from appliance.lists.acceptance import wrong_type
from appliance.lists.body import Body, FetchError, Known, Limits, check_size
from appliance.lists.formats import Format

_PARTS: Final = ("domains", "urls")  # the files of a UT1 folder
_HEAD: Final = 1024


def path_of(address: str) -> Path:
    """Return the path that a checked ``file://`` address or a plain path names."""
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(address)


def fetch_local(
    address: str, format_: Format, *, known: Known | None = None, limits: Limits | None = None
) -> Body | None:
    """Return a list where it lies (it is not copied); None: it is the one that is known.

    Raises:
        FetchError: it is missing, too big, no list, or cannot be read.
    """
    path, limits = path_of(address), limits or Limits()
    try:
        files = tuple(_files(path, format_))
        found = [(file, file.stat()) for file in files]
    except OSError as error:
        raise FetchError(f"{path} cannot be read: {_why(error)}.") from error
    size = sum(state.st_size for _, state in found)
    check_size(size, limits)
    mark = " ".join(f"{state.st_mtime_ns}-{state.st_size}" for _, state in found)
    if known is not None and known.etag == mark:
        return None
    for file, state in found:
        _look(file, state.st_mode, format_)
    return Body(path=path, size=size, etag=mark)


def _files(path: Path, format_: Format) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    if format_ is not Format.UT1:
        raise FetchError(f"{path} is a folder; only UT1's lists are folders.")
    found = [path / part for part in _PARTS if (path / part).is_file()]
    if not found:
        raise FetchError(f"{path} holds neither {' nor '.join(_PARTS)}, as a UT1 folder does.")
    yield from found


def _look(path: Path, mode: int, format_: Format) -> None:
    """See that it is a file and a list; a pipe or device might never end."""
    if not stat.S_ISREG(mode):
        raise FetchError(f"{path} is no ordinary file.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise FetchError(f"{path} cannot be read: {_why(error)}.") from error
    wrong = wrong_type(format_, "", head)
    if wrong:
        raise FetchError(wrong)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
