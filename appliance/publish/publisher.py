"""Publishing: when the store moved on, a new snapshot is written, seen to be whole, put in force.

A store that cannot be read, a policy that cannot be built or a full disk leaves the snapshot
in force as it is. Million-name lists take seconds to build: meanwhile every other change is
published with the lists there are.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance import clock
from appliance.policy.snapshot import Contents, Snapshot
from appliance.publish import files, listbuild
from appliance.publish.compile import NoPolicyError, compile_contents
from appliance.publish.files import BadSnapshotError, ListFiles, Published
from appliance.publish.shard import checked
from appliance.store import lists
from appliance.store.session import Store
from appliance.store.tables import Revision

log = logging.getLogger(__name__)

Moved = tuple[str, int]


class Publisher:
    """Publishes one store into one directory. One at a time for each directory.

    synchronised: whether the system's clock can be relied on (see ``_built_at``).
    """

    def __init__(
        self,
        store: Store,
        directory: Path,
        *,
        synchronised: Callable[[], bool] = clock.kernel_synchronised,
    ) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store, self._directory, self._synchronised = store, directory, synchronised
        self._done: Moved | None = None
        self._builder: _Builder | None = None
        self._whole: ListFiles | None = None  # the list files that were seen to be whole
        self.trouble = ""  # why the newest change of the store is not in force, if it is not

    def publish(self, at: datetime) -> int:
        """Write what the store asks for, lists included, put it in force, return its version.

        at: the system's time, not a rehearsal's.

        Raises:
            NoPolicyError, policy_file.PolicyFileError: there is nothing good to publish.
            OSError, sqlalchemy.exc.SQLAlchemyError: the disk or the store failed.
        """
        with self._store.reading() as session:
            moved, key = _moved(session), lists_key(session)
            files_ = self._known_lists(key) if key else None
            if key and files_ is None:
                files_ = build_lists(self._store, self._directory)
            version = self._put(self._compiled(session, at), files_)
        self._done, self.trouble = moved, ""
        return version

    def publish_if_changed(self, at: datetime) -> int | None:
        """Publish when the store moved on; None when nothing had to be or could be.

        Returns at once while lists are being built: what else changed is in force already.

        Raises:
            OSError, sqlalchemy.exc.SQLAlchemyError: the disk or the store failed.
        """
        built = self._builder is not None and self._builder.done()
        with self._store.reading() as session:
            moved = _moved(session)
            if moved == self._done and not built:
                return None
            lists_, complete = self._lists_now(session)
            try:
                contents = self._compiled(session, at)
            except NoPolicyError:
                return None
            except ValueError as error:  # a policy file that an update no longer accepts
                self._done = moved
                self._say(f"the policy cannot be published, the last good one stays: {error}")
                return None
        version = None if self._in_force(contents, lists_) else self._put(contents, lists_)
        self._done = moved
        if complete:
            self._say("")
        return version

    def _compiled(self, session: Session, at: datetime) -> Contents:
        latest = max(files.versions(self._directory), default=0)
        return compile_contents(session, latest + 1, self._built_at(at))

    def _built_at(self, at: datetime) -> datetime:
        """Return the time to stamp on a snapshot.

        The faces mistrust a clock that stands before it. A clock that woke up in the past
        may not lower it, unless the kernel says that the clock is right.
        """
        previous = self._current()
        if previous is None or self._synchronised():
            return at
        return max(at, previous.contents.built_at)

    def _put(self, contents: Contents, lists_: ListFiles | None) -> int:
        name = files.write(self._directory, Published(contents, lists_))
        read_back = files.read(self._directory / name)
        if read_back.contents != contents:
            raise BadSnapshotError(f"{name} does not hold what was written")
        Snapshot(read_back.contents)
        files.point(self._directory, name)
        if self._builder is None:  # what it has written so far is not named by any snapshot
            files.prune(self._directory)
        return contents.version

    def _in_force(self, contents: Contents, lists_: ListFiles | None) -> bool:
        """Whether just this is in force already, but for its version and stamp."""
        current = self._current()
        if current is None or current.lists != lists_:
            return False
        held = current.contents
        return replace(contents, version=held.version, built_at=held.built_at) == held

    def _lists_now(self, session: Session) -> tuple[ListFiles | None, bool]:
        """Return the list files to publish with, and whether they are what the store asks."""
        key = lists_key(session)
        current = self._current()
        held = current.lists if current else None
        known = self._known_lists(key) if key else None
        if not key or known is not None:
            self._builder = None
            return known, True
        builder = self._builder
        if builder is None or builder.key != key:
            self._builder = _Builder(self._store, self._directory, key, held)
            return held, False
        if not builder.done():
            return held, False
        self._builder = None
        if builder.files is None or builder.files.key != key:
            self._say(f"lists cannot be built, the old ones stay: {builder.error}")
            return held, False
        return builder.files, True

    def _known_lists(self, key: str) -> ListFiles | None:
        """Return the files in force where they are what a key asks for, and whole.

        What a power cut or a worn card damaged is seen once in a process's life and built
        again; a file that is gone, at any time.
        """
        current = self._current()
        if current is None or current.lists is None or current.lists.key != key:
            return None
        names = current.lists.names()
        if self._whole != current.lists:
            try:
                checked(self._directory, names)
            except (OSError, BadSnapshotError):  # fails to building them again
                return None
            self._whole = current.lists
        whole = all((self._directory / name).exists() for name in names)
        return current.lists if whole else None

    def _current(self) -> Published | None:
        with suppress(OSError, BadSnapshotError):
            return files.read_current(self._directory)
        return None

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error(trouble)
        self.trouble = trouble


class _Builder:
    """Builds list files in a thread of its own."""

    def __init__(self, store: Store, directory: Path, key: str, known: ListFiles | None) -> None:
        self.key, self.error = key, "they changed meanwhile"
        self.files: ListFiles | None = None
        self._thread = threading.Thread(
            target=self._build, args=(store, directory, known), name="lists", daemon=True
        )
        self._thread.start()

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return not self._thread.is_alive()

    def _build(self, store: Store, directory: Path, known: ListFiles | None) -> None:
        try:
            self.files = build_lists(store, directory, known)
        except (OSError, SQLAlchemyError, ValueError) as error:
            self.error = str(error) or type(error).__name__


def build_lists(store: Store, directory: Path, known: ListFiles | None = None) -> ListFiles | None:
    """Write the files of all enabled lists; None where there are none.

    known: files that may be there; what is the same in them is used again.

    Raises:
        ValueError: a list in the store is not in order, or its secret is gone.
        OSError, sqlalchemy.exc.SQLAlchemyError: the disk or the store failed.
    """
    with store.reading() as session:
        key = lists_key(session)
        kept = [one for one in lists.list_(session) if one.enabled]
        if not kept:
            return None

        def flows(*, hashed: bool) -> list[tuple[listbuild.Source, listbuild.Items]]:
            wanted = [one for one in kept if one.hashed is hashed]
            return [((one.category, one.id), lists.items_of(session, one.id)) for one in wanted]

        made = listbuild.build(directory, key, flows(hashed=False), known=known)
        if not any(one.hashed for one in kept):
            return made
        secret = lists.secret(session)
        if secret is None:  # fails to the files in force: no digest could be found without it
            raise ValueError("the secret of the hashed lists is not in the store")
        hashes = listbuild.build_hashes(directory, flows(hashed=True), secret)
        return replace(made, hashes=hashes)


def lists_key(session: Session) -> str:
    """Return what the enabled lists are, in short: it changes when the files must."""
    kept = [(one.id, one.category, one.sha256) for one in lists.list_(session) if one.enabled]
    return hashlib.sha256(repr((listbuild.LAYOUT, kept)).encode()).hexdigest() if kept else ""


def _moved(session: Session) -> Moved:
    row = session.execute(select(Revision.store, Revision.number)).one()
    return row.store, row.number
