"""What the pages know of the gate: the snapshot that the faces enforce too, and the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from flask import current_app, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_ui.settings import WebSettings
from appliance import clock
from appliance.attempts.attention import changes
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder
from appliance.store.migrating import StoreError
from appliance.store.session import Store, open_store

WITHIN: Final = 1.0  # seconds in which a running gate enforces a change


class StoreAwayError(RuntimeError):
    """The database cannot be used now. Enforcement goes on; pages that need it say so."""


@dataclass(frozen=True, slots=True)
class View:
    """The gate at one moment. ``at`` is in the school's zone. ``state``: see ``Holder``."""

    snapshot: Snapshot
    state: str
    at: datetime
    clock_trusted: bool

    @property
    def rehearsal(self) -> bool:
        """Whether the clock is being rehearsed: said loudly on every page."""
        return self.snapshot.contents.clock_offset != 0

    @property
    def zone(self) -> ZoneInfo:
        """The school's zone, in which every page tells the time."""
        return ZoneInfo(self.snapshot.contents.calendar.zone)


class Gate:
    """Holds the snapshot and the store for the threads of the web server."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self._holder = Holder(settings.data / "snapshot")
        self._lock = Lock()
        self._store: Store | None = None

    def view(self) -> View:
        """Return the gate as it is now; ``view().at`` is the gate's time, maybe rehearsed."""
        with self._lock:
            self._holder.refresh()
            snapshot, state = self._holder.snapshot, str(self._holder.state)
        contents = snapshot.contents
        now = clock.now(
            contents.clock_offset,
            not_before=contents.built_at,
            need_synchronised=contents.need_synchronised_clock,
        )
        return View(
            snapshot, state, now.at.astimezone(ZoneInfo(contents.calendar.zone)), now.trusted
        )

    def real(self) -> datetime:
        """Return the system's time, in UTC: for sessions, sign-in and the audit chain."""
        return clock.real()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open one transaction of the store: kept at the end, or nothing of it.

        Raises:
            StoreAwayError: the database is missing, locked, damaged or without room.
        """
        try:
            with self._opened().session(actor=_actor(), doing=_doing()) as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreAwayError(_first_line(error)) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open the store for reading alone.

        Raises:
            StoreAwayError: the database is missing, locked or damaged.
        """
        try:
            with self._opened().reading() as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreAwayError(_first_line(error)) from error

    def in_force(self, longest: float = WITHIN) -> bool:
        """Wait until the running gate enforces what the store holds now; False: not in time."""
        asked = changes(self.settings.data / "run")
        mark = asked.ask()
        return bool(mark) and asked.wait(mark, longest)

    def close(self) -> None:
        """Give up the store."""
        if self._store is not None:
            self._store.close()

    def _opened(self) -> Store:
        with self._lock:
            if self._store is None:
                path = self.settings.database
                if not path.exists():  # opening would make an empty one
                    raise StoreAwayError(f"{path.name} is not there yet")
                try:
                    self._store = open_store(path)
                except (SQLAlchemyError, StoreError, OSError) as error:
                    raise StoreAwayError(str(error).partition("\n")[0]) from error
            return self._store


def gate() -> Gate:
    """Return the gate of the application that serves this request."""
    found = current_app.extensions["gate"]
    assert isinstance(found, Gate)
    return found


def _actor() -> str:
    """Return who changes something, for a change that its page wrote no audit entry about."""
    found = g.get("session") if has_request_context() else None
    return str(found.account.login) if found is not None else "nobody"


def _doing() -> str:
    return f"page {request.endpoint}" if has_request_context() else ""


def _first_line(error: SQLAlchemyError) -> str:
    return str(error).partition("\n")[0]
