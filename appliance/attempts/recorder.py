"""From the spool into the store, each attempt exactly once, whoever is killed when.

Attempts and the place up to which their segment was read are written in one transaction,
so after any death both are there or neither. A segment goes only when its writer is
finished, all of it is in the store, and that has reached the disk. The faces never wait
for any of this: while the store is away, attempts stay in the spool.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from appliance import clock
from appliance.attempts.attempt import Attempt
from appliance.attempts.records import BadSegmentError, Head, Stretch, read_head, read_records
from appliance.attempts.segment import SUFFIX, finished
from appliance.attempts.visits import Folding
from appliance.store import attempts
from appliance.store.attempts import Place
from appliance.store.session import Store

BATCH: Final = 2000  # attempts in one transaction, at most: others want to write too
TURN: Final = 0.3  # seconds: whoever drains has other things to do, such as publishing
_HEAD: Final = 4096  # bytes in which a head fits
BAD: Final = ".bad"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Segment:
    """A segment as the recorder knows it. read: None until the store was asked."""

    path: Path
    inode: int
    head: Head
    start: int
    read: int | None = None


@dataclass(slots=True)
class _Haul:
    """What one transaction takes in."""

    attempts: list[Attempt] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    whole: bool = True  # nothing was left for the next transaction


class Ration:
    """How often the store may be written to: some times at once, then once in a while.

    A transaction writes the same few pages for one attempt as for many, so a busy hour is
    taken in by the handful: it spares the SD card. What little happens on a quiet day is
    in the store at once.
    """

    def __init__(
        self, *, at_once: int = 20, each: float = 5.0, now: Callable[[], float] = clock.monotonic
    ) -> None:
        """Begin with a full ration. each: seconds until one more transaction may be made."""
        self._most, self._each, self._now = at_once, each, now
        self._left, self._since = float(at_once), now()

    def take(self) -> bool:
        """Whether a transaction may be made now; it is then taken off."""
        now = self._now()
        self._left = min(self._most, self._left + (now - self._since) / self._each)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Recorder:
    """Takes one spool directory into one store. One at a time for each directory.

    ration: without one, every ``drain`` takes all it finds. named: gives an attempt the name
    that its device has with others. skipped: bytes that made no sense, since the start.
    """

    def __init__(
        self,
        directory: Path,
        store: Store,
        *,
        ration: Ration | None = None,
        named: Callable[[Attempt], Attempt] = lambda attempt: attempt,
    ) -> None:
        self._directory, self._store, self._ration = directory, store, ration
        self._named = named
        self._segments: dict[str, _Segment] = {}
        self._folding: Folding | None = None
        self.skipped = 0

    def drain(self, *, turn: float = TURN, hurry: bool = False) -> int:
        """Take in what is in the spool; return how many attempts that were, 0 when none is left.

        turn: seconds after which no further transaction is begun; the rest is for the next
        call. hurry: whatever the ration says. Costs one listing of the directory while there
        is nothing new.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the store failed; what it does not have stays.
            OSError: the spool cannot be read.
        """
        taken, begun = 0, clock.monotonic()
        while taken == 0 or clock.monotonic() - begun < turn:
            self._look()
            if not self._grown() or not (hurry or taken or self._may_write()):
                break
            haul = self._transaction()
            taken += len(haul.attempts)
            if haul.whole:
                break
        self._clear()
        return taken

    def _look(self) -> None:
        """Find segments that are new, forget those that are gone."""
        try:
            found = {e.name: e.inode() for e in os.scandir(self._directory)}
        except FileNotFoundError:  # no face has written anything yet
            found = {}
        for name, segment in tuple(self._segments.items()):
            if found.get(name) != segment.inode:
                del self._segments[name]
        for name in sorted(found.keys() - self._segments.keys()):
            if not name.endswith(SUFFIX):
                continue
            path = self._directory / name
            try:
                head, start = _head_of(path)
            except BadSegmentError as error:
                self._put_aside(path, str(error))
                continue
            self._segments[name] = _Segment(path, found[name], head, start)

    def _grown(self) -> bool:
        """Whether any segment holds more than the store."""
        return any(s.read is None or s.path.stat().st_size > s.read for s in self._known())

    def _may_write(self) -> bool:
        return self._ration is None or self._ration.take()

    def _known(self) -> list[_Segment]:
        return list(self._segments.values())

    def _transaction(self) -> _Haul:
        folding, self._folding = self._folding, None  # back only once all of it is in the store
        with self._store.session() as session:
            places = attempts.places(session)
            haul = self._haul(places)
            if folding is None:
                folding = Folding(attempts.open_rows(session))
            folding.take(haul.attempts)
            ids = attempts.write(session, folding.changes())
            present = {segment.head.id for segment in self._known()}
            attempts.put_places(session, haul.places, places.keys() - present)
        folding.written(ids)
        self._folding = folding
        now = places | {place.id: place for place in haul.places}
        for segment in self._known():
            place = now.get(segment.head.id)
            segment.read = place.read if place else segment.start
        return haul

    def _haul(self, places: dict[str, Place]) -> _Haul:
        haul = _Haul()
        for segment in self._known():
            room = BATCH - len(haul.attempts)
            if room <= 0:
                haul.whole = False
                break
            name = segment.path.name
            place = places.get(segment.head.id) or Place(segment.head.id, name, segment.start, 0)
            stretch, more = _stretch(segment, place.read, room)
            haul.attempts += map(self._named, stretch.attempts)
            haul.whole = haul.whole and not more
            if stretch.end:
                self._tell(name, stretch)
                read, skipped = place.read + stretch.end, place.skipped + stretch.skipped
                haul.places.append(Place(place.id, name, read, skipped))
        return haul

    def _tell(self, name: str, stretch: Stretch) -> None:
        if stretch.skipped:
            self.skipped += stretch.skipped
            log.warning("%s: %d bytes make no sense and were passed over", name, stretch.skipped)

    def _clear(self) -> None:
        """Remove finished segments, once what they held is in the store for good."""
        done = [segment for segment in self._known() if _exhausted(segment)]
        if done and self._store.settle():
            for segment in done:
                segment.path.unlink(missing_ok=True)
                del self._segments[segment.path.name]

    def _put_aside(self, path: Path, why: str) -> None:
        size = path.stat().st_size
        self.skipped += size
        log.warning("%s is put aside, %d bytes: %s", path.name, size, why)
        path.rename(path.with_suffix(BAD))


def _stretch(segment: _Segment, read: int, limit: int) -> tuple[Stretch, bool]:
    """Return what follows in a segment, and whether there is more than was read now."""
    with _opened(segment.path) as handle:
        over = finished(handle)  # asked first: then what is read after it is all there will be
        data = os.pread(handle, max(0, os.fstat(handle).st_size - read), read)
    stretch = read_records(data, segment.head, limit=limit, finished=over)
    return stretch, len(stretch.attempts) >= limit


def _exhausted(segment: _Segment) -> bool:
    """Whether nobody writes to a segment any more and the store has all of it."""
    with _opened(segment.path) as handle:
        return finished(handle) and os.fstat(handle).st_size == segment.read


def _head_of(path: Path) -> tuple[Head, int]:
    with _opened(path) as handle:
        return read_head(os.pread(handle, _HEAD, 0))


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
