"""Content reports as they are kept: numbered, sealed where they must be, signed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from appliance.store import accounts, content_reports
from appliance.store.content_reports import ChangedMeanwhileError, Draft, State
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAFT = Draft(
    account=1, staff_name=" A. Teacher ", accessed_by="", day=date(2026, 11, 23), nature="Violence",
    urls=("https://bad.example/",),
)  # fmt: skip
SIGNED = {"by": "dsl", "at": AT, "signature": {"factor": "second factor"}}


@pytest.fixture
def school(store: Store) -> Store:
    """Return a store with two accounts."""
    with store.session() as session:
        accounts.add(session, "ann", "A. Teacher", ["staff"], at=AT)
        accounts.add(session, "bob", "B. Teacher", ["staff"], at=AT)
    return store


def test_reports_are_numbered_and_found(school: Store) -> None:
    with school.session() as session:
        first = content_reports.submit(session, DRAFT, at=AT, due=AT + HOUR)
        second = content_reports.submit(session, replace(DRAFT, account=2), at=AT + HOUR, due=None)
        assert (first.id, second.id, first.staff_name) == ("C1", "C2", "A. Teacher")
        assert content_reports.get(session, "C1") == first
        assert content_reports.get(session, "C3") is None
        assert [one.id for one in content_reports.list_(session)] == ["C2", "C1"]
        assert [one.id for one in content_reports.list_(session, account=2)] == ["C2"]
        assert content_reports.list_(session, state=State.DONE) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"urls": ()},
        {"urls": (), "sealed": "x"},
        {"suspected_illegal": True},
        {"suspected_illegal": True, "urls": ()},
        {"suspected_illegal": True, "sealed": "x"},  # with its addresses readable beside
        {"staff_name": " "},
        {"nature": ""},
    ],
)
def test_what_cannot_be_kept(school: Store, change: dict[str, object]) -> None:
    with school.session() as session:
        with pytest.raises(ValueError, match=r"urls|staff_name|nature"):
            content_reports.submit(session, replace(DRAFT, **change), at=AT, due=None)
        assert content_reports.list_(session) == ()


def test_overdue_is_after_the_due_time_while_it_waits(school: Store) -> None:
    with school.session() as session:
        kept = content_reports.submit(session, DRAFT, at=AT, due=AT + HOUR)
        assert not kept.overdue(AT + HOUR)
        assert kept.overdue(AT + 2 * HOUR)
        done = content_reports.act(
            session, "C1", version=1, action_taken="Told", officer_name="O", **SIGNED
        )
        assert not done.overdue(AT + 2 * HOUR)
        assert not replace(kept, due=None).overdue(AT + 2 * HOUR)


def test_it_is_signed_once_on_the_version_that_was_looked_at(school: Store) -> None:
    with school.session() as session:
        content_reports.submit(session, DRAFT, at=AT, due=None)
        with pytest.raises(ChangedMeanwhileError):
            content_reports.act(
                session, "C1", version=2, action_taken="Told", officer_name="O", **SIGNED
            )
        done = content_reports.act(
            session, "C1", version=1, action_taken=" Told ", officer_name="O", **SIGNED
        )
        assert (done.state, done.version, done.action_taken) == (State.DONE, 2, "Told")
        for version in (1, 2):
            with pytest.raises(ChangedMeanwhileError):
                content_reports.act(
                    session, "C1", version=version, action_taken="x", officer_name="O", **SIGNED
                )
        with pytest.raises(ValueError, match="no report"):
            content_reports.act(
                session, "C9", version=1, action_taken="x", officer_name="O", **SIGNED
            )
