"""The part of ``up --gateway`` that stays root: routing on once the rules hold, all put back after.

Which way it fails: a door that dies, or a gate that is killed, leaves the rules in the kernel,
so that what was closed stays closed and the rest goes on. Only a gate that is stopped in order
takes its rules away, and the machine routes again what it routed before: as a rule nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from appliance.cli.forwarding import Forwarding
from appliance.firewall.document import FAMILY, TABLE
from appliance.firewall.nft import Nft, NftError

DOOR: Final = "door.json"

log = logging.getLogger(__name__)


class Routing:
    """Begins when the door says that its rules are in the kernel."""

    def __init__(
        self, run: Path, uplink: str, *, forwarding: Forwarding | None = None,
        nft: Callable[[], Nft] = Nft,
    ) -> None:  # fmt: skip
        self._run, self._nft = run, nft
        self._forwarding = forwarding or Forwarding(uplink)
        self._trouble = ""

    def tick(self) -> None:
        """Look whether it can begin. Fails closed: nothing is forwarded until it can."""
        if self._forwarding.on or not self._ruled():
            return
        try:
            self._forwarding.switch_on()
        except OSError as error:
            if str(error) != self._trouble:
                log.error("this machine cannot be made a router: %s", error)
            self._trouble = str(error)

    def end(self) -> None:
        """Put routing back first, then take the rules away: never a router without rules."""
        self._forwarding.put_back()
        try:
            self._nft().apply([{"add": {"table": _OURS}}, {"delete": {"table": _OURS}}])
        except NftError as error:
            log.error("the rules could not be taken away: %s", error)
        (self._run / DOOR).unlink(missing_ok=True)

    def _ruled(self) -> bool:
        try:
            said = json.loads((self._run / DOOR).read_text(encoding="utf-8"))
            return said["applied_at"] is not None
        except (OSError, ValueError, LookupError, TypeError):
            return False

    def __enter__(self) -> Routing:
        """Begin without the word of an earlier door."""
        (self._run / DOOR).unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """End."""
        self.end()


_OURS: Final = {"family": FAMILY, "name": TABLE}
