"""Following ``include:`` in v2fly's lists, to the files beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from appliance.lists import v2fly

MOST: Final = 2000  # files; the largest list of v2fly takes in some 600
Filters = tuple[tuple[str, ...], ...]


def with_included(
    path: Path, lines: Iterator[str], opened: Callable[[Path], Iterator[str]]
) -> Iterator[str]:
    """Yield a list's lines, then those of each list that it takes in, each list once.

    Its own lines keep their numbers. An include that leads nowhere stays as it is: whoever
    reads it refuses it. opened: gives the lines of a file beside it.

    Raises:
        ValueError: it takes in too many files.
        OSError: one of them cannot be read.
    """
    waiting: deque[tuple[str, Filters]] = deque()
    seen: set[tuple[str, Filters]] = {(path.name, ())}

    def follow(line: str, filters: Filters) -> str:
        try:
            found = v2fly.included(line)
        except ValueError:
            return line
        if found is None:
            return line if all(v2fly.has(line, wanted) for wanted in filters) else "\n"
        name, wanted = found
        if not (path.parent / name).is_file():
            return line
        step = (name, (*filters, wanted) if wanted and wanted not in filters else filters)
        if step not in seen:
            seen.add(step)
            waiting.append(step)
        return "\n"

    for line in lines:
        yield follow(line, ())
    while waiting:
        if len(seen) > MOST:
            raise ValueError(f"it takes in more than {MOST:,} other lists")
        name, filters = waiting.popleft()
        for line in opened(path.parent / name):
            yield follow(line, filters)
