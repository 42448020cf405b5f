"""Reading a list from a file."""

from __future__ import annotations

from pathlib import Path

from appliance.lists.parse import Parsed, parse


def load_file(path: Path) -> Parsed:
    """Return the names in a file; what is not UTF-8 in it is refused line by line.

    Raises:
        OSError: it is missing or cannot be read.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        return parse(lines)
