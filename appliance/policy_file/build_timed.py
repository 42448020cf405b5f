"""What bends the rules for a time: grants, official pages, sanctions, permissions held."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from appliance.policy.model import Grant, Sanction, StandingPermission, Target, TargetKind
from appliance.policy_file import prose
from appliance.policy_file.parsing import instant, subject, target

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument

# Fixed ends for what has none, so that a snapshot built twice is the same twice.
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)
FOREVER: Final = datetime(2100, 1, 1, tzinfo=UTC)


def grants(document: PolicyDocument, zone: str) -> tuple[Grant, ...]:
    """Return the grants of the file, and one for each of the school's official pages."""
    written = [
        Grant(
            id=g.id, subject=subject(g.who), target=target(g.what),
            start=instant(g.start, zone), end=instant(g.end, zone),
            when=frozenset(g.when), methods=g.methods, clause=g.clause, text=g.text,
        )
        for g in document.grants
    ]  # fmt: skip
    pages = [
        Grant(
            id=page.id, subject=subject(page.who), target=Target(TargetKind.URL, page.url),
            start=_midnight(page.approved_on, zone) if page.approved_on else ALWAYS,
            end=_midnight(page.until + timedelta(days=1), zone) if page.until else FOREVER,
            clause=page.clause, text=prose.page_sentence(page),
        )
        for page in document.official_pages
    ]  # fmt: skip
    return (*written, *pages)


def sanctions(document: PolicyDocument, zone: str) -> tuple[Sanction, ...]:
    """Return the sanctions of the file."""
    return tuple(
        Sanction(
            id=s.id, subject=subject(s.who), start=instant(s.start, zone),
            end=instant(s.end, zone) if s.end else None, clause=s.clause, text=s.text,
        )
        for s in document.sanctions
    )  # fmt: skip


def permissions(document: PolicyDocument, zone: str) -> tuple[StandingPermission, ...]:
    """Return who holds which standing permission."""
    return tuple(
        StandingPermission(
            name=p.permission, subject=subject(p.who), permitted=p.permitted,
            controls_applied=p.controls_applied,
            start=instant(p.start, zone) if p.start else ALWAYS,
            end=instant(p.end, zone) if p.end else None,
        )
        for p in document.permissions_held
    )  # fmt: skip


def _midnight(day: date, zone: str) -> datetime:
    return instant(datetime.combine(day, time()), zone)
