"""The scope of a request in words that say how wide it is."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from admin_ui import dates
from appliance.policy.model import PeriodKind, Subject, SubjectKind, Target, TargetKind
from appliance.policy.snapshot import Contents, Snapshot

KIND_NAMES: Final = MappingProxyType(
    {
        PeriodKind.LESSON.value: "In lessons",
        PeriodKind.BREAK.value: "At break",
        PeriodKind.LUNCH.value: "At lunch",
        PeriodKind.BEFORE_SCHOOL.value: "Before school",
        PeriodKind.AFTER_SCHOOL.value: "After school",
        PeriodKind.CLOSED.value: "While school is closed",
    }
)
UNTIL_NAMES: Final = MappingProxyType(
    {"lesson": "End of this lesson", "today": "End of today", "date": "A date"}
)
MIDNIGHT: Final = time()
_NAMED: Final = 3  # names listed before "and N more"


def target_words(target: Target, snapshot: Snapshot) -> str:
    """Return what a target opens, with how wide that is."""
    match target.kind:
        case TargetKind.URL:
            host, _, path = target.id.partition("/")
            if not path:
                return f"Every page of {host}, for reading; none of its sub-sites"
            return f"This page and what lies below it, for reading: {target.id}"
        case TargetKind.HOST:
            return f"The whole site {target.id} with all its sub-sites, posting and signing in too"
        case TargetKind.SERVICE:
            service = snapshot.catalogue.services.get(target.id)
            if service is None:
                return f"The service {target.id}"
            hosts = listed([*service.domains, *service.hosts])
            return f"The whole of {service.name}, posting and signing in too: {hosts}"
        case _:
            return f"The {target.kind.value} {target.id}"


def target_name(target: Target, snapshot: Snapshot) -> str:
    """Return a target in a few letters, for lists."""
    service = snapshot.catalogue.services.get(target.id)
    if target.kind is TargetKind.SERVICE and service is not None:
        return service.name
    return target.id


def subject_words(subject: Subject, contents: Contents) -> str:
    """Return for whom something is opened."""
    match subject.kind:
        case SubjectKind.PERSON:
            person = next((p.name for p in contents.people if p.id == subject.id), subject.id)
            own = [d.name for d in contents.devices if d.person == subject.id]
            devices = f" (on {listed(own)})" if own else " (no device is registered as theirs)"
            return person + devices
        case SubjectKind.DEVICE:
            name = next((d.name for d in contents.devices if d.id == subject.id), subject.id)
            return f"The device {name}"
        case SubjectKind.GROUP:
            name = next((g.name for g in contents.groups if g.id == subject.id), subject.id)
            return f"The class or group {name}"
        case SubjectKind.ROLE:
            name = next((r.name for r in contents.roles if r.id == subject.id), subject.id)
            return f"Everybody with the role {name}"
        case SubjectKind.NETWORK:
            name = next((n.name for n in contents.networks if n.id == subject.id), subject.id)
            return f"The network {name}"
        case SubjectKind.EVERYONE:
            return "Everybody"


def when_words(when: frozenset[str]) -> str:
    """Return the periods, in the order of the day."""
    if not when:
        return "In every period"
    named = [name for kind, name in KIND_NAMES.items() if kind in when]
    named += sorted(f"During {other}" for other in when - set(KIND_NAMES))
    first, *rest = named
    return ", ".join([first, *(one[0].lower() + one[1:] for one in rest)])


def listed(names: list[str]) -> str:
    """Return names as ``a, b, c and 4 more``."""
    if len(names) <= _NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def until_words(ends: datetime, zone: ZoneInfo, *, long: bool = False) -> str:
    """Return when something closes: midnight is the end of the day before."""
    local = ends.astimezone(zone)
    if local.time() != MIDNIGHT:
        return dates.long_moment(ends, zone) if long else dates.moment(ends, zone)
    last = local.date() - timedelta(days=1)
    return f"the end of {dates.long_day(last) if long else dates.day(last)}"
