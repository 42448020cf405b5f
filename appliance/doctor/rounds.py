"""The core's thread that tests the gate: once a day in each kind of period, and when asked.

It has a store of its own and never holds the core up. Whatever fails here, enforcement goes
on: at worst a self-test is missing from the matrix, and the page shows how old each one is.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from appliance import clock
from appliance.doctor import asked, look, schedule
from appliance.doctor.look import Looker
from appliance.doctor.result import SCHEDULE, Result
from appliance.doctor.trying import every
from appliance.identity import stand_in
from appliance.kept_thread import KeptThread
from appliance.store import doctor
from appliance.store.migrating import StoreError
from appliance.store.session import Store, open_store

TURN: Final = 1.0  # seconds between two looks: whoever asks for a run sees it begin
FIRST: Final = 60.0  # seconds after the start: all children have to be up
APART: Final = 900.0  # seconds between two runs that nobody asked for
LOOKS: Final = 20.0  # seconds between two looks whether one is due
AGAIN: Final = 60.0  # seconds until a failure is tried again

log = logging.getLogger(__name__)


class Rounds:
    """Tests the gate of a data directory, in a thread."""

    def __init__(
        self, data: Path, stopping: threading.Event, *, first: float = FIRST, apart: float = APART
    ) -> None:
        """Make the key of stand-ins anew. first, apart: seconds; see above."""
        self._data, self._stopping = data, stopping
        self._apart = apart
        self._next = clock.monotonic() + first
        self._thread = KeptThread("self-test", self._run, stopping)
        try:
            stand_in.make(data / "run")
        except OSError as error:  # nobody can stand in: the self-test says so
            log.error("the self-test cannot ask as the school's networks: %s", error)

    def look(self) -> None:
        """See that the thread runs. Never waits."""
        self._thread.look()

    def join(self, longest: float) -> None:
        """Wait for the thread to end, so many seconds at most."""
        self._thread.join(longest)

    def _run(self) -> None:
        while not self._stopping.wait(TURN):
            try:
                self._turn()
            except (SQLAlchemyError, StoreError, OSError, ValueError) as error:
                log.error("a self-test could not be done or kept: %s", error)
                self._next = clock.monotonic() + AGAIN
                self._stopping.wait(AGAIN)

    def _turn(self) -> None:
        database = self._data / "bellgate.db"
        who = asked.asked(self._data / "run")
        if who is None and clock.monotonic() < self._next:
            return
        if not database.exists():  # opening would make an empty one
            return
        self._next = clock.monotonic() + LOOKS
        looker = Looker(self._data)
        store = open_store(database, make=False)
        try:
            if who is not None or self._due(store, looker):
                self._test(store, looker, who or SCHEDULE)
        finally:
            store.close()

    def _due(self, store: Store, looker: Looker) -> bool:
        """A rehearsal is no school day: what would be found says nothing of the real one."""
        ground = looker()
        contents = ground.snapshot.contents
        if contents.clock_offset:
            return False
        since = schedule.day_began(ground.real, contents.calendar.zone)
        with store.reading() as session:
            tried = doctor.tried_since(session, since)
        now = schedule.stands(ground.snapshot, ground.at, clock_trusted=ground.clock_trusted)
        return schedule.due(now, tried, ground.at)

    def _test(self, store: Store, looker: Looker, who: str) -> None:
        self._next = clock.monotonic() + self._apart
        with store.reading() as session:
            looker.take(session)
        found: list[Result] = []
        for one in every(looker):
            if self._stopping.is_set():
                return  # half a test is none: it is done at the next start
            found.append(one)
        ground = looker()
        with store.session(actor=who) as session:
            kept = look.keep(
                session, look.against_last(session, found), at=ground.real, who=who,
                version=ground.snapshot.contents.version,
            )  # fmt: skip
        asked.done(self._data / "run")
        if kept.failed:
            log.error("self-test %d: %d of %d not well", kept.id, kept.failed, kept.tried)
