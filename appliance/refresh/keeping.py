"""The core's thread that keeps lists current and asks for the filter behind the gate.

It has a store of its own and never holds the core up. A thread that died, whatever of, is
begun again; until then the last good lists stay in force.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from appliance import clock
from appliance.kept_thread import KeptThread
from appliance.refresh import filter_check
from appliance.refresh.asking import Endpoint
from appliance.refresh.progress import Watcher
from appliance.refresh.runner import Runner, Settings
from appliance.store.migrating import StoreError
from appliance.store.session import Store, open_store

TURN: Final = 1.0  # seconds between two looks: whoever asks for a list sees it begin
RETRY: Final = 10.0  # seconds until a store that failed is opened again

log = logging.getLogger(__name__)


class _StoppingError(Exception):
    """The core ends: the fetch is given up, and the last good list stays."""


class Keeping:
    """Keeps the lists of a data directory current, in a thread."""

    def __init__(
        self, database: Path, work: Path, stopping: threading.Event,
        resolvers: Callable[[], tuple[Endpoint, ...]],
    ) -> None:  # fmt: skip
        self._database = database
        self._work = work
        self._stopping = stopping
        self._resolvers = resolvers
        self._thread = KeptThread("lists", self._run, stopping)
        self._said = ""

    def look(self) -> None:
        """See that the thread runs. Never waits."""
        self._thread.look()

    def join(self, longest: float) -> None:
        """Wait for the thread to end, so many seconds at most."""
        self._thread.join(longest)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._with_store()
                self._said = ""
            except (SQLAlchemyError, StoreError, OSError) as error:
                if str(error) != self._said:
                    log.error("lists are not kept current, the last good ones hold: %s", error)
                self._said = str(error)
                self._stopping.wait(RETRY)
            except _StoppingError:
                return

    def _with_store(self) -> None:
        """Work until the database is another file, or gone: opening would make an empty one."""
        identity = self._identity()
        if identity is None:
            self._stopping.wait(RETRY)
            return
        store = open_store(self._database, make=False)
        try:
            runner = Runner(
                store, Settings(work=self._work, now=clock.real, share=random.SystemRandom().random)
            )
            while not self._stopping.is_set() and self._identity() == identity:
                self._turn(store, runner)
                self._stopping.wait(TURN)
        finally:
            store.close()

    def _turn(self, store: Store, runner: Runner) -> None:
        while runner.turn(Watcher(self._tell)) is not None:
            pass
        filter_check.run_if_due(store, self._resolvers(), clock.real())

    def _tell(self, _state: str, _done: int, _total: int | None) -> None:
        if self._stopping.is_set():
            raise _StoppingError

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._database.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino
