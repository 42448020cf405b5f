"""The kernel's switches for routing: on once the rules hold, and put back at the end.

Fails closed: until the door says that the rules are in the kernel nothing is forwarded that
was not before. What was found is written down first, so that a gate that was killed does not
take its own settings for the machine's.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

SWITCHES: Final = ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
PROC: Final = Path("/proc/sys")
FILE: Final = "forwarding.json"

log = logging.getLogger(__name__)


class Forwarding:
    """The switches, and how they stood before."""

    def __init__(self, run: Path, uplink: str, proc: Path = PROC) -> None:
        self._file, self._proc = run / FILE, proc
        self._uplink = f"net/ipv6/conf/{uplink}/accept_ra"
        self.on = False

    def switch_on(self) -> None:
        """Make a router of this machine.

        Raises:
            OSError: the kernel lets nobody; nothing is forwarded then that was not before.
        """
        wanted = dict.fromkeys(SWITCHES, "1")
        if self._read(self._uplink) == "1":
            wanted[self._uplink] = "2"  # a router hears of its own way out only with 2
        wanted = {name: value for name, value in wanted.items() if self._read(name) is not None}
        before = self._remembered() or {name: self._read(name) or "0" for name in wanted}
        self._file.write_text(json.dumps(before), encoding="utf-8")
        for name, value in reversed(wanted.items()):  # accept_ra before the route is lost
            (self._proc / name).write_text(value, encoding="ascii")
        self.on = True

    def put_back(self) -> None:
        """Make this machine what it was. What cannot be put back is said."""
        before = self._remembered() or {}
        for name, value in before.items():
            try:
                (self._proc / name).write_text(str(value), encoding="ascii")
            except OSError as error:
                log.error("%s cannot be put back to %s: %s", name, value, error)
        self._file.unlink(missing_ok=True)
        self.on = False

    def _read(self, name: str) -> str | None:
        try:
            return (self._proc / name).read_text(encoding="ascii").strip()
        except OSError:
            return None  # no IPv6 here, or no such interface

    def _remembered(self) -> dict[str, str] | None:
        known = {*SWITCHES, self._uplink}
        try:
            said = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(name): str(said[name]) for name in said if name in known}
        except (OSError, ValueError, TypeError):
            return None
