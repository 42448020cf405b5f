"""The state of the gate in words that a headteacher reads without help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from admin_ui.gate import View
from appliance.policy.subjects import Client


@dataclass(frozen=True, slots=True)
class State:
    """level: ``ok``, ``amber`` or ``red``; words: the sentence beside it."""

    level: str
    words: str


@dataclass(frozen=True, slots=True)
class RolePeriod:
    """What time of the school day it is for a role, and until when (school's zone)."""

    role: str
    name: str
    until: datetime | None


def state_words(view: View) -> State:
    """Return how enforcement fares, worst news first."""
    if view.state == "closed":
        return State(
            "red",
            "No policy can be read. Social media is blocked for everybody, all else is open. "
            "Please tell the technician.",
        )
    if not view.clock_trusted:
        return State(
            "amber",
            "The clock cannot be relied on yet, so every moment counts as lesson time.",
        )
    if view.state != "current":
        return State("amber", "The newest policy could not be read. The one before it is enforced.")
    return State("ok", "The school's policy is enforced.")


def period_words(view: View) -> tuple[RolePeriod, ...]:
    """Return the running period for each role of the policy."""
    contents = view.snapshot.contents
    zone = ZoneInfo(contents.calendar.zone)
    found = []
    for role in sorted(contents.roles, key=lambda role: role.rank):
        nobody = Client(address="::", role=role.id)
        moment = view.snapshot.moment(view.at, nobody, clock_trusted=view.clock_trusted)
        until = moment.until.astimezone(zone) if moment.until else None
        found.append(RolePeriod(role.name, moment.name, until))
    return tuple(found)


def role_name(view: View, role: str) -> str:
    """Return a role's name as the policy gives it."""
    return next((r.name for r in view.snapshot.contents.roles if r.id == role), role)
