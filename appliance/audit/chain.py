"""One entry of the chain and its digest. Pure.

digest = SHA-256 over the previous digest and the entry in one canonical form (JSON with
sorted keys, no blanks, UTF-8). Changing, moving or removing any entry breaks every later one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

START: Final = "0" * 64  # the digest before the first entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody did. action: ``area.what``. subject: whom or what it was done to.

    detail: JSON values; the keys ``filter`` and ``rows`` say what was looked at and how much.
    """

    at: datetime
    actor: str
    action: str
    subject: str = ""
    reason: str = ""
    address: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry with its place in the chain."""

    number: int
    entry: Entry
    previous: str
    digest: str


def digest(number: int, entry: Entry, previous: str) -> str:
    """Return the digest that binds an entry to its number and to all before it, in hex."""
    said = {
        "number": number, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor, "action": entry.action, "subject": entry.subject,
        "reason": entry.reason, "address": entry.address, "detail": entry.detail,
        "previous": previous,
    }  # fmt: skip
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
