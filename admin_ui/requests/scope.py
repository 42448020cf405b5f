"""How wide a request is: what, for whom, in which periods, until when. Read, and compared.

A URL is hostile input: it is taken apart by ``appliance.policy.urls`` and by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy import spans, urls
from appliance.policy.model import PeriodKind, Subject, SubjectKind, Target, TargetKind
from appliance.policy.names import within
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Client

LONGEST_URL: Final = 2000  # characters
_USERINFO: Final = re.compile(r"^((?:[A-Za-z]+://)?)[^/?#\\]*@")
_DAY: Final = re.compile(r"(?P<d>\d{1,2})[/. -](?P<m>\d{1,2})[/. -](?P<y>\d{4})")


class ScopeError(ValueError):
    """A field of the form asks for something that cannot be. Blame: whoever filled it in."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Exactly what a grant would open. Instants are in UTC; when empty: every period."""

    subject: Subject
    target: Target
    when: frozenset[str]
    until: str
    starts: datetime
    ends: datetime


def address(text: str) -> tuple[str, urls.Url]:
    """Return a URL as it is kept, and taken apart.

    A name and password before the host are not kept: they are a secret, or they pose as a host
    (``https://good.example@evil.example/``; RFC 3986, 7.5 and 7.6).

    Raises:
        ScopeError: it is no URL that a page can be asked for by.
    """
    cleaned = _USERINFO.sub(r"\1", "".join(c for c in text.strip() if c.isprintable()))
    if not cleaned:
        raise ScopeError("url", "Enter the full address of the page, such as https://example.org/x")
    if len(cleaned) > LONGEST_URL:
        raise ScopeError("url", f"The address must have {LONGEST_URL} characters or fewer")
    try:
        found, prefix = urls.parse(cleaned), urls.canonical_prefix(cleaned)
        if urls.canonical_prefix(prefix) != prefix:  # %23 in a path: read again it says less
            raise urls.BadUrlError("a path that is another one when it is read again")
    except urls.BadUrlError as error:
        raise ScopeError(
            "url", "Enter a full web address, such as https://example.org/page: what is here is "
            "not one that every web server reads in the same way",
        ) from error  # fmt: skip
    if "." not in found.host and ":" not in found.host:
        raise ScopeError("url", "The address must name a whole site, such as www.example.org")
    return cleaned, found


def target_of(url: str, width: str, snapshot: Snapshot) -> Target:
    """Return what to open. width: ``page``, ``host`` or ``service``.

    Raises:
        ScopeError: the address is none, or belongs to no service.
    """
    cleaned, found = address(url)
    if width == "page":
        return Target(TargetKind.URL, urls.canonical_prefix(cleaned))
    if width == "host":
        return Target(TargetKind.HOST, found.host)
    service = service_of(found, snapshot)
    if service is None:
        raise ScopeError(
            "width", "This address belongs to no service that the gate knows: choose the page or "
            "the whole site",
        )  # fmt: skip
    return Target(TargetKind.SERVICE, service)


def service_of(url: urls.Url, snapshot: Snapshot) -> str | None:
    """Return the service that a URL belongs to; one whose pages only load pictures from it last."""
    found = snapshot.catalogue.services_of(url.host, url, "GET")
    lent = set(snapshot.catalogue.asset_of(url.host))
    return min(found, key=lambda id_: id_ in lent, default=None)


def subject_of(
    who: str, chosen: str, me: str | None, client: Client, contents: Contents
) -> Subject:
    """Return whom to open it for. who: me, here, group, role or device; chosen: its id.

    me: the person of the account. client: the device in use. "Me" is a person where devices
    are registered as theirs; else the device in use, which then has to be registered.

    Raises:
        ScopeError: nobody, or nothing that the register knows.
    """
    if who == "me":
        return _me(me, client, contents)
    if who == "here":
        if client.device is None:
            raise ScopeError("who", NOT_REGISTERED)
        return Subject(SubjectKind.DEVICE, client.device)
    known = {
        "group": {group.id for group in contents.groups},
        "role": {role.id for role in contents.roles},
        "device": {device.id for device in contents.devices},
    }
    if who not in known:
        raise ScopeError("who", "Choose who it is for")
    if chosen not in known[who]:
        raise ScopeError(who, f"Choose the {'class or group' if who == 'group' else who}")
    return Subject(SubjectKind(who), chosen)


NOT_REGISTERED: Final = (
    "This device is not in the register, so it cannot be opened by itself: choose a class, a "
    "group or a role, or ask the technician to register the device first"
)


