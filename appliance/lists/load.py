"""Reading a list from a file or a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.lists.formats import Format
from appliance.lists.parse import Parsed, parse


@contextmanager
def lines_of(path: Path, format_: Format) -> Iterator[Iterator[str]]:
    """Give the lines of a list for ``gather``: a file (gzip too), UT1's folder or tar.gz.

    What is not UTF-8 in it becomes a line that names nothing.

    Raises:
        OSError: it is missing or cannot be read.
        ValueError: it is of the wrong kind, too large, or a damaged archive; in words.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        yield iter(lines)


def load_file(path: Path) -> Parsed:
    """Return the names in a file; what is not UTF-8 in it is refused line by line.

    Raises:
        OSError: it is missing or cannot be read.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        return parse(lines)
