"""Sorting more text than memory holds: sorted runs in unlinked files, merged.

The files have no name on the disk from the moment they are made, so that nothing of them
is left after a power cut or a crash. What fits into one run never touches the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Final, Self

RUN: Final = 50_000  # records in memory at once: about 6 MB
FAN: Final = 64  # runs that are open and merged at once


class Sorter:
    """Takes records (ASCII text without line ends) in any order and gives them sorted.

    A context manager: at its end the room on the disk is given back.
    """

    __slots__ = ("_directory", "_run", "_runs")

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._run: list[str] = []
        self._runs: list[IO[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def add(self, record: str) -> None:
        """Take a record.

        Raises:
            OSError: the disk is full.
        """
        self._run.append(record)
        if len(self._run) >= RUN:
            self._spill()

    def records(self) -> Iterator[str]:
        """Yield every record, sorted. May be asked again, one after the other.

        Raises:
            OSError: the disk is full or cannot be read.
        """
        self._run.sort()
        if not self._runs:
            return iter(self._run)
        return merge(*map(_read, self._runs), self._run)

    def close(self) -> None:
        """Forget every record."""
        for run in self._runs:
            run.close()
        self._runs, self._run = [], []

    def _spill(self) -> None:
        self._run.sort()
        self._runs.append(_written(self._directory, self._run))
        self._run = []
        if len(self._runs) >= FAN:
            runs = self._runs
            self._runs = [_written(self._directory, merge(*map(_read, runs)))]
            for run in runs:
                run.close()


def _written(directory: Path, records: Iterable[str]) -> IO[str]:
    file = TemporaryFile("w+", encoding="ascii", newline="\n", dir=directory)  # noqa: SIM115
    try:
        file.writelines(f"{record}\n" for record in records)
        file.flush()
    except BaseException:
        file.close()
        raise
    return file


def _read(run: IO[str]) -> Iterator[str]:
    run.seek(0)
    return (line[:-1] for line in run)
