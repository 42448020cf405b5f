"""Who signed in on a device, and where: what a sign-in opens, it opens on its own network."""

from __future__ import annotations

from typing import Protocol, TypeAlias


class Presence(Protocol):
    """Somebody on a device (``identity.sign_ins.Presence``)."""

    @property
    def person(self) -> str:
        """Their id."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of the device as they signed in: these say on which networks. None known: on none."""


Whom: TypeAlias = str | Presence  # the id alone: of who signs in at the very address asked about


def told(whom: Whom | None, address: str) -> tuple[str, tuple[str, ...]]:
    """Return the id of who signed in, empty for nobody, and the addresses that they did so at."""
    if whom is None or isinstance(whom, str):
        return whom or "", (address,)
    return whom.person, whom.addresses
