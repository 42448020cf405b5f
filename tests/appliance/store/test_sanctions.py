"""Sanctions and supervised sessions in the store: whose, why, until when, and who ended them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.policy.model import Sanction, Subject, SubjectKind, SupervisedSession
from appliance.policy.subjects import Device, Group, Person
from appliance.store import devices, people, policies, sanctions, supervision
from appliance.store.sanctions import ChangedMeanwhileError
from appliance.store.session import Store
from appliance.store.supervision import SupervisedAlreadyError

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAM, PAD = Subject(SubjectKind.PERSON, "sam"), Subject(SubjectKind.DEVICE, "pad")


@pytest.fixture
def school(store: Store) -> Store:
    """Give a store with a policy, a pupil and the pupil's device."""
    with store.session() as s:
        text = policy_file.template_text(policy_file.TEMPLATES[0])
        policies.set_policy(s, text, "template", "tests", "", AT)
        people.add_group(s, Group(id="7a", name="7A"))
        people.add_person(s, Person(id="sam", name="Sam", role="pupil", groups=("7a",)))
        devices.add(s, Device(id="pad", name="Pad", macs=("00:11:22:33:44:55",), person="sam"))
    return store


def ban(s: Session, who: Subject = SAM, end: datetime | None = None) -> str:
    wanted = Sanction(id="", subject=who, start=AT, end=end, clause="7.2")
    kept = sanctions.add(s, wanted, author="dsl", reason=" A VPN, again ", at=AT, source="signal")
    return kept.id


def sit(s: Session, who: Subject = SAM, start: datetime = AT) -> supervision.KeptSession:
    wanted = SupervisedSession(subject=who, start=start, end=start + HOUR, staff="A. Teacher")
    return supervision.supervise(s, wanted, account="teacher")


def test_all_that_is_known_of_a_sanction_is_kept(school: Store) -> None:
    with school.session() as s:
        found = sanctions.get(s, ban(s))
        assert found is not None
        assert (found.author, found.reason, found.source) == ("dsl", "A VPN, again", "signal")
        assert (found.version, found.lifted_at, found.sanction.lifted) == (1, None, False)
        assert found.runs(AT)
        assert sanctions.kept(s) == (found,)
        assert sanctions.get(s, "S9") is None


def test_its_end_is_changed_and_each_change_counts(school: Store) -> None:
    with school.session() as s:
        id_ = ban(s)
        changed = sanctions.change_end(s, id_, AT + HOUR, at=AT, version=1)
        assert (changed.sanction.end, changed.version) == (AT + HOUR, 2)
        assert not changed.runs(AT + HOUR)
        with pytest.raises(ChangedMeanwhileError, match="somebody has changed S1"):
            sanctions.change_end(s, id_, None, at=AT, version=1)
        with pytest.raises(ValueError, match="end: choose a time"):
            sanctions.change_end(s, id_, AT, at=AT, version=2)
        assert sanctions.change_end(s, id_, None, at=AT, version=2).sanction.end is None


def test_what_has_ended_is_neither_changed_nor_lifted(school: Store) -> None:
    with school.session() as s:
        id_ = ban(s, end=AT + HOUR)
        with pytest.raises(ChangedMeanwhileError, match="S1 has ended"):
            sanctions.change_end(s, id_, None, at=AT + HOUR, version=1)
        with pytest.raises(ChangedMeanwhileError, match="S9 has ended"):
            sanctions.change_end(s, "S9", None, at=AT, version=1)
        assert not sanctions.lift(s, id_, at=AT + HOUR, by="dsl")


def test_lifted_it_says_by_whom_and_why(school: Store) -> None:
    with school.session() as s:
        id_ = ban(s)
        with pytest.raises(ChangedMeanwhileError):
            sanctions.lift(s, id_, at=AT + HOUR, by="head", version=7)
        assert sanctions.lift(s, id_, at=AT + HOUR, by="head", reason=" Talked ", version=1)
        found = sanctions.get(s, id_)
        assert found is not None
        assert (found.lifted_at, found.lifted_by, found.lifted_reason) == (
            AT + HOUR, "head", "Talked",
        )  # fmt: skip
        assert (found.sanction.end, found.sanction.lifted) == (AT + HOUR, True)


def test_lifted_before_it_began_it_never_holds(school: Store) -> None:
    """A rehearsal was set back since."""
    with school.session() as s:
        id_ = ban(s)
        assert sanctions.lift(s, id_, at=AT - HOUR, by="head")
        found = sanctions.get(s, id_)
        assert found is not None
        assert found.sanction.end == found.sanction.start


def test_a_reason_has_an_end(school: Store) -> None:
    wanted = Sanction(id="", subject=SAM, start=AT, end=None)
    with school.session() as s, pytest.raises(ValueError, match="reason: at most 2,000"):
        sanctions.add(s, wanted, author="dsl", reason="x" * 2001, at=AT)


def test_a_session_says_who_sits_there_and_ends_by_itself(school: Store) -> None:
    with school.session() as s:
        kept = sit(s)
        assert (kept.session.staff, kept.account, kept.ended_by) == ("A. Teacher", "teacher", "")
        assert supervision.get(s, kept.id) == kept
        assert [kept.runs(AT + HOUR * n) for n in (0, 1)] == [True, False]
        assert supervision.supervised(s) == (kept.session,)
        assert supervision.sessions(s, ended_after=AT + HOUR) == ()
        assert supervision.get(s, 99) is None


def test_a_session_is_ended_once(school: Store) -> None:
    with school.session() as s:
        kept, soon = sit(s), AT + timedelta(minutes=5)
        assert supervision.end(s, kept.id, at=soon, by="teacher")
        assert not supervision.end(s, kept.id, at=soon, by="head")
        assert not supervision.end(s, 99, at=soon, by="head")
        found = supervision.get(s, kept.id)
        assert found is not None
        assert (found.session.end, found.ended_by) == (soon, "teacher")


def test_one_session_at_a_time_so_that_ending_it_ends_it(school: Store) -> None:
    with school.session() as s:
        first = sit(s)
        with pytest.raises(SupervisedAlreadyError, match="Teacher does so already"):
            sit(s, start=AT + timedelta(minutes=5))
        sit(s, PAD)  # the person's device beside the person: each is ended for itself
        supervision.end(s, first.id, at=AT + timedelta(minutes=6), by="teacher")
        sit(s, start=AT + timedelta(minutes=6))
        with pytest.raises(ValueError, match="subject: a person or a device"):
            sit(s, Subject(SubjectKind.ROLE, "pupil"))
