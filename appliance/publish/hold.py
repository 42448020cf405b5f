"""The snapshot that a face enforces: read from the files, swapped whole, never missing.

What cannot be read never reaches a face: it keeps the snapshot it holds; one that has just
started takes the newest that is whole; where there is none at all it holds the closed
snapshot, which blocks social media for all and lets the rest pass.
"""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from appliance import clock
from appliance.policy.domains import NoLists
from appliance.policy.model import Action, Rule, Target, TargetKind
from appliance.policy.snapshot import Contents, PolicyInfo, Snapshot
from appliance.publish import files
from appliance.publish.domainlist import DomainLists, opened

State = Literal["current", "last_good", "closed"]
Stamp = tuple[int, ...]

_RACES: Final = 3  # times that a snapshot may be pruned under our eyes before we call it missing
_PATIENCE: Final = 50  # looks at the stamp, while all is not well, before the files are read again

log = logging.getLogger(__name__)


class Holder:
    """Holds the snapshot in force. For one process; any thread may read ``snapshot``."""

    def __init__(self, directory: Path, *, aside: bool = False) -> None:
        """Read what is in force now, or the best there is. Never raises.

        aside: new list files, of tens of megabytes, are checked and mapped in a thread of
        their own, so that whoever asks meanwhile is answered at once, by the old snapshot.
        """
        self._directory, self._aside = directory, aside
        self._lists: tuple[files.ListFiles, DomainLists] | None = None
        self._opening: _Opening | None = None
        self._seen: Stamp | None = None
        self._looks = 0
        self._said = ("", "")
        self._snapshot: Snapshot | None = None
        self._closed: Snapshot | None = None
        self._state: State = "closed"
        self.refresh()

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot to enforce."""
        if self._snapshot is not None:
            return self._snapshot
        if self._closed is None:
            self._closed = closed_snapshot(clock.real())
        return self._closed

    @property
    def state(self) -> State:
        """Whether what is enforced is in force, the last that was whole, or closed."""
        return self._state

    def refresh(self) -> bool:
        """Take over what is in force; True when the snapshot was swapped. Never raises.

        Costs one stat(2) while nothing changes.
        """
        opening = self._opening
        if opening is not None and not opening.done():
            return False
        stamp = self._stamp()
        calm = stamp == self._seen and opening is None
        if calm and (self._state == "current" or not self._overdue()):
            return False
        before = self._snapshot
        for _ in range(_RACES):
            self._seen = stamp
            self._take()
            stamp = self._stamp()
            if stamp == self._seen:
                break
        return self._snapshot is not before

    def _take(self) -> None:
        try:
            published = files.read_current(self._directory)
            if self._waits(published.lists):
                return
            self._snapshot = self._loaded(published)
        except Exception as error:  # noqa: BLE001  # fails to the last good snapshot, else closed
            self._fall_back(error)
        else:
            self._state = "current"

    def _fall_back(self, error: Exception) -> None:
        if self._snapshot is None:
            self._snapshot = self._newest_whole()
        state: State = "closed" if self._snapshot is None else "last_good"
        if (state, str(error)) != self._said:
            log.error("the snapshot in force cannot be read, enforcing %s: %s", state, error)
        self._state, self._said = state, (state, str(error))

    def _newest_whole(self) -> Snapshot | None:
        try:
            names = [files.name_of(version) for version in files.versions(self._directory)]
        except OSError:
            return None
        for name in names:
            try:
                return self._loaded(files.read(self._directory / name))
            except Exception as error:  # noqa: BLE001  # fails to the next older one, else closed
                log.error("%s is of no use: %s", name, error)
        return None

    def _loaded(self, published: files.Published) -> Snapshot:
        if published.lists is None:
            return Snapshot(published.contents, NoLists())
        if self._lists is None or self._lists[0] != published.lists:
            held = self._lists[1] if self._lists else None
            self._lists = published.lists, opened(self._directory, published.lists, held)
        return Snapshot(published.contents, self._lists[1])

    def _waits(self, wanted: files.ListFiles | None) -> bool:
        """Take over the lists that were opened aside, or begin to open those that are wanted.

        Raises:
            BadSnapshotError, OSError: what was opened aside is of no use.
        """
        opening = self._opening
        if opening is not None and opening.files == wanted:
            if not opening.done():
                return True
            self._opening = None
            self._lists = opening.files, opening.result()
        self._opening = None  # what was begun for other files is of no use
        held = self._lists
        if not self._aside or self._snapshot is None or wanted is None:
            return False
        if held is not None and held[0] == wanted:
            return False
        self._opening = _Opening(self._directory, wanted, held[1] if held else None)
        return True

    def _stamp(self) -> Stamp:
        """What changes with every swap; the directory counts too while all is not well."""
        healthy = self._state == "current"
        paths = (self._directory / files.POINTER, self._directory)[: 1 if healthy else 2]
        return tuple(part for path in paths for part in _stat(path))

    def _overdue(self) -> bool:
        self._looks = (self._looks + 1) % _PATIENCE
        return self._looks == 0


class _Opening:
    """List files that are being checked and mapped in a thread of their own."""

    def __init__(self, directory: Path, wanted: files.ListFiles, held: DomainLists | None) -> None:
        self.files = wanted
        self._found: DomainLists | Exception | None = None
        self._thread = threading.Thread(
            target=self._open, args=(directory, held), name="lists", daemon=True
        )
        self._thread.start()

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return not self._thread.is_alive()

    def result(self) -> DomainLists:
        """Return the open lists, or raise what stood in the way."""
        if isinstance(self._found, DomainLists):
            return self._found
        raise self._found or RuntimeError("the lists are still being opened")

    def _open(self, directory: Path, held: DomainLists | None) -> None:
        try:
            self._found = opened(directory, self.files, held)
        except Exception as error:  # noqa: BLE001  # told to whoever asks for the result
            self._found = error


def closed_snapshot(at: datetime) -> Snapshot:
    """Return the snapshot for when there is none: social media blocked for all. Never raises."""
    try:
        from appliance.policy_file.build import closed_contents

        return Snapshot(closed_contents(at))
    except Exception:  # fails closed: without even that, everything is blocked
        log.exception("the built-in policy cannot be read: everything is blocked")
        return Snapshot(_all_blocked(at))


def _all_blocked(at: datetime) -> Contents:
    rule = Rule(id="closed", clause="", action=Action.BLOCK, what=(Target(TargetKind.EVERYTHING),))
    info = PolicyInfo(id="closed", name="Closed", short="closed", school="")
    return Contents(version=0, built_at=at, policy=info, rules=(rule,))


def _stat(path: Path) -> Stamp:
    try:
        found = os.stat(path)
    except OSError as error:
        return (error.errno or 0,)
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
