"""Blocks from reports: one for each target, undone with a reason, known by their report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from appliance.policy.model import Target, TargetKind
from appliance.store import accounts, content_reports, report_blocks, reports
from appliance.store.content_reports import Draft
from appliance.store.report_blocks import AlreadyBlockedError, Block
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SITE = Target(TargetKind.HOST, "Bad.Example.")


@pytest.fixture
def school(store: Store) -> Store:
    """Return a store with two reports."""
    with store.session() as session:
        accounts.add(session, "ann", "A. Teacher", ["staff"], at=AT)
        for _ in range(2):
            draft = Draft(account=1, staff_name="A", accessed_by="", day=date(2026, 11, 23),
                          nature="x", urls=("https://bad.example/",))  # fmt: skip
            content_reports.submit(session, draft, at=AT, due=None)
    return store


def make(session: Session, report: str = "C1", target: Target = SITE, **more: bool) -> Block:
    veiled = more.get("veiled", False)
    return report_blocks.make(
        session, report, target, by="dsl", start=AT, made=AT, veiled=veiled, clause="7.3"
    )


def test_a_block_is_made_once_and_known_by_its_report(school: Store) -> None:
    with school.session() as session:
        made = make(session)
        assert (made.id, made.target.id, made.lifted_at) == ("B1", "bad.example", None)
        (standing,) = reports.list_(session)
        assert (standing.clause, standing.veiled) == ("7.3", False)
        assert standing.text == "Blocked for everyone from report C1."
        with pytest.raises(AlreadyBlockedError):
            make(session, "C2")
        assert report_blocks.of_report(session, "C1") == (made,)
        assert report_blocks.of_report(session, "C2") == ()
        assert report_blocks.standing(session) == {"C1"}


def test_a_veiled_block_is_kept_as_such(school: Store) -> None:
    with school.session() as session:
        assert make(session, veiled=True).veiled
        assert reports.list_(session)[0].veiled


@pytest.mark.parametrize("id_", ["com", "not a host", "https://bad.example/"])
def test_what_cannot_be_blocked(school: Store, id_: str) -> None:
    with school.session() as session, pytest.raises(ValueError, match="target"):
        make(session, target=Target(TargetKind.HOST, id_))


def test_undoing_needs_a_reason_and_frees_the_target(school: Store) -> None:
    with school.session() as session:
        make(session)
        with pytest.raises(ValueError, match="reason"):
            report_blocks.lift(session, "B1", by="dsl", at=AT, reason="  ")
        later = AT + timedelta(hours=1)
        assert report_blocks.lift(session, "B1", by="head", at=later, reason=" wrong site ")
        assert not report_blocks.lift(session, "B1", by="head", at=later, reason="again")
        assert not report_blocks.lift(session, "B9", by="head", at=later, reason="none")
        found = report_blocks.get(session, "B1")
        assert found is not None
        assert (found.lifted_by, found.lifted_at, found.lifted_reason) == (
            "head", later, "wrong site",
        )  # fmt: skip
        assert report_blocks.standing(session) == frozenset()
        assert make(session, "C2").id == "B2"
