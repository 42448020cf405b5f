"""What the block page says to somebody under a sanction: until when, and what stays open. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.policy.model import SubjectKind
from appliance.policy.names import within
from appliance.policy.sanctioned import on_client, over_at
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents
from proxy_addons.opening import DAYS

LISTED: Final = 5  # sites of the short list that are named
CHILDLINE: Final = "childline.org.uk"


@dataclass(frozen=True, slots=True)
class Restricted:
    """until: a sentence. device: it is on the device, whoever uses it.

    allowed: sites that stay open; helpline: one that a child may know, empty where the
    school's helplines do not hold it.
    """

    until: str
    device: bool
    allowed: tuple[str, ...]
    helpline: str


def restricted(query: Query, contents: Contents) -> Restricted:
    """Return what to say to a client whom a sanction stops."""
    at = query.at
    held = on_client(query.client, at, contents.sanctions)
    helpline = any(within(CHILDLINE, name) for name in contents.sanctuary_domains)
    return Restricted(
        until=_until(query, contents) if held and query.clock_trusted else "",
        device=bool(held) and all(one.subject.kind is SubjectKind.DEVICE for one in held),
        allowed=contents.sanction_allow[:LISTED], helpline=CHILDLINE if helpline else "",
    )  # fmt: skip


def _until(query: Query, contents: Contents) -> str:
    """Return when it is over. Midnight is the end of the day before."""
    end = over_at(on_client(query.client, query.at, contents.sanctions))
    if end is None:
        return "A grown-up decides when it ends."
    zone = ZoneInfo(contents.calendar.zone)
    now, then = query.at.astimezone(zone), end.astimezone(zone)
    whole = (then.hour, then.minute) == (0, 0)
    last = (then - timedelta(days=1) if whole else then).date()
    days = (last - now.date()).days
    named = f"{DAYS[last.weekday()]} {last.day}/{last.month}" if days > 6 else DAYS[last.weekday()]
    day = {0: "today", 1: "tomorrow"}.get(days, named)
    if whole:
        return f"It ends after {day}." if days < 2 else f"{day} is the last day."
    return f"It ends {day} at {then:%H:%M}." if days < 2 else f"It ends on {day} at {then:%H:%M}."
