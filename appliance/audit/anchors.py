"""Daily anchors: the chain's newest digest, written to a file outside the database.

Whoever can rewrite the database alone cannot make the chain agree with this file. The file
is append-only by custom, one JSON object a line: ``day``, ``number``, ``digest``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from appliance.audit.verify import Anchor, Finding, verify
from appliance.store import audit

FILE: Final = "anchors.jsonl"


class BadAnchorsError(ValueError):
    """The file of anchors holds something else; it names file and line."""


def path(data: Path) -> Path:
    """Return where the anchors of a data directory lie."""
    return data / "audit" / FILE


def read(file: Path) -> tuple[Anchor, ...]:
    """Return the anchors, oldest first; none where there is no file.

    A last line that a power cut left unfinished is passed over.

    Raises:
        BadAnchorsError: a line is none of ours.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise BadAnchorsError(f"{file}: is no text file") from error
    found = []
    for number, line in enumerate(lines[:-1], 1):  # what follows the last newline is unfinished
        try:
            said = json.loads(line)
            found.append(Anchor(str(said["day"]), int(said["number"]), str(said["digest"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BadAnchorsError(f"{file}, line {number}: is no anchor") from error
    return tuple(found)


def keep(file: Path, session: Session, at: datetime) -> Anchor | None:
    """Write the newest entry down if this day (UTC) has no anchor yet and the chain has grown.

    Raises:
        BadAnchorsError: the file cannot be understood; it is left as it is.
        OSError: the file cannot be written.
    """
    day = at.astimezone(UTC).date().isoformat()
    known = read(file)
    last = audit.newest(session)
    if last is None or (known and (known[-1].day >= day or known[-1].number >= last.number)):
        return None
    anchor = Anchor(day, last.number, last.digest)
    _append(file, {"day": anchor.day, "number": anchor.number, "digest": anchor.digest})
    return anchor


def check(file: Path, session: Session) -> Finding:
    """Verify the whole chain of the store against itself and the anchors.

    Fails to "does not hold": anchors that cannot be read vouch for nothing.
    """
    try:
        known = read(file)
    except (BadAnchorsError, OSError) as error:
        return Finding(0, 1, f"The anchors cannot be read: {error}")
    return verify(audit.every(session), known)


class Keeper:
    """Keeps the anchor of the day, asked often: it looks at the store once a day."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        """Anchor into a file. now: the system's time."""
        self._file, self._now, self._done = file, now, ""

    def due(self) -> bool:
        """Whether this day was not seen to yet."""
        return self._now().astimezone(UTC).date().isoformat() != self._done

    def keep(self, session: Session) -> None:
        """See to this day.

        Raises:
            BadAnchorsError, OSError: see ``keep``; it is tried again.
        """
        at = self._now()
        keep(self._file, session, at)
        if audit.newest(session) is not None:
            self._done = at.astimezone(UTC).date().isoformat()


def _append(file: Path, said: dict[str, object]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = (json.dumps(said) + "\n").encode()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a power cut left half a line
            whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
            os.ftruncate(descriptor, whole)
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
