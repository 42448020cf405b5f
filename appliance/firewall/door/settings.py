"""What the door is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.firewall.settings import Gateway


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """data: the data directory (``snapshot/``, ``spool/``, ``run/``)."""

    data: Path
    gateway: Gateway
