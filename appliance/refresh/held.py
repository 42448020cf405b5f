"""Bodies that wait until somebody has looked: what is accepted is what was looked at."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from appliance.lists.body import Body
from appliance.store.subscriptions import Subscribed


class Held:
    """The waiting bodies of a folder, at most one for each list."""

    def __init__(self, work: Path) -> None:
        self._work = work

    def find(self, found: Subscribed) -> Body | None:
        """Return the body that somebody accepted; None: nobody did, or it is not here any more."""
        path = self._path(found)
        if not found.fetch.accept or not path.is_file():
            return None
        return Body(path=path, size=path.stat().st_size)

    def settle(self, found: Subscribed, held: bool, body: Body, folder: Path) -> None:
        """Keep a fetched body that is held, and forget what waited before it.

        A list that lies in a file of its own is not copied, and one that keeps its names to
        itself is not kept: those are read again when they are accepted.
        """
        path = self._path(found)
        if held and body.path.parent == folder:
            shutil.move(body.path, path)
        elif not held or body.path != path:
            path.unlink(missing_ok=True)

    def _path(self, found: Subscribed) -> Path:
        """Ids are people's words: their digest makes a file name that nobody can bend."""
        named = hashlib.sha256(found.subscription.list_id.encode()).hexdigest()[:32]
        return self._work / f"held-{named}"
