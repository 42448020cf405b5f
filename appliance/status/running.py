"""Where a gate listens that runs on a data directory, as it said itself when it started."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Endpoint = tuple[str, int]
_FACES: Final = (("dns", "dns"), ("http", "http"), ("https", "https"), ("explicit", "proxy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Address and port of each face; None: it is switched off. upstreams: whom DNS asks.

    gateway: a firewall stands before the faces, which are asked from this machine itself.
    """

    dns: Endpoint | None = None
    http: Endpoint | None = None
    https: Endpoint | None = None
    explicit: Endpoint | None = None
    upstreams: tuple[Endpoint, ...] = ()
    gateway: bool = False


def announced(data: Path) -> Running | None:
    """Return what the gate on a data directory announced; None: nothing that can be read."""
    try:
        said = json.loads((data / "run" / "gate.json").read_text(encoding="utf-8"))
        listen = str(said["listen"])
        listen, gateway = str(said.get("inside") or listen), bool(said.get("gateway"))
        places = {
            name: (listen, int(said[key])) if int(said[key]) else None for name, key in _FACES
        }
        upstreams = tuple((str(host), int(port)) for host, port in said.get("upstreams", ()))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return Running(**places, upstreams=upstreams, gateway=gateway)
