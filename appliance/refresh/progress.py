"""How far a fetch is, told to whoever watches it, and noted for the pages now and then."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from appliance import clock
from appliance.store import fetches
from appliance.store.session import Store

EVERY: Final = 1.0  # seconds between two notes: each is a write


def _nothing(state: str, done: int, total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whoever is told state (``fetching``: bytes, ``reading``: lines), how much, of how much."""

    tell: Callable[[str, int, int | None], None] = _nothing


class Told:
    """Passes on how far one list's fetch is."""

    def __init__(self, store: Store, list_id: str, watcher: Watcher) -> None:
        self._store = store
        self._list_id = list_id
        self._watcher = watcher
        self._noted = clock.monotonic()

    def octets(self, done: int, total: int | None) -> None:
        """So many bytes are here, of so many."""
        self._tell("fetching", done, total)

    def lines(self, done: int) -> None:
        """So many lines are read."""
        self._tell("reading", done, None)

    def _tell(self, state: str, done: int, total: int | None) -> None:
        self._watcher.tell(state, done, total)
        now = clock.monotonic()
        if now - self._noted < EVERY:
            return
        self._noted = now
        # It is for looking at alone: a store that is busy keeps no list from being fetched.
        with contextlib.suppress(SQLAlchemyError), self._store.session() as session:
            fetches.progress(session, self._list_id, state, done, total)
