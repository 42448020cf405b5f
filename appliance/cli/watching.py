"""Verdicts as the recorder takes them into the store, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt
from appliance.attempts.attention import Attention
from appliance.cli import recorded
from appliance.cli.places import Places
from appliance.store.migrating import StoreError
from appliance.store.session import Store, open_store

AT_ONCE: Final = 200  # attempts taken in one look


class Verdicts:
    """Follows the log from the moment it is entered. A store that is away shows nothing."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._attention = Attention(places.run)
        self._store: Store | None = None
        self._last = 0
        self._failed: tuple[int, ...] | None = None

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()

    def new(self) -> Sequence[Attempt]:
        """Return the attempts recorded since the last look, oldest first."""
        if self._store is None and not self._open():
            return ()
        assert self._store is not None
        self._attention.ask()
        try:
            with self._store.reading() as session:
                return self._since(session)
        except SQLAlchemyError:
            return ()  # status says so; the log goes on when the store is back

    def _open(self) -> bool:
        """Open the store, and again only when it is another file than the one that failed."""
        found = _stamp(self._places.database)
        if found is None or found == self._failed:
            return False
        store: Store | None = None
        try:
            store = open_store(self._places.database)
            with store.reading() as session:
                self._last = recorded.newest_id(session)
        except (SQLAlchemyError, OSError, StoreError):
            if store is not None:
                store.close()
            self._failed = found
            return False
        self._store = store
        return True

    def _since(self, session: Session) -> Sequence[Attempt]:
        rows = recorded.chosen(session, recorded.Asked(limit=AT_ONCE), after=self._last)
        if rows:
            self._last = rows[-1].id
        return [row.attempt for row in rows]


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_mode
