"""Who tells the judge: of the snapshot, of MACs, of people, and who is told of new names."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from appliance.policy.presence import Whom
from appliance.policy.snapshot import Snapshot


class Holder(Protocol):
    """What holds the published snapshot (``publish.hold.Holder``)."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot to enforce; never raises."""
        ...

    @property
    def state(self) -> str:
        """``current``, ``last_good`` or ``closed``."""
        ...

    def refresh(self) -> bool:
        """Look whether a new one is published; True when it was swapped in."""
        ...


class Neighbours(Protocol):
    """Who knows the MAC behind an address (``identity.neighbours.Neighbours``)."""

    def mac_of(self, address: str) -> str | None:
        """Return a MAC, or None."""
        ...

    def changed(self) -> frozenset[str]:
        """Return the addresses whose MAC is another since the last call."""
        ...


class SignedIn(Protocol):
    """Who knows the people on devices (``identity.sign_ins.SignIns``)."""

    def presence(self, address: str, mac: str | None, at: datetime) -> Whom | None:
        """Return who signed in on the device, or None."""
        ...

    def version(self, at: datetime) -> int:
        """Return a number that moves when somebody else may be signed in somewhere."""
        ...


class Feed(Protocol):
    """What counts the clients of names that nobody classified (``look_alikes.feed.Feed``)."""

    def note(self, host: str, source: bytes) -> None:
        """Count a client (packed address) of a host. Never raises."""
        ...
