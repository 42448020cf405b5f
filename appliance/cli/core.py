"""The core process: publishes what changed in the store, takes the spool into it.

Enforcement never waits for it: while the database is away the faces carry on with the
snapshot they hold, and attempts wait in the spool.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from appliance import clock
from appliance.attempts.attention import Attention, changes
from appliance.attempts.recorder import Ration, Recorder
from appliance.audit import anchors
from appliance.cli.addresses import Endpoint
from appliance.cli.places import Places
from appliance.cli.scout import Scout
from appliance.cli.self_named import SelfNamed
from appliance.cli.signed_in import SignedIn
from appliance.doctor.rounds import Rounds
from appliance.identity.roster import Roster
from appliance.look_alikes.gatherer import Gatherer
from appliance.publish.publisher import Publisher
from appliance.refresh.keeping import Keeping
from appliance.store.session import Store, open_store

TURN: Final = 0.2  # seconds between two looks: a change is enforced within one second
LATER: Final = 60.0  # seconds until what only adds to the pages is tried again
RETRY: Final = 2.0  # seconds until a store that failed is opened again
PARTING: Final = 2.0  # seconds that a fetch has to be given up in when all ends

log = logging.getLogger(__name__)


class Core:
    """Publisher and recorder on one store, which is opened again whenever it fails."""

    def __init__(self, places: Places, stopping: threading.Event) -> None:
        self._places = places
        self._stopping = stopping
        self._said = self._unanchored = ""
        self._attention = Attention(places.run)
        self._changes = changes(places.run)
        self._roster = Roster(places.run / "neighbours.json")
        self._signed_in = SignedIn(places.run)
        self._keeping = Keeping(places.database, places.lists, stopping, self._resolvers)
        self._rounds = Rounds(places.data, stopping)
        self._scout = Scout(places, self._resolvers, stopping)
        self._gatherer, self._gathers_at = Gatherer(places.run), 0.0

    def run(self) -> None:
        """Work until told to stop; then take in what the spool still holds."""
        while not self._stopping.is_set():
            try:
                self._with_store()
            except (SQLAlchemyError, OSError, ValueError) as error:
                self._say(f"the store cannot be used, enforcement goes on: {error}")
                self._stopping.wait(RETRY)
        self._keeping.join(PARTING)
        self._rounds.join(PARTING)
        self._scout.join(PARTING)

    def _with_store(self) -> None:
        # Opening would make an empty database: without one there is nothing to publish.
        identity = self._identity()
        if identity is None:
            self._say(f"{self._places.database} is missing, enforcement goes on without it")
            self._stopping.wait(RETRY)
            return
        store = open_store(self._places.database, make=False)
        try:
            self._work(store, identity)
        finally:
            store.close()

    def _work(self, store: Store, identity: tuple[int, int]) -> None:
        publisher = Publisher(store, self._places.snapshot)
        names = SelfNamed()
        recorder = Recorder(self._places.spool, store, ration=Ration(), named=names.named)
        keeper = anchors.Keeper(anchors.path(self._places.data), clock.real)
        while True:
            ending = self._stopping.is_set()
            # An open file that was deleted or replaced would swallow what is written to it.
            if self._identity() != identity:
                return
            self._publish(publisher, store)
            names.look(store)
            self._record(recorder, hurry=ending)
            self._anchor(store, keeper)
            self._roster.look(clock.real())
            self._keeping.look()
            self._rounds.look()
            self._scout.look()
            self._gather(store, ending=ending)
            self._said = ""
            if ending:
                return
            self._stopping.wait(TURN)

    def _publish(self, publisher: Publisher, store: Store) -> None:
        mark = self._changes.waiting()
        self._signed_in.tell(store)
        publisher.publish_if_changed(clock.real())
        if mark is not None and not publisher.trouble:  # no answer: it is not in force
            self._changes.answer(mark)

    def _record(self, recorder: Recorder, *, hurry: bool) -> None:
        mark = self._attention.waiting()
        taken = recorder.drain(hurry=hurry or mark is not None)
        if mark is not None and not taken:  # nothing is left of what lay there
            self._attention.answer(mark)

    def _anchor(self, store: Store, keeper: anchors.Keeper) -> None:
        """Fails to no anchor for today, said once: the chain itself goes on."""
        if not keeper.due():
            return
        try:
            with store.reading() as session:
                keeper.keep(session)
        except (anchors.BadAnchorsError, OSError) as error:
            if str(error) != self._unanchored:
                log.error("the audit chain cannot be anchored: %s", error)
            self._unanchored = str(error)

    def _gather(self, store: Store, *, ending: bool) -> None:
        """Fails to nothing new before the technician for a minute: the rest goes on."""
        if clock.monotonic() < self._gathers_at and not ending:
            return
        try:
            self._gatherer.look(store, ending=ending)
        except (SQLAlchemyError, OSError, ValueError) as error:
            log.error("names that look alike cannot be kept: %s", error)
            self._gathers_at = clock.monotonic() + LATER

    def _resolvers(self) -> tuple[Endpoint, ...]:
        """Return whom DNS asks; nobody where that cannot be read."""
        try:
            return self._places.upstreams() or ()
        except (OSError, ValueError, LookupError, TypeError):
            return ()

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._places.database.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _say(self, text: str) -> None:
        if text != self._said:
            log.error(text)
        self._said = text


def serve(data: Path, stopping: threading.Event) -> None:
    """Run the core on a data directory until ``stopping`` is set."""
    Core(Places(data), stopping).run()
