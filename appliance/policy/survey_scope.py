"""Who, what and when a survey asks about: all that the contents may tell apart."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.policy.model import (
    Ownership,
    PeriodKind,
    Service,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.snapshot import Contents
from appliance.policy.survey import Asker, Slot, Thing


def askers(*every: Contents) -> tuple[Asker, ...]:
    """Return everybody whom the contents may tell apart, roles first, without doubles."""
    found: dict[Asker, None] = {}
    permissions = ("", *permissions_asked(*every))
    for contents in every:
        for role in sorted(contents.roles, key=lambda role: role.rank):
            for ownership in Ownership:
                found.update((Asker(role.id, ownership, p), None) for p in permissions)
    # Who holds a permission in all of them is asked about as a plain member who holds it.
    held = [{(p.name, p.subject) for p in contents.permissions} for contents in every]
    odd = {subject for _, subject in set().union(*held) - held[0].intersection(*held)}
    for contents in every:
        for subject in _named(contents, odd):
            for role_id in _roles_of(subject, contents):
                for ownership in Ownership:
                    found.update((Asker(role_id, ownership, p, subject), None) for p in permissions)
    return tuple(found)


def permissions_asked(*every: Contents) -> tuple[str, ...]:
    """Return the standing permissions that rules ask for."""
    asked = (rule.permission for contents in every for rule in contents.rules)
    return tuple(dict.fromkeys(name for name in asked if name))


def slots(*every: Contents) -> tuple[Slot, ...]:
    """Return every kind of period, and each period that a rule calls by its name."""
    found = {Slot(kind): None for kind in PeriodKind}
    kinds = {kind.value for kind in PeriodKind}
    for contents in every:
        named = {p.name: p.kind for t in contents.timetables for p in t.periods}
        named |= {p.name: p.kind for day in contents.calendar.one_off for p in day.periods}
        for name in sorted({w for rule in contents.rules for w in rule.when} - kinds):
            found[Slot(named.get(name, PeriodKind.LESSON), name)] = None
    return tuple(found)


def things(*every: Contents) -> tuple[Thing, ...]:
    """Return every category, service, host and URL that the contents speak of."""
    found: dict[Target, Thing] = {}
    for contents in every:
        for category in contents.categories:
            target = Target(TargetKind.CATEGORY, category.id)
            found.setdefault(target, Thing(target))
        for service in contents.services:
            target = Target(TargetKind.SERVICE, service.id)
            found.setdefault(target, _of_service(target, service))
        spoken_of = [target for rule in contents.rules for target in rule.what]
        spoken_of += [grant.target for grant in contents.grants]
        spoken_of += [block.target for block in contents.reported]
        for target in spoken_of:
            found.setdefault(target, thing_of(target))
    return tuple(found.values())


def thing_of(target: Target) -> Thing:
    """Return what stands for a host, a URL prefix, a category, or everything."""
    match target.kind:
        case TargetKind.HOST:
            return Thing(target, host=target.id)
        case TargetKind.URL:
            return Thing(target, host=target.id.partition("/")[0], url=f"https://{target.id}")
        case _:
            return Thing(target)


def _of_service(target: Target, service: Service) -> Thing:
    hosts = (*service.domains, *service.hosts, *service.assets)
    if hosts:
        return Thing(target, host=hosts[0])
    if not service.urls:
        return Thing(target)
    part = service.urls[0]
    query = "&".join(f"{n}={'1' if v[0] == '*' else v[0]}" for n, v in part.query if v)
    url = f"https://{part.hosts[0]}{part.path}{'?' if query else ''}{query}"
    method = part.methods[0] if part.methods else "GET"
    return Thing(target, host=part.hosts[0], url=url, method=method)


def _named(contents: Contents, odd: set[Subject]) -> Iterable[Subject]:
    """Whom rules, grants and the like name beyond roles, each once."""
    everyone = [subject for rule in contents.rules for subject in rule.who]
    everyone += [grant.subject for grant in contents.grants]
    everyone += [sanction.subject for sanction in contents.sanctions]
    everyone += [h.subject for h in contents.permissions if h.subject in odd]
    beyond = (SubjectKind.ROLE, SubjectKind.EVERYONE)
    return dict.fromkeys(subject for subject in everyone if subject.kind not in beyond)


def _roles_of(subject: Subject, contents: Contents) -> Iterable[str]:
    """The roles that a subject may have; all of them where nothing says which."""
    people, devices = contents.people, contents.devices
    match subject.kind:
        case SubjectKind.NETWORK:
            found = [n.role for n in contents.networks if n.id == subject.id]
        case SubjectKind.PERSON:
            found = [p.role for p in people if p.id == subject.id]
        case SubjectKind.DEVICE:
            found = [d.role for d in devices if d.id == subject.id and d.role]
        case _:
            found = [p.role for p in people if subject.id in p.groups]
            found += [n.role for n in contents.networks if subject.id in n.groups]
            found += [d.role for d in devices if subject.id in d.groups and d.role]
    return dict.fromkeys(found or [role.id for role in contents.roles])
