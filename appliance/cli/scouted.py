"""Where steered sites were when they were last looked up, kept over a restart of the gate.

An address that has changed hands since only leads its visitors to the proxy, which reads the
name and passes them on. Fails to nothing known: the next round finds it anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

FILE: Final = "steered.json"  # in the data directory: what runs now is not what ran before
_LONGEST: Final = 4 << 20  # bytes of the file

Found = Mapping[str, tuple[bytes, ...]]

log = logging.getLogger(__name__)


def recalled(data: Path) -> dict[str, tuple[bytes, ...]]:
    """Return the packed addresses of each host that was found before; never raises."""
    try:
        path = data / FILE
        if path.stat().st_size > _LONGEST:
            return {}
        said = json.loads(path.read_text(encoding="utf-8"))
        return {h: tuple(ip_address(a).packed for a in every) for h, every in said.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep(data: Path, found: Found) -> None:
    """Write down what was found, whole or not at all. A full disk keeps what was there."""
    text = json.dumps({h: [str(ip_address(a)) for a in every] for h, every in found.items()})
    draft = data / f".{FILE}"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(data / FILE)
    except OSError as error:
        log.debug("where steered sites are cannot be kept: %s", error)
