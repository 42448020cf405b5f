"""``role:staff`` and ``url:host/path`` to subjects and targets. Checked before, in load."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from appliance.policy.model import Subject, SubjectKind, Target, TargetKind
from appliance.policy.names import canonical
from appliance.policy.urls import canonical_prefix


def subject(text: str) -> Subject:
    """Return the subject that a text names; ``everyone`` has no id."""
    kind, _, id_ = text.partition(":")
    return Subject(SubjectKind(kind), id_ or "*")


def target(text: str) -> Target:
    """Return the target that a text names, its host or prefix canonical."""
    kind_text, _, id_ = text.partition(":")
    kind = TargetKind(kind_text)
    if kind is TargetKind.URL:
        id_ = canonical_prefix(id_)
    elif kind is TargetKind.HOST:
        id_ = canonical(id_)
    return Target(kind, id_ or "*")


def instant(at: datetime, zone: str) -> datetime:
    """Return an instant in UTC; one written without an offset is the school's wall clock."""
    aware = at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at
    return aware.astimezone(UTC)
