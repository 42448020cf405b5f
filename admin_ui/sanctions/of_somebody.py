"""What other pages say of sanctions: on a person's day, beside a device, on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_ui.access import ASKERS
from admin_ui.gate import gate
from admin_ui.sanctions import standing
from admin_ui.sanctions.need import Need, need
from admin_ui.sanctions.standing import Held
from appliance.policy.model import Subject, SubjectKind
from appliance.policy.sanctioned import devices_of, touches
from appliance.store import supervision
from appliance.store.supervision import KeptSession


@dataclass(frozen=True, slots=True)
class OfSomebody:
    """The sanctions on somebody within a stretch of time, and who sat beside them then."""

    held: tuple[Held, ...]
    sessions: tuple[KeptSession, ...]


@dataclass(frozen=True, slots=True)
class ForHome:
    """What the home page says: how many are under a sanction, and whom one supervises now."""

    count: int
    own: tuple[tuple[KeptSession, str], ...]


def during(session: Session, kind: str, id_: str, since: datetime, until: datetime) -> OfSomebody:
    """Return what held of somebody between two instants, as whoever is signed in may know it."""
    if kind not in (SubjectKind.PERSON, SubjectKind.DEVICE):
        return OfSomebody((), ())  # an address is nobody
    subject, mine = Subject(SubjectKind(kind), id_), need(session)
    contents = mine.contents
    held = tuple(
        one for one in standing.every(session, mine, gate().view().at)
        if touches(subject, one.subject, contents)
        and _overlap(one.kept.sanction.start, one.end, since, until)
    )  # fmt: skip
    sessions = tuple(
        one for one in supervision.sessions(session, ended_after=since)
        if held and touches(one.session.subject, subject, contents)
        and _overlap(one.session.start, one.session.end, since, until)
    )  # fmt: skip
    return OfSomebody(held, sessions)


def now_on(session: Session, kind: str, id_: str) -> tuple[Held, ...]:
    """Return the sanctions that reach a person or device now."""
    at = gate().view().at
    held = during(session, kind, id_, at, at).held
    return tuple(one for one in held if one.holds)


def devices_now(session: Session) -> frozenset[str]:
    """Return the ids of the registered devices that a sanction reaches now."""
    mine = need(session)
    every = standing.every(session, mine, gate().view().at)
    return frozenset(
        id_ for one in every if one.holds for id_ in devices_of(one.subject, mine.contents)
    )


def for_home(session: Session) -> ForHome:
    """Return what the home page says to whoever is signed in."""
    mine, at = need(session), gate().view().at
    if not mine.account.posts & ASKERS:
        return ForHome(0, ())
    count = sum(1 for one in standing.every(session, mine, at) if one.holds)
    return ForHome(count, _own(session, mine, at))


def _own(session: Session, mine: Need, at: datetime) -> tuple[tuple[KeptSession, str], ...]:
    return tuple(
        (one, standing.name_of(one.session.subject, mine.contents))
        for one in supervision.sessions(session, ended_after=at)
        if one.runs(at) and one.account == mine.account.login
    )


def _overlap(start: datetime, end: datetime | None, since: datetime, until: datetime) -> bool:
    return start <= until and (end is None or end > since)
