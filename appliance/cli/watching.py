"""Verdicts as the recorder takes them into the store, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance.attempts.attempt import Attempt
from appliance.cli import recorded
from appliance.cli.attention import Attention
from appliance.cli.places import Places
from appliance.store.session import Store, open_store

AT_ONCE: Final = 200  # attempts taken in one look


class Verdicts:
    """Follows the log from the moment it is entered. A store that is away shows nothing."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._attention = Attention(places.run)
        self._store: Store | None = None
        self._last = 0

    def __enter__(self) -> Self:
        self._store = open_store(self._places.database)
        with self._store.reading() as session:
            self._last = recorded.newest_id(session)
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()

    def new(self) -> Sequence[Attempt]:
        """Return the attempts recorded since the last look, oldest first."""
        if self._store is None:
            return ()
        self._attention.ask()
        try:
            with self._store.reading() as session:
                return self._since(session)
        except SQLAlchemyError:
            return ()  # status says so; the log goes on when the store is back

    def _since(self, session: Session) -> Sequence[Attempt]:
        rows = recorded.chosen(session, recorded.Asked(limit=AT_ONCE), after=self._last)
        if rows:
            self._last = rows[-1].id
        return [row.attempt for row in rows]
