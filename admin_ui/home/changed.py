"""What changed lately, from the audit chain: without names of pupils, and without what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_ui.audit.shown import area_words
from appliance.store.audit_tables import AuditRow

SHOWN: Final = 8
# Areas of what bends enforcement. Looks at the log, sign-ins and reports are told elsewhere.
AREAS: Final = (
    "policy", "list", "calendar", "timetable", "network", "device", "group", "person", "permission",
    "request", "activity", "sanction", "settings", "command", "emergency",
)  # fmt: skip
# Only of these does the subject name a thing, and never somebody.
NAMED: Final = frozenset(
    {"policy", "list", "calendar", "timetable", "network", "group", "settings"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words. who: the login of whoever made it."""

    at: datetime
    area: str
    what: str
    subject: str
    who: str


def changed(session: Session) -> tuple[Change, ...]:
    """Return the latest changes, newest first."""
    areas = or_(*(AuditRow.action.startswith(f"{area}.", autoescape=True) for area in AREAS))
    newest = select(AuditRow).where(areas).order_by(AuditRow.number.desc()).limit(SHOWN)
    return tuple(_change(row) for row in session.scalars(newest))


def _change(row: AuditRow) -> Change:
    area, _, what = row.action.partition(".")
    subject = row.subject if area in NAMED else ""
    return Change(row.at, area_words(area), what.replace("_", " "), subject, row.actor)
