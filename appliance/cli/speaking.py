"""Subjects, targets and spans of time as the flags of ``grants`` and its like spell them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from appliance.cli import times
from appliance.cli.errors import InputError
from appliance.policy import spans, urls
from appliance.policy.model import PeriodKind, Subject, SubjectKind, Target, TargetKind
from appliance.policy.names import canonical
from appliance.policy.snapshot import Contents, Snapshot

SUBJECT_HELP: Final = (
    "For whom: role:staff, group:3B, person:..., device:..., network:... or everyone."
)


def subject(text: str, contents: Contents, option: str = "--for") -> Subject:
    """Read ``kind:id`` or ``everyone``; the id must be one that the gate knows.

    Raises:
        InputError: an unknown kind, or an id that nothing has; it lists those there are.
    """
    if text in ("everyone", "*"):
        return Subject(SubjectKind.EVERYONE)
    kind_text, mark, id_ = text.partition(":")
    kinds = [kind.value for kind in SubjectKind if kind is not SubjectKind.EVERYONE]
    if not mark or kind_text not in kinds or not id_:
        raise InputError(f"{option}: {text!r} is not one of {', '.join(f'{k}:...' for k in kinds)}")
    kind = SubjectKind(kind_text)
    known = _known(kind, contents)
    if id_ not in known:
        there = ", ".join(known) or "none"
        raise InputError(f"{option}: there is no {kind_text} {id_!r}; there are: {there}")
    return Subject(kind, id_)


def target(
    *, url: str | None, host: str | None, service: str | None, category: str | None,
    contents: Contents,
) -> Target:  # fmt: skip
    """Read exactly one of --url, --host, --service and --category.

    Raises:
        InputError: none or several given, or a service or category nobody knows.
    """
    if sum(one is not None for one in (url, host, service, category)) != 1:
        raise InputError("give exactly one of --url, --host, --service and --category")
    if url is not None:
        return Target(TargetKind.URL, urls.canonical_prefix(url))
    if host is not None:
        return Target(TargetKind.HOST, canonical(host))
    if service is not None:
        ids = sorted(s.id for s in contents.services)
        return Target(TargetKind.SERVICE, _one_of(service, ids, "--service"))
    ids = sorted(c.id for c in contents.categories)
    return Target(TargetKind.CATEGORY, _one_of(category or "", ids, "--category"))


def until(text: str, who: Subject, at: datetime, snapshot: Snapshot) -> datetime:
    """Read ``lesson`` (the end of the running period for whom it is), ``today`` or a time.

    Raises:
        InputError: not a time, not after now, or no period is running.
    """
    contents = snapshot.contents
    zone = contents.calendar.zone
    if text == "today":
        return spans.end_of_day(times.local(at, zone).date(), zone)
    if text == "lesson":
        ends = spans.end_of_running(who, at, snapshot)
        if ends is None:
            raise InputError("--until lesson: no period is running now; give a time")
        return ends
    end = times.parse(text, zone, option="--until")
    if end <= at:
        raise InputError(f"--until: {text} is over already (it is {times.spoken(at, zone)})")
    return end


def when(texts: tuple[str, ...], contents: Contents) -> frozenset[str]:
    """Read kinds or names of periods; none means every period.

    Raises:
        InputError: neither a kind nor the name of a period in any timetable.
    """
    kinds = [kind.value for kind in PeriodKind]
    named = sorted({p.name for timetable in contents.timetables for p in timetable.periods})
    return frozenset(_one_of(text, [*kinds, *named], "--when") for text in texts)


def _known(kind: SubjectKind, contents: Contents) -> list[str]:
    match kind:
        case SubjectKind.ROLE:
            return [role.id for role in contents.roles]
        case SubjectKind.GROUP:
            return [group.id for group in contents.groups]
        case SubjectKind.PERSON:
            return [person.id for person in contents.people]
        case SubjectKind.DEVICE:
            return [device.id for device in contents.devices]
        case SubjectKind.NETWORK:
            return [network.id for network in contents.networks]
        case SubjectKind.EVERYONE:
            return ["*"]


def _one_of(text: str, known: list[str], option: str) -> str:
    if text not in known:
        there = ", ".join(known) or "none"
        raise InputError(f"{option}: there is no {text!r}; there are: {there}")
    return text
