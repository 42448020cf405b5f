"""Somebody looks at the log: until they stop, the core takes the spool in at once.

The recorder spares the SD card and writes by the handful. A reader leaves a mark; the
core answers it when everything spooled before the mark is in the store.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

LONGEST: Final = 2.0  # seconds that a reader waits for the core, which may be down
_LOOK: Final = 0.02


class Attention:
    """The mark of a reader and the core's answer to it, as times of two empty files."""

    def __init__(self, run: Path, asked: str = "look", answered: str = "looked") -> None:
        """Use the directory in which a gate says what it does, and two files in it."""
        self._asked, self._answered = run / asked, run / answered

    def ask(self) -> int:
        """Leave a mark. A directory that cannot be written to leaves the log as it is."""
        try:
            self._asked.touch()
        except OSError:
            return 0
        return _stamp(self._asked)

    def wait(self, mark: int, longest: float | None = None) -> bool:
        """Wait until the core has answered a mark; False when it does not. longest: seconds."""
        for _ in range(int((LONGEST if longest is None else longest) / _LOOK)):
            if mark <= _stamp(self._answered):
                return True
            time.sleep(_LOOK)
        return False

    def waiting(self) -> int | None:
        """Return the mark that the core has not answered yet."""
        mark = _stamp(self._asked)
        return mark if mark > _stamp(self._answered) else None

    def answer(self, mark: int) -> None:
        """Say that all that was spooled before the mark is in the store."""
        self._answered.touch()
        os.utime(self._answered, ns=(mark, mark))


def changes(run: Path) -> Attention:
    """Return the marks of those who ask whether the store as it is now is in force."""
    return Attention(run, "changed", "published")


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
