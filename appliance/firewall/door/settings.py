"""What the door is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.firewall.settings import Gateway


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """data: the data directory (``snapshot/``, ``spool/``, ``run/``).

    memory: an open file without a name, of the supervisor's, in which what was answered outlives
    a door that is started again; None: then it does not.
    """

    data: Path
    gateway: Gateway
    memory: int | None = None