def _me(me: str | None, client: Client, contents: Contents) -> Subject:
    if me is not None and any(device.person == me for device in contents.devices):
        return Subject(SubjectKind.PERSON, me)
    if client.device is not None:
        return Subject(SubjectKind.DEVICE, client.device)
    raise ScopeError(
        "who", "No device is registered as yours, so this would open nothing. " + NOT_REGISTERED
    )


def periods_of(kinds: Iterable[str]) -> frozenset[str]:
    """Return period kinds; all of them are the same as none.

    Raises:
        ScopeError: one is no kind of period.
    """
    chosen = frozenset(kinds)
    known = {kind.value for kind in PeriodKind}
    if chosen - known:
        raise ScopeError("periods", "Choose from the periods of the day")
    return frozenset() if chosen == known else chosen


def end_of(until: str, day: str, who: Subject, at: datetime, snapshot: Snapshot) -> datetime:
    """Return when it closes. until: lesson, today or date; day: the date, for the last.

    Raises:
        ScopeError: no lesson is running for them, or the date is not one of this school year.
    """
    calendar = snapshot.contents.calendar
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    if until == "lesson":
        ends = spans.end_of_running(who, at, snapshot)
        if ends is None or not spans.running(who, at, snapshot).known:
            raise ScopeError(
                "until",
                "No lesson or break is running now for whom this is: choose today or a date",
            )
        return ends
    if until == "today":
        return spans.end_of_day(today, calendar.zone)
    if until != "date":
        raise ScopeError("until", "Choose until when it is to be open")
    last = day_of(day)
    if last < today:
        raise ScopeError("until_date", "The date must be today or later")
    if calendar.covers is None or last > calendar.covers.last:
        raise ScopeError("until_date", _beyond(calendar.covers.last if calendar.covers else None))
    return spans.end_of_day(last, calendar.zone)


def day_of(text: str) -> date:
    """Return a date, written as 2026-11-30 or 30/11/2026.

    Raises:
        ScopeError: it is no date.
    """
    found = _DAY.fullmatch(text.strip())
    try:
        if found:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ScopeError("until_date", "Enter a real date, such as 30/11/2026") from error


def _beyond(last: date | None) -> str:
    if last is None:
        return "The school’s calendar is empty, so it can be open until the end of today at most"
    return f"The date must be within this school year, which ends on {last.day} {last:%B %Y}"


def wider(new: Scope, old: Scope, snapshot: Snapshot) -> list[str]:
    """Return the fields in which a scope is not within another. Fails closed: what cannot be
    shown to lie within the old scope counts as wider."""
    found = [] if target_within(new.target, old.target, snapshot) else ["target"]
    if not subject_within(new.subject, old.subject, snapshot.contents):
        found.append("subject")
    if old.when and not (new.when and new.when <= old.when):
        found.append("periods")
    if new.ends > old.ends or new.starts < old.starts:
        found.append("until_date")
    return found


def target_within(new: Target, old: Target, snapshot: Snapshot) -> bool:
    """Whether everything that one target covers, another covers too."""
    if new == old:
        return True
    host, _, _ = new.id.partition("/")
    if new.kind is TargetKind.URL and old.kind is TargetKind.URL:
        return urls.under_prefix(urls.parse(f"https://{new.id}"), old.id)
    if new.kind not in (TargetKind.URL, TargetKind.HOST):
        return False
    if old.kind is TargetKind.HOST:
        return within(host, old.id)
    if old.kind is not TargetKind.SERVICE:
        return False
    service = snapshot.catalogue.services.get(old.id)
    if service is None:
        return False
    exact = new.kind is TargetKind.URL and host in service.hosts
    return exact or any(within(host, domain) for domain in (*service.domains, *service.assets))


def subject_within(new: Subject, old: Subject, contents: Contents) -> bool:
    """Whether every client of one subject surely is one of another."""
    if new == old:
        return True
    if new.kind is SubjectKind.PERSON:
        person = next((p for p in contents.people if p.id == new.id), None)
        if person is None:
            return False
        if old.kind is SubjectKind.GROUP:
            return old.id in person.groups
        own = [d.role for d in contents.devices if d.person == new.id]
        return old.kind is SubjectKind.ROLE and all((r or person.role) == old.id for r in own)
    if new.kind is not SubjectKind.DEVICE:
        return False
    device = next((d for d in contents.devices if d.id == new.id), None)
    if device is None or (device.role is None and device.person is None):
        return False
    client = spans.somebody(new, contents)
    of = {SubjectKind.PERSON: client.person, SubjectKind.ROLE: client.role}
    return old.id in client.groups if old.kind is SubjectKind.GROUP else of.get(old.kind) == old.id
