"""Whose bells are meant, and when the period that runs for them ends. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.model import Ownership, PeriodKind, Subject, SubjectKind
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Client
from appliance.policy.timetable import Moment

UNBELLED: Final = timedelta(hours=1)  # the longest supervised session where no lesson runs


def ringing_for(contents: Contents) -> Client:
    """Return a client whose bells are meant when nobody is named: a pupil, if there are any."""
    roles = [role.id for role in contents.roles]
    return Client(address="::", role="pupil" if "pupil" in roles else roles[0])


def somebody(who: Subject, contents: Contents) -> Client:
    """Return a client that stands for a subject, so that its own bells are found.

    A person, device or network that is not there (any more) is stood for by nobody in
    particular.
    """
    first = ringing_for(contents).role
    match who.kind:
        case SubjectKind.ROLE:
            return Client(address="::", role=who.id)
        case SubjectKind.GROUP:
            return Client(address="::", role=first, groups=frozenset([who.id]))
        case SubjectKind.PERSON:
            return _person(who.id, contents)
        case SubjectKind.DEVICE:
            return _device(who.id, contents)
        case SubjectKind.NETWORK:
            network = next((n for n in contents.networks if n.id == who.id), None)
            if network is None:
                return ringing_for(contents)
            return Client(address="::", role=network.role, groups=frozenset(network.groups),
                          network=network.id, ownership=network.ownership,
                          trusts_ca=network.trusts_ca)  # fmt: skip
        case _:
            return ringing_for(contents)


def running(who: Subject, at: datetime, snapshot: Snapshot) -> Moment:
    """Return the period that runs for a subject at an instant."""
    return snapshot.moment(at, somebody(who, snapshot.contents))


def end_of_running(who: Subject, at: datetime, snapshot: Snapshot) -> datetime | None:
    """Return when the running period of a subject ends; None: school is closed for them."""
    moment = running(who, at, snapshot)
    return None if moment.kind is PeriodKind.CLOSED else moment.until


def end_of_supervision(who: Subject, at: datetime, snapshot: Snapshot) -> datetime:
    """Return when a supervised session that begins now ends: with the running period.

    While school is closed, or where no bell is known, an hour later, and never past the next
    bell: a session is for a limited time (reference policy 7.2).
    """
    moment = running(who, at, snapshot)
    longest = at + UNBELLED
    if moment.known and moment.kind is not PeriodKind.CLOSED:
        return moment.until or longest
    return min(moment.until or longest, longest)


def end_of_day(day: date, zone: str) -> datetime:
    """Return the midnight after a date, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def _person(id_: str, contents: Contents) -> Client:
    person = next((p for p in contents.people if p.id == id_), None)
    if person is None:
        return ringing_for(contents)
    return Client(
        address="::", role=person.role, person=person.id, groups=frozenset(person.groups),
        ownership=Ownership.PERSONAL,
    )  # fmt: skip


def _device(id_: str, contents: Contents) -> Client:
    device = next((d for d in contents.devices if d.id == id_), None)
    if device is None:
        return ringing_for(contents)
    owner = next((p for p in contents.people if p.id == device.person), None)
    role = device.role or (owner.role if owner else ringing_for(contents).role)
    groups = device.groups + (owner.groups if owner else ())
    return Client(
        address="::", role=role, device=device.id, device_name=device.name,
        person=owner.id if owner else None, groups=frozenset(groups),
        ownership=device.ownership, trusts_ca=device.trusts_ca,
    )  # fmt: skip
