"""Ids that are made of names."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


def id_of(name: str) -> str:
    """Return an id made of a name: ``iPad 3B-07`` becomes ``ipad-3b-07``; maybe nothing."""
    return _BETWEEN.sub("-", name.lower())[:64].strip("-")
