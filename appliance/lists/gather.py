"""Gathering a list of any size: read line by line, sorted on the disk, each name once.

Never holds all names in memory. A line that says nothing is counted and passed over; what
two lines say of one name is held against each other (``lists.folding``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from appliance.lists.entry import WholePageError
from appliance.lists.folding import folded, record
from appliance.lists.formats import Format, reader
from appliance.lists.packing import Chunks, Item, Tally, packed
from appliance.lists.parse import SHOWN, BadLine
from appliance.lists.spill import Sorter
from appliance.policy.names import key_of

LONGEST: Final = 4096  # characters of a line; no rule about a name is that long
STEP: Final = 10_000  # lines between two words about how far it is


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list that was read: counts, and its items in an order that needs no memory.

    entries: names it closes. exceptions: names it leaves open. refused: lines that say
    nothing a list of names can carry out; first_refused: the first ``SHOWN`` of them. pages:
    lines that name one page of a site, left out since the whole site would close. lines: all.
    sha256: of keys and marks. spill: the folder it is in. A context manager: at its end the
    room on the disk is free.
    """

    entries: int
    exceptions: int
    refused: int
    first_refused: tuple[BadLine, ...]
    sha256: str
    pages: int
    lines: int
    chunks: Chunks
    spill: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.chunks.close()

    def items(self) -> Iterator[Item]:
        """Yield key, mark and line, sorted by key, each key once. May be asked again.

        Raises:
            OSError: the disk cannot be read.
        """
        for chunk in self.chunks:
            yield from zip(chunk.keys_in(), chunk.marks_in(), chunk.lines_in(), strict=True)


class _Reading:
    """What is counted while lines are read."""

    __slots__ = ("bad", "lines", "pages", "refused")

    def __init__(self) -> None:
        self.bad: list[BadLine] = []
        self.lines = self.pages = self.refused = 0

    def refuse(self, line: str, error: ValueError) -> None:
        """Count a line that gave nothing."""
        if isinstance(error, WholePageError):
            self.pages += 1
            return
        self.refused += 1
        if len(self.bad) < SHOWN:
            self.bad.append(BadLine(self.lines, line.rstrip()[:100], str(error)))


def gather(
    lines: Iterable[str],
    format_: Format,
    spill: Path,
    progress: Callable[[int], None] | None = None,
) -> Gathered:
    """Read a list. Total: whatever the lines hold, they are names or they are counted.

    spill: a folder on the disk (never a tmpfs) for what memory does not hold. progress: is
    told now and then how many lines were read; what it raises ends the reading.

    Raises:
        OSError: the disk is full, or whatever gives the lines failed.
    """
    reading, tally = _Reading(), Tally()
    with Sorter(spill) as sorter:
        _fill(sorter, lines, format_, reading, progress)
        chunks = Chunks(spill, packed(folded(sorter.records()), tally))
    return Gathered(
        tally.entries, tally.exceptions, reading.refused, tuple(reading.bad), tally.sha256,
        reading.pages, reading.lines, chunks, spill,
    )  # fmt: skip


def _fill(
    sorter: Sorter,
    lines: Iterable[str],
    format_: Format,
    reading: _Reading,
    progress: Callable[[int], None] | None,
) -> None:
    read = reader(format_)
    for number, line in enumerate(lines, 1):
        reading.lines = number
        if progress is not None and number % STEP == 0:
            progress(number)
        try:
            if len(line) >= LONGEST:
                raise ValueError(f"longer than {LONGEST:,} characters")
            for name, kind in read(line):
                sorter.add(record(key_of(name), kind, number))
        except ValueError as error:
            reading.refuse(line, error)
    if progress is not None:
        progress(reading.lines)
