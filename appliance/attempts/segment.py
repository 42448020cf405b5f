"""One spool segment being written: an append-only file that its writer holds locked.

``DIR/<face>-<pid>-<n>.seg`` appears with its head in it, by one link(2), so no reader ever
sees half a head. The lock (flock) is held while the segment may still grow: whoever gets
it knows that the writer is finished or dead.
"""

from __future__ import annotations

import fcntl
import os
from itertools import count
from pathlib import Path
from uuid import uuid4

from appliance.attempts.records import Head, head_record

SUFFIX = ".seg"


class Segment:
    """An open segment. Only ``close`` gives up the lock."""

    __slots__ = ("_handle", "path", "size")

    def __init__(self, directory: Path, face: str) -> None:
        """Make a segment, and the directory where it is missing.

        Raises:
            OSError: no room, no right, no such place.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        head = Head(uuid4().hex, face)
        draft = directory / f"{head.id}.new"
        self._handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            data = head_record(head)
            if os.write(self._handle, data) != len(data):
                raise OSError(f"{draft}: no room for the head of a segment")
            self.path, self.size = _linked(draft, directory, face), len(data)
        except OSError:
            os.close(self._handle)
            raise
        finally:
            draft.unlink(missing_ok=True)

    def write(self, data: bytes) -> int:
        """Append by one write(2); return how many bytes were taken, fewer on a full disk."""
        written = os.write(self._handle, data)
        self.size += written
        return written

    def sync(self) -> None:
        """Return once all that was written lasts through a power cut."""
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Finish the segment: nobody adds to it any more."""
        os.close(self._handle)


def finished(handle: int) -> bool:
    """Whether nobody writes to an open segment any more."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _linked(draft: Path, directory: Path, face: str) -> Path:
    for number in count():
        path = directory / f"{face}-{os.getpid()}-{number}{SUFFIX}"
        try:
            path.hardlink_to(draft)
        except FileExistsError:  # of an earlier process that had our id
            continue
        return path
    raise AssertionError("count() has no end")
