"""What the admin UI is told when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate chain and its key, as PEM files; they may be one file.

    renew: brings the files up to date where that is due; called before serving and every
    hour. None: somebody else does. It raises AuthorityError where it cannot.
    """

    certificate: Path
    key: Path
    renew: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """data: the gate's data directory. listen, proxy: address and TCP port; proxy None: off.

    tls: None serves plain HTTP, as on loopback. dns: where the gate's own DNS answers.
    also: further addresses to listen on, of the other family as a rule. manage: prefixes from
    which the pages of every post open; outside them an account counts as staff at most.
    """

    data: Path
    listen: tuple[str, int] = ("127.0.0.1", 8000)
    proxy: tuple[str, int] | None = None
    tls: Tls | None = None
    dns: tuple[str, int] | None = None
    also: tuple[tuple[str, int], ...] = ()
    manage: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """The store."""
        return self.data / "bellgate.db"
