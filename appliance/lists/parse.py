"""Reading a short list of names whole, in hosts format or one name a line. PURE.

A line that is neither is counted and passed over: one bad line never costs the list, but a
list of bad lines is told by its count. Lists of any size go through ``lists.gather``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from appliance.lists import hosts

SHOWN: Final = 20  # mistakes that are kept in full


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that names nothing: its number (the first is 1), text and what is wrong."""

    line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Canonical names, each once, in the order of the file; how many lines were bad."""

    names: tuple[str, ...]
    refused: int = 0
    first_refused: tuple[BadLine, ...] = ()


def parse(lines: Iterable[str]) -> Parsed:
    """Return the names in a list's lines."""
    names: dict[str, None] = {}
    bad: list[BadLine] = []
    refused = 0
    for number, line in enumerate(lines, 1):
        try:
            names.update((name, None) for name, _ in hosts.entries(line))
        except ValueError as error:
            refused += 1
            if len(bad) < SHOWN:
                bad.append(BadLine(number, line.rstrip()[:100], str(error)))
    return Parsed(tuple(names), refused, tuple(bad))
