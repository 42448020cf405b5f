"""What the engine answers to everybody, about everything, at every kind of period.

Pages that tell people what the rules do ask here instead of reading the rules again: the
answers are those of ``engine.judge``, on a moment that is given instead of read from bells.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from appliance.policy import urls
from appliance.policy.engine import judge
from appliance.policy.model import (
    Action,
    Ownership,
    PeriodKind,
    Reason,
    StandingPermission,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.precedence import deciding_rule
from appliance.policy.situation import Query, Situation, situate
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.subjects import Client
from appliance.policy.timetable import Moment

NOWHERE: Final = "nowhere.invalid"  # a host that is in no list and no service (RFC 2606)
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
EVERYONE: Final = Subject(SubjectKind.EVERYONE)


@dataclass(frozen=True, slots=True)
class Asker:
    """A plain member of a role, or of what a rule names, on a device of the school or their own.

    permission: the standing permission they hold; empty for none.
    """

    role: str
    ownership: Ownership
    permission: str = ""
    subject: Subject = EVERYONE


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for. host, url, method: the probe; a category has none of its own."""

    target: Target
    host: str = NOWHERE
    url: str = ""
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Slot:
    """A kind of period; ``name`` where a rule speaks of periods by name, else empty."""

    kind: PeriodKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said. grantable: blocked, and a grant could open it."""

    action: Action
    reason: Reason
    rule: str
    clause: str
    text: str
    grantable: bool
    record: bool

    @property
    def effect(self) -> tuple[Action, bool, bool]:
        """What people notice of it, whatever the clause: action, grantable, recorded."""
        return self.action, self.grantable, self.record


@dataclass(slots=True)
class Survey:
    """One snapshot, asked. at: the instant that grants and sanctions are held against."""

    snapshot: Snapshot
    at: datetime
    _holding: dict[str, Snapshot] = field(default_factory=dict)
    _seen: dict[tuple[str, Thing], Situation] = field(default_factory=dict)
    _kinds: dict[Thing, object] = field(default_factory=dict)
    _answers: dict[tuple[Asker, object, Slot], Answer] = field(default_factory=dict)

    def answer(self, asker: Asker, thing: Thing, slot: Slot) -> Answer:
        """Return the engine's answer."""
        key = asker, self._alike(thing), slot
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._asked(asker, thing, slot)
        return found

    def _alike(self, thing: Thing) -> object:
        """Return what things share that no answer tells apart: most of a category's services."""
        found = self._kinds.get(thing)
        if found is None:
            contents, situation = self.snapshot.contents, self._situation("", thing)
            spoken_of = [target for rule in contents.rules for target in rule.what]
            spoken_of += [one.target for one in contents.grants]
            spoken_of += [one.target for one in contents.reported]
            sites = (TargetKind.HOST, TargetKind.URL)
            own = any(situation.covers(t, fold_case=True) for t in spoken_of if t.kind in sites)
            if own or contents.sanctions or any(self.snapshot.sanctuary.find(thing.host)):
                found = thing
            else:
                named = {t.id for t in spoken_of if t.kind is TargetKind.SERVICE}
                services = tuple(s for s in situation.services if s in named)
                found = services, situation.categories, situation.apart
            self._kinds[thing] = found
        return found

    def _asked(self, asker: Asker, thing: Thing, slot: Slot) -> Answer:
        before = self._situation(asker.permission, thing)
        query = replace(before.query, client=client_of(asker, self.snapshot.contents))
        moment = Moment(slot.name or slot.kind.value, slot.kind, None)
        situation = replace(before, query=query, moment=moment)
        verdict = judge(situation)
        grantable = False
        if verdict.action is Action.BLOCK and verdict.reason in (
            Reason.SERVICE_RULE,
            Reason.CATEGORY_RULE,
        ):
            rule = deciding_rule(situation)
            grantable = rule is not None and rule.grants
        return Answer(
            verdict.action, verdict.reason, verdict.rule, verdict.clause, verdict.text,
            grantable, verdict.record,
        )  # fmt: skip

    def lineage(self, thing: Thing) -> tuple[str, ...]:
        """Return the categories that a thing is in, nearest first; a category is in itself."""
        return self._situation("", thing).categories

    def _situation(self, permission: str, thing: Thing) -> Situation:
        found = self._seen.get((permission, thing))
        if found is None:
            found = self._situate(self._held(permission), thing)
            self._seen[permission, thing] = found
        return found

    def _situate(self, snapshot: Snapshot, thing: Thing) -> Situation:
        url = urls.parse(thing.url) if thing.url else None
        nobody = Client(address="::", role="")
        query = Query(nobody, thing.host, self.at, url, thing.method)
        if thing.target.kind is not TargetKind.CATEGORY:
            return situate(query, snapshot)
        nowhere = Moment("", PeriodKind.LESSON, None)
        lineage = snapshot.catalogue.lineage((thing.target.id,))
        return Situation(query, snapshot, nowhere, (), lineage, ())

    def _held(self, permission: str) -> Snapshot:
        if not permission:
            return self.snapshot
        if permission not in self._holding:
            contents = self.snapshot.contents
            held = StandingPermission(
                name=permission, subject=EVERYONE, permitted=True, controls_applied=True,
                start=_LONG_AGO,
            )  # fmt: skip
            more = replace(contents, permissions=(*contents.permissions, held))
            self._holding[permission] = Snapshot(more, self.snapshot.lists)
        return self._holding[permission]


def plain(contents: Contents) -> Contents:
    """Return contents without what bends the rules for a time: the rules alone."""
    return replace(contents, grants=(), sanctions=(), supervised=(), permissions=(), reported=())


def client_of(asker: Asker, contents: Contents) -> Client:
    """Return the client that an asker is to the engine."""
    who, subject = Client(address="::", role=asker.role, ownership=asker.ownership), asker.subject
    match subject.kind:
        case SubjectKind.GROUP:
            return replace(who, groups=frozenset([subject.id]))
        case SubjectKind.NETWORK:
            groups = next((n.groups for n in contents.networks if n.id == subject.id), ())
            return replace(who, network=subject.id, groups=frozenset(groups))
        case SubjectKind.PERSON:
            groups = next((p.groups for p in contents.people if p.id == subject.id), ())
            return replace(who, person=subject.id, groups=frozenset(groups))
        case SubjectKind.DEVICE:
            groups = next((d.groups for d in contents.devices if d.id == subject.id), ())
            return replace(who, device=subject.id, groups=frozenset(groups))
        case _:
            return who
