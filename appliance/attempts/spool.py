"""Attempts on their way to the store: an append-only spool that a face never waits for.

One write(2) for each ``append``, so what was appended outlives a kill of the process; a
thread syncs to disk within a second of a write, so a power cut costs at most that second.
A full disk costs attempts, never enforcement: they wait in memory, and when that is full
too, the oldest allowed ones are dropped first, counted, and it is said in ``state``.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.attempts.attempt import Attempt
from appliance.attempts.records import record_of
from appliance.attempts.segment import SUFFIX, Segment
from appliance.policy.model import Action

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, time in seconds.

    segment: a new one is begun beyond it. tight: of all segments of a face together;
    beyond it allowed attempts are dropped. most: beyond it nothing more is written.
    waiting: records kept in memory while nothing can be written. sync: from a write until
    it is on the disk, less what the sync itself takes.
    """

    segment: int = 4 << 20
    tight: int = 256 << 20
    most: int = 512 << 20
    waiting: int = 10_000
    sync: float = 0.7


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How it goes. trouble: empty while all is well, else what keeps us from writing."""

    trouble: str = ""
    waiting: int = 0
    dropped: int = 0


class Spool:
    """The spool of one face in one process."""

    def __init__(self, directory: Path, face: str, *, limits: Limits | None = None) -> None:
        """Make ready; the first segment is begun with the first attempt."""
        self._directory, self._face, self._limits = directory, face, limits or Limits()
        self._lock = threading.Lock()
        self._segment: Segment | None = None
        self._retired: list[Segment] = []
        self._rest = b""  # what is still to be written of a record that was begun
        self._waiting: deque[tuple[bytes, bool]] = deque()  # record, whether it was allowed
        self._dropped, self._trouble, self._tight = 0, "", False
        self._written, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_synced, name="spool", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SpoolState:
        """Whether attempts are lost or waiting, and why."""
        return SpoolState(self._trouble, len(self._waiting), self._dropped)

    def append(self, attempts: Iterable[Attempt]) -> None:
        """Write attempts down. Never raises for want of a disk, and never waits for one."""
        records, unfit = [], 0
        for attempt in attempts:
            try:
                records.append((record_of(attempt), attempt.verdict == Action.ALLOW))
            except (UnicodeEncodeError, msgspec.MsgspecError):
                unfit += 1  # a lone surrogate or the like: no reason to stop enforcing
        with self._lock:
            self._dropped += unfit
            self._waiting.extend(records)
            self._write()

    def close(self) -> None:
        """Write and sync what can be, and finish the segment."""
        self._closing.set()
        self._written.set()
        self._thread.join()

    def _write(self) -> None:
        """Write what waits, by one write(2). The lock is held."""
        if not (self._waiting or self._rest):
            return
        self._written.set()  # also after a failure: the thread tries again
        try:
            segment = self._roomy()
            if self._tight:
                self._drop_allowed(0)
            data = self._rest + b"".join(record for record, _ in self._waiting)
            taken = segment.write(data)
            self._forget(taken)
            if taken < len(data):
                raise OSError(f"no room left after {taken} of {len(data)} bytes")
        except OSError as error:
            self._say(f"attempts cannot be written down: {error}")
            self._drop_allowed(self._limits.waiting)
            while len(self._waiting) > self._limits.waiting:
                self._waiting.popleft()
                self._dropped += 1
        else:
            self._say("the spool is long: allowed attempts are dropped" if self._tight else "")

    def _roomy(self) -> Segment:
        """Return the segment to write to, a new one where the old is full."""
        segment = self._segment
        if segment is not None and (self._rest or segment.size < self._limits.segment):
            return segment
        used = _used(self._directory, self._face)
        if used > self._limits.most:
            raise OSError(f"{used} bytes of attempts wait for the store already")
        self._tight = used > self._limits.tight
        self._segment = Segment(self._directory, self._face)
        if segment is not None:
            self._retired.append(segment)
        return self._segment

    def _forget(self, taken: int) -> None:
        """Drop what was written from what waits; keep the rest of a record cut in two."""
        begun = min(taken, len(self._rest))
        self._rest = self._rest[begun:]
        taken -= begun
        while taken:
            record, _ = self._waiting.popleft()
            self._rest = record[taken:]
            taken = max(0, taken - len(record))

    def _drop_allowed(self, most: int) -> None:
        """Drop the oldest allowed attempts until at most so many wait."""
        surplus = len(self._waiting) - most
        if surplus <= 0:
            return
        kept: deque[tuple[bytes, bool]] = deque()
        for record, allowed in self._waiting:
            if allowed and surplus:
                surplus -= 1
                self._dropped += 1
            else:
                kept.append((record, allowed))
        self._waiting = kept

    def _say(self, trouble: str) -> None:
        if bool(trouble) != bool(self._trouble):
            log.error(trouble) if trouble else log.info("attempts are written down again")
        self._trouble = trouble

    def _keep_synced(self) -> None:
        while not self._closing.is_set():
            self._written.wait()
            self._closing.wait(self._limits.sync)
            self._sync()
        with self._lock:
            last, self._segment = self._segment, None
        if last is not None:
            last.close()

    def _sync(self) -> None:
        with self._lock:
            self._written.clear()
            if self._tight:
                self._tight = _used(self._directory, self._face) > self._limits.tight
            if self._trouble:
                self._say(self._trouble if self._tight or self._waiting else "")
                self._write()
            if self._trouble:
                self._written.set()  # look again after a while, whether anything comes or not
            retired, self._retired = self._retired, []
            current = self._segment
        try:
            for segment in (*retired, *((current,) if current else ())):
                segment.sync()
        except OSError as error:
            self._say(f"attempts cannot be synced: {error}")
        for segment in retired:
            segment.close()


def _used(directory: Path, face: str) -> int:
    """Return the bytes of all segments of a face. The recorder may take some away meanwhile."""
    used = 0
    for path in directory.glob(f"{face}-*{SUFFIX}"):
        try:
            used += os.stat(path).st_size
        except FileNotFoundError:
            continue
    return used
