"""Who was on the school's networks lately, kept in a file for whoever names devices.

What no rule speaks of is never recorded, so the log alone does not know every device. Here
only MAC, address and the last moment are kept, of the last two weeks.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from appliance import clock
from appliance.identity import netlink

EVERY: Final = 15.0  # seconds between two looks
KEPT: Final = timedelta(days=14)
MOST: Final = 5000  # devices

log = logging.getLogger(__name__)


class Roster:
    """Looks at the neighbour table now and then, and writes down whom it saw.

    Never raises: whoever cannot be written down stays unnamed, and enforcement is not asked.
    """

    def __init__(
        self,
        path: Path,
        dump: Callable[[], Mapping[str, str]] = netlink.neighbours,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Begin with what an earlier process wrote down."""
        self._path, self._dump, self._monotonic = path, dump, monotonic
        self._seen = _read(path)
        self._looked_at: float | None = None

    def look(self, now: datetime) -> None:
        """Look, where it is time to. now: real time, UTC."""
        at = self._monotonic()
        if self._looked_at is not None and at - self._looked_at < EVERY:
            return
        self._looked_at = at
        try:
            table = self._dump()
        except (OSError, netlink.BadAnswerError):
            return  # the next look may do better
        for address, mac in table.items():
            ip = ip_address(address)
            if not (ip.is_loopback or ip.is_link_local or ip.is_multicast):
                self._seen.pop(address, None)  # the latest stands last
                self._seen[address] = (mac, now)
        if table:
            self._forget(now)
            self._write()

    def _forget(self, now: datetime) -> None:
        fresh = {a: (m, at) for a, (m, at) in self._seen.items() if now - at < KEPT}
        self._seen = dict(list(fresh.items())[-MOST:])

    def _write(self) -> None:
        rows = [[a, m, at.isoformat(timespec="seconds")] for a, (m, at) in self._seen.items()]
        draft = self._path.with_name(f".{self._path.name}")
        try:
            draft.write_text(json.dumps(rows), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.debug("the neighbours cannot be written down: %s", error)


def _read(path: Path) -> dict[str, tuple[str, datetime]]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        found = {str(a): (str(mac), datetime.fromisoformat(at)) for a, mac, at in said}
    except (OSError, ValueError, TypeError):
        return {}
    return {a: (mac, at) for a, (mac, at) in found.items() if at.tzinfo is not None}
