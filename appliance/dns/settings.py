"""Where the DNS face listens, whom it asks, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Address = tuple[str, int]  # an IP literal and a port


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """One worker's settings.

    data: the data directory, with ``snapshot/`` and ``spool/`` below it.
    listen: addresses served over UDP and TCP. upstreams: resolvers, the preferred first.
    gateway: the firewall's door is told what is answered.
    """

    data: Path
    listen: tuple[Address, ...]
    upstreams: tuple[Address, ...]
    gateway: bool = False
