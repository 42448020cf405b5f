"""Makes the whole demonstration school in one transaction: all of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.attempts.visits import Changes, Entry
from appliance.audit.chain import Entry as AuditEntry
from appliance.demonstration import alikes, fortnight, papers, roll, sites, staff
from appliance.demonstration.staff import Keys
from appliance.lists.parse import parse
from appliance.policy.domains import ListMatch
from appliance.policy.snapshot import Snapshot
from appliance.policy_file.demo import STAFF_WIFI
from appliance.publish.compile import compile_contents
from appliance.store import accounts, attempts, audit, lists, policies, settings, web_settings

SCHOOL: Final = {
    "name": "Hazelbrook Primary School (demonstration)", "ask": "your teacher",
    "contact": "the IT room, extension 204",
}  # fmt: skip
_BATCH: Final = 4000  # attempts written at once
_LIST: Final = "demonstration-unlawful"


class RealSchoolError(ValueError):
    """There are accounts already: demonstration data is never put beside a school's own."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was put in. attempts: 0 where all of it had been there before."""

    keys: Keys
    attempts: int


@dataclass(frozen=True, slots=True)
class _OneListed:
    """The one name that the made-up list holds."""

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return the list's match."""
        listed = host == sites.ILLEGAL_HOST
        return (ListMatch("illegal", _LIST, host),) if listed else ()


def make(session: Session, key: bytes, *, now: datetime, real: datetime, seed: int = 1) -> Made:
    """Make the school, or return its keys where it is there. now: the gate's time.

    key: the admin UI's. seed: the same one gives the same days.

    Raises:
        RealSchoolError: somebody uses these data already.
    """
    known = staff.keys(session, key)
    if known is not None:
        return Made(known, 0)
    if accounts.list_(session):
        raise RealSchoolError("there are accounts in these data already")
    settings.put(session, "demo", True)
    settings.put(session, "school", {**settings.get(session, "school", {}), **SCHOOL})
    people = roll.put(session, *_roles(session, real))
    found = staff.add(session, people, key, real)
    _unlawful(session, real)
    contents = compile_contents(session, 0, real)
    now = now.astimezone(ZoneInfo(contents.calendar.zone))
    days = fortnight.school_days(Snapshot(contents), people.pupils[0].role, now)
    written = _fortnight(session, Snapshot(contents, _OneListed()), people, days, now, seed)
    papers.add(session, people, found, now, days)
    if STAFF_WIFI in _permissions(session):
        papers.permit(session, people, STAFF_WIFI, now)
    alikes.put(session, now)
    _finish(session, written, seed, real)
    keys = staff.keys(session, key)
    assert keys is not None, "they were kept just now"
    return Made(keys, written)


def _finish(session: Session, written: int, seed: int, real: datetime) -> None:
    """The set-up counts as done, and the chain says what this school is."""
    web_settings.put(session, "upstream_filter", {"name": "The county’s filter (made up)",
                                                  "behind": True})  # fmt: skip
    done = (
        "school",
        "people",
        "policy",
        "timetable",
        "networks",
        "certificate",
        "emergency",
        "trial",
    )
    web_settings.put(session, "setup", {"done": list(done), "finished": real.isoformat()})
    audit.append(
        session, AuditEntry(at=real, actor="appliance", action="demonstration.made",
                            subject=SCHOOL["name"], detail={"attempts": written, "seed": seed}),
    )  # fmt: skip


def _fortnight(
    session: Session, snapshot: Snapshot, people: roll.Roll, days: Sequence[date], now: datetime,
    seed: int,
) -> int:  # fmt: skip
    batch: list[Entry] = []
    written = 0
    for attempt in fortnight.attempts(snapshot, people, days, now, seed):
        batch.append(Entry(replace(attempt, last=min(attempt.last, now))))
        if len(batch) == _BATCH:
            written += _write(session, batch)
            batch = []
    return written + _write(session, batch)


def _write(session: Session, batch: list[Entry]) -> int:
    attempts.write(session, Changes(added=tuple(batch), grown=(), removed=()))
    session.expunge_all()  # written: the session need not hold them
    return len(batch)


def _unlawful(session: Session, real: datetime) -> None:
    """A made-up list of unlawful content with one name that leads nowhere (RFC 6761)."""
    parsed = parse([sites.ILLEGAL_HOST])
    lists.add(session, _LIST, "illegal", parsed, source="made up for the demonstration", at=real)


def _roles(session: Session, real: datetime) -> tuple[str, str]:
    """Return the roles that pupils and staff have under the policy in force."""
    ranked = sorted(compile_contents(session, 0, real).roles, key=lambda role: role.rank)
    known = {role.id for role in ranked}
    pupil = "pupil" if "pupil" in known else ranked[-1].id
    return pupil, "staff" if "staff" in known else ranked[0].id


def _permissions(session: Session) -> tuple[str, ...]:
    current = policies.current_policy(session)
    assert current is not None, "a policy is put in force before all else"
    return tuple(policy_file.load(current.text, current.source).permissions)
