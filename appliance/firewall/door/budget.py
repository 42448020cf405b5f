"""How many rows of one client and sign the log takes: who scans the internet does not fill it.
PURE.

What there is no room for waits, and is counted in the last row that there is room for: nothing
that was tried is lost from the count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

ROWS: Final = 20
SPAN: Final = 300.0  # seconds

One = TypeVar("One")
Key = tuple[str, str]


@dataclass(slots=True)
class _Waiting(Generic[One]):
    some: list[One] = field(default_factory=list)
    more: int = 0


class Budget(Generic[One]):
    """Rows that wait, and when rows were made. Times are monotonic seconds."""

    def __init__(self, rows: int = ROWS, span: float = SPAN) -> None:
        self._rows, self._span = rows, span
        self._waiting: dict[Key, _Waiting[One]] = {}
        self._made: dict[Key, list[float]] = {}

    def add(self, key: Key, one: One) -> None:
        """Put one down, for the next ``spent``."""
        waiting = self._waiting.setdefault(key, _Waiting())
        if len(waiting.some) < self._rows:
            waiting.some.append(one)
        else:
            waiting.more += 1

    def spent(self, now: float) -> Iterator[tuple[One, int]]:
        """Yield what to write down now, and for how many others each stands."""
        for key, times in list(self._made.items()):
            self._made[key] = [at for at in times if at > now - self._span]
            if not self._made[key]:
                del self._made[key]
        for key, waiting in list(self._waiting.items()):
            room = self._rows - len(self._made.get(key, ()))
            if room <= 0:
                waiting.more += len(waiting.some) - 1
                del waiting.some[1:]
                continue
            del self._waiting[key]
            some, rest = waiting.some[:room], waiting.more + max(0, len(waiting.some) - room)
            self._made.setdefault(key, []).extend([now] * len(some))
            for one in some[:-1]:
                yield one, 0
            yield some[-1], rest
