"""What devices that no register names call themselves, for the log: from DHCP's lease files.

A device may call itself anything, "headteacher's laptop" too. So it is always said whose
word it is, and nothing but the log and the list of unnamed devices ever shows it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from appliance import clock
from appliance.attempts.attempt import Attempt
from appliance.identity.leases import HostNames
from appliance.store import settings
from appliance.store.session import Store

EVERY: Final = 15.0  # seconds between two looks
OWN_WORD: Final = "{} (what it calls itself)"


class SelfNamed:
    """Names attempts. Fails to no name: what is recorded never depends on it."""

    def __init__(self) -> None:
        self._names = HostNames()
        self._look_at = 0.0

    def look(self, store: Store) -> None:
        """Read the lease files that the school named, where it is time to.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the store failed.
        """
        if clock.monotonic() < self._look_at:
            return
        self._look_at = clock.monotonic() + EVERY
        with store.reading() as session:
            paths = settings.get(session, "lease_files", [])
        self._names.use(map(Path, paths))
        self._names.look()

    def named(self, attempt: Attempt) -> Attempt:
        """Return an attempt with what its device calls itself, where the register is silent."""
        if attempt.device or attempt.device_name:
            return attempt
        name = self._names.name_of(attempt.mac, attempt.address, clock.real().timestamp())
        return replace(attempt, device_name=OWN_WORD.format(name)) if name else attempt
