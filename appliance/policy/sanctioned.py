"""Whom a sanction reaches, what a supervised session opens of it, and when it is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import Client, may_be


def devices_of(subject: Subject, contents: Contents) -> tuple[str, ...]:
    """Return the ids of the registered devices that a sanction on somebody reaches."""
    if subject.kind is SubjectKind.DEVICE:
        return tuple(device.id for device in contents.devices if device.id == subject.id)
    if subject.kind is not SubjectKind.PERSON:  # a role may have the id of a person
        return ()
    return tuple(device.id for device in contents.devices if device.person == subject.id)


def touches(supervised: Subject, sanctioned: Subject, contents: Contents) -> bool:
    """Whether a supervised session opens what a sanction closes: it is about the same person or
    device, or the one's device is the other's. Of what is neither, only about the very same."""
    if supervised == sanctioned:
        return True
    if SubjectKind.DEVICE not in (supervised.kind, sanctioned.kind):
        return False
    return bool(set(devices_of(supervised, contents)) & set(devices_of(sanctioned, contents)))


def on_client(client: Client, at: datetime, sanctions: Iterable[Sanction]) -> tuple[Sanction, ...]:
    """Return the sanctions that hold for a client at an instant."""
    return tuple(
        one
        for one in sanctions
        if may_be(one.subject, client) and one.start <= at and (one.end is None or at < one.end)
    )


def over_at(held: Iterable[Sanction]) -> datetime | None:
    """Return when the last of several sanctions ends; None: one of them only when it is lifted.

    Raises:
        ValueError: there are none.
    """
    ends = [one.end for one in held]
    return None if None in ends else max(end for end in ends if end is not None)
