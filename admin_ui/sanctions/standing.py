"""The sanctions there are, of the store and of the policy file, as one account may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_ui.sanctions.need import Need
from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.policy.sanctioned import touches
from appliance.policy.snapshot import Contents
from appliance.store import sanctions, supervision
from appliance.store.known import vocabulary
from appliance.store.sanctions import KeptSanction
from appliance.store.supervision import KeptSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A sanction as a page shows it. sessions: those that run now for whom it is about.

    of_policy: it stands in the policy file, and is changed there. known: the register has whom
    it is about; without that it reaches nothing. runs: it has not ended. begun: nor is it still
    to come, as one of the policy file may be, or one that was made in a rehearsal.
    """

    kept: KeptSanction
    name: str
    known: bool
    of_policy: bool
    runs: bool
    begun: bool
    sessions: tuple[KeptSession, ...]

    @property
    def holds(self) -> bool:
        """Whether it holds now."""
        return self.runs and self.begun

    @property
    def id(self) -> str:
        """Its id."""
        return self.kept.sanction.id

    @property
    def subject(self) -> Subject:
        """Whom it is about."""
        return self.kept.sanction.subject

    @property
    def end(self) -> datetime | None:
        """When it ends; None: when it is lifted."""
        return self.kept.sanction.end


def every(session: Session, need: Need, at: datetime) -> tuple[Held, ...]:
    """Return the sanctions that an account may know of, those that run by name first."""
    running = supervision.sessions(session, ended_after=at)
    found = [
        _held(one, of_policy, need.contents, at, running)
        for one, of_policy in _kept(session)
        if need.sees(one.sanction.subject)
    ]
    return tuple(sorted(found, key=lambda one: (not one.runs, one.name.casefold(), one.id)))


def one(session: Session, need: Need, id_: str, at: datetime) -> Held | None:
    """Return one sanction; None where there is none, or none that an account may know of."""
    return next((held for held in every(session, need, at) if held.id == id_), None)


def running(session: Session, at: datetime) -> tuple[Sanction, ...]:
    """Return every sanction that holds now, whoever may know of it."""
    return tuple(
        kept.sanction for kept, _ in _kept(session) if kept.sanction.start <= at and kept.runs(at)
    )


def name_of(subject: Subject, contents: Contents) -> str:
    """Return what a person or device is called; its id where the register has none such."""
    named = contents.people if subject.kind is SubjectKind.PERSON else contents.devices
    return next((one.name for one in named if one.id == subject.id), subject.id)


def _kept(session: Session) -> list[tuple[KeptSanction, bool]]:
    own = sanctions.kept(session)
    ids = {kept.sanction.id for kept in own}
    policy = vocabulary(session)
    written = policy.sanctions if policy is not None else ()
    return [(kept, False) for kept in own] + [
        (KeptSanction(sanction=one, author="", reason=one.text, made=one.start), True)
        for one in written
        if one.id not in ids
    ]


def _held(
    kept: KeptSanction, of_policy: bool, contents: Contents, at: datetime,
    sessions: tuple[KeptSession, ...],
) -> Held:  # fmt: skip
    subject, runs = kept.sanction.subject, kept.runs(at)
    named = contents.people if subject.kind is SubjectKind.PERSON else contents.devices
    beside = tuple(
        one for one in sessions
        if runs and one.runs(at) and touches(one.session.subject, subject, contents)
    )  # fmt: skip
    return Held(
        kept=kept, name=name_of(subject, contents), of_policy=of_policy, runs=runs,
        begun=kept.sanction.start <= at,
        known=any(one.id == subject.id for one in named), sessions=beside,
    )  # fmt: skip
