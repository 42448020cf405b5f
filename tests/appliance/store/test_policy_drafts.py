"""A change of the policy on its way: made, handed in, decided once; and reviews."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from appliance.policy_file import PolicyFileError, template_text
from appliance.store import accounts, policies, policy_drafts, policy_reviews
from appliance.store.policy_drafts import OvertakenError
from appliance.store.policy_reviews import Review
from appliance.store.session import Store

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
TEXT = template_text("duffield-meadows")
CHANGED = f"# changed\n{TEXT}"


def begun(session: Session, text: str = CHANGED) -> int:
    policies.set_policy(session, TEXT, "t", "a", "first", NOW)
    who = accounts.add(session, "tech", "Tech", ["it_technician"], at=NOW)
    return policy_drafts.edit(
        session, account=who.id, author="tech", text=text, source="t", at=NOW
    ).id


def test_a_change_without_a_second_signature(store: Store) -> None:
    with store.session() as session:
        id_ = begun(session)
        with pytest.raises(ValueError, match="reason"):
            policy_drafts.enforce(session, id_, at=NOW)
        assert policy_drafts.enforce(session, id_, at=NOW, reason="because") == 2
        assert policy_drafts.enforce(session, id_, at=NOW, reason="again") is None
        held = policies.current_policy(session)
        assert held
        assert (held.text, held.author, held.reason) == (CHANGED, "tech", "because")
        assert policy_drafts.of_versions(session)[2].decided_by is None


def test_a_change_that_waits_is_approved_once(store: Store) -> None:
    with store.session() as session:
        id_ = begun(session)
        assert policy_drafts.propose(session, id_, reason="because", effects=("A opens.",))
        assert [d.id for d in policy_drafts.waiting(session)] == [id_]
        assert policy_drafts.enforce(session, id_, at=NOW, reason="mine") is None, "it waits"
        done = policy_drafts.enforce(session, id_, at=NOW, approver="head", decision="fine")
        assert done == 2
        draft = policy_drafts.of_versions(session)[2]
        assert (draft.decided_by, draft.decision, draft.effects) == ("head", "fine", ("A opens.",))
        assert not policy_drafts.refuse(session, id_, by="head", at=NOW, decision="no")
        assert not policy_drafts.withdraw(session, id_)


def test_a_refusal_needs_reasons_and_is_final(store: Store) -> None:
    with store.session() as session:
        id_ = begun(session)
        policy_drafts.propose(session, id_, reason="because", effects=())
        with pytest.raises(ValueError, match="decision"):
            policy_drafts.refuse(session, id_, by="head", at=NOW, decision=" ")
    with store.session() as session:
        assert policy_drafts.refuse(session, id_, by="head", at=NOW, decision="no")
        assert policy_drafts.enforce(session, id_, at=NOW, approver="head") is None


def test_a_change_from_an_older_version_is_overtaken(store: Store) -> None:
    with store.session() as session:
        id_ = begun(session)
        policies.set_policy(session, TEXT, "t", "b", "meanwhile", NOW)
        with pytest.raises(OvertakenError):
            policy_drafts.enforce(session, id_, at=NOW, reason="late")
        with pytest.raises(OvertakenError):
            policy_drafts.propose(session, id_, reason="late", effects=())
        assert policy_drafts.withdraw(session, id_)


def test_a_text_with_mistakes_never_comes_into_force(store: Store) -> None:
    with store.session() as session:
        id_ = begun(session, "nonsense: 1")
    with pytest.raises(PolicyFileError), store.session() as session:
        policy_drafts.enforce(session, id_, at=NOW, reason="because")
    with store.reading() as session:
        assert policy_drafts.find(session, id_)
        held = policies.current_policy(session)
        assert held
        assert held.text == TEXT


def test_reviews_are_kept_newest_first(store: Store) -> None:
    def review(day: date, **more: object) -> Review:
        values = {"took_part": "Head, DSL", "results": "Well", "actions": "", **more}
        return Review(day=day, next_review=day + timedelta(days=300), recorded=NOW,
                      recorded_by="head", **values)  # type: ignore[arg-type]  # fmt: skip

    with store.session() as session:
        policy_reviews.add(session, review(date(2025, 9, 1)))
        policy_reviews.add(session, review(date(2026, 9, 1)))
        assert [one.day.year for one in policy_reviews.every(session)] == [2026, 2025]
        for bad in ({"took_part": " "}, {"results": ""}):
            with pytest.raises(ValueError, match="must not be empty"):
                policy_reviews.add(session, review(date(2026, 9, 2), **bad))
