"""At most ten wrong tries in any five minutes, for each account and for each address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from appliance.accounts import limits
from appliance.store.base import Base
from appliance.store.session import Store, open_store

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fail(session: Session, times: int, login: str = "dsl", address: str = "10.0.0.1",
         at: datetime = AT) -> None:  # fmt: skip
    for _ in range(times):
        assert limits.begin(session, login, address, at=at).id is not None


def test_the_eleventh_try_waits_for_the_window(store: Store) -> None:
    with store.session() as session:
        fail(session, 10)
        assert limits.begin(session, "dsl", "10.0.0.2", at=AT).until == AT + 5 * MINUTE
        assert limits.begin(session, "DSL ", "10.0.0.2", at=AT + 4 * MINUTE).id is None
        assert limits.begin(session, "dsl", "10.0.0.2", at=AT + 5 * MINUTE).id is not None


def test_an_address_is_counted_over_all_accounts(store: Store) -> None:
    with store.session() as session:
        for number in range(10):
            fail(session, 1, login=f"somebody{number}")
        assert limits.begin(session, "dsl", "10.0.0.1", at=AT).id is None
        assert limits.begin(session, "dsl", "10.0.0.2", at=AT).id is not None


def test_a_success_clears_neither_the_account_nor_the_address(store: Store) -> None:
    with store.session() as session:
        fail(session, 9)
        good = limits.begin(session, "other", "10.0.0.1", at=AT)
        limits.succeeded(session, good)
        limits.succeeded(session, limits.begin(session, "dsl", "10.0.0.1", at=AT))
        fail(session, 1)
        assert limits.begin(session, "other", "10.0.0.1", at=AT).id is None
        assert limits.begin(session, "dsl", "10.0.0.9", at=AT).id is None


def test_good_tries_never_lock(store: Store) -> None:
    with store.session() as session:
        for _ in range(40):
            limits.succeeded(session, limits.begin(session, "dsl", "10.0.0.1", at=AT))
        assert limits.locked_until(session, "dsl", "10.0.0.1", at=AT) is None


def test_unlocking_frees_the_account_alone(store: Store) -> None:
    with store.session() as session:
        fail(session, 10)
        assert limits.account_locked_until(session, "dsl", at=AT) == AT + 5 * MINUTE
        assert limits.unlock(session, "dsl") == 10
        assert limits.account_locked_until(session, "dsl", at=AT) is None


def test_nothing_of_what_was_typed_is_kept(store: Store) -> None:
    assert "hunter2" not in limits.name("hunter2")
    assert limits.name(" Hunter2") == limits.name("hunter2")


@pytest.mark.parametrize("minutes", [0, 1, 3])
def test_a_lock_holds_over_a_restart(store: Store, minutes: int) -> None:
    with store.session() as session:
        fail(session, 10)
    again = open_store(str(store.engine.url))
    with again.session() as session:
        assert limits.begin(session, "dsl", "::1", at=AT + minutes * MINUTE).id is None
    again.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=60))
def test_never_more_than_ten_guesses_in_any_five_minutes(gaps: list[int]) -> None:
    """Whatever the pace, no window of five minutes holds more than ten tries that were made."""
    store = _memory()
    made, now = [], AT
    with store.session() as session:
        for gap in gaps:
            now += timedelta(seconds=gap)
            if limits.begin(session, "dsl", "10.0.0.1", at=now).id is not None:
                made.append(now)
    store.close()
    for start in made:
        assert sum(1 for when in made if start <= when < start + limits.WINDOW) <= limits.MOST


def _memory() -> Store:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return Store(engine)
