"""Which entries of the chain somebody asks for: the filter in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


class BadFilterError(ValueError):
    """A field of the filter cannot be read; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """actor: a login. area: the first word of an action. since, until: days, both included."""

    actor: str = ""
    area: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    def query(self, zone: ZoneInfo) -> dict[str, Any]:
        """Return the filter as ``store.audit.page`` takes it."""
        return {
            "actor": self.actor, "area": self.area, "subject": self.subject, "before": self.before,
            "since": self.since and datetime.combine(self.since, time(), zone),
            "until": self.until and datetime.combine(self.until + timedelta(days=1), time(), zone),
        }  # fmt: skip

    def words(self) -> dict[str, Any]:
        """Return the filter as it stands in an address or an audit entry; nothing that is empty."""
        said = {
            "actor": self.actor, "area": self.area, "subject": self.subject,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }  # fmt: skip
        return {name: text for name, text in said.items() if text}


def read(args: Mapping[str, str]) -> Asked:
    """Return what an address asks for.

    Raises:
        BadFilterError: a date or number that is none.
    """
    return Asked(
        actor=args.get("actor", "").strip()[:120], area=args.get("area", "").strip()[:60],
        subject=args.get("subject", "").strip()[:120], since=_day(args, "since"),
        until=_day(args, "until"), before=_number(args, "before"),
    )  # fmt: skip


def _day(args: Mapping[str, str], field: str) -> date | None:
    text = args.get(field, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        label = {"since": "From", "until": "Until"}[field]
        raise BadFilterError(f"{label}: {text[:40]!r} is not a date") from error
    if not 2000 <= found.year <= 2200:
        raise BadFilterError(f"{field}: the year {found.year} cannot be")
    return found


def _number(args: Mapping[str, str], field: str) -> int | None:
    text = args.get(field, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise BadFilterError(f"{field}: {text[:40]!r} is not a number")
    return int(text)
