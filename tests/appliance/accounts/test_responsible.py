"""Who answers for what: only whoever holds the post, and whoever left answers for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from appliance import clock
from appliance.accounts import responsible
from appliance.accounts.responsible import MANDATORY, POSTS, Duty
from appliance.store import accounts
from appliance.store.session import open_store

NOW = clock.real()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = open_store(tmp_path / "bellgate.db")
    with store.session() as opened:
        yield opened
    store.close()


def test_nothing_goes_live_before_the_mandatory_ones_are_known(session: Session) -> None:
    for number, duty in enumerate(MANDATORY):
        assert responsible.missing(session) == MANDATORY[number:]
        one = accounts.add(session, duty.value, "A. Person", [POSTS[duty]], at=NOW)
        responsible.appoint(session, duty, one.id)
    assert responsible.missing(session) == ()


@pytest.mark.parametrize("duty", Duty)
def test_only_whoever_holds_the_post_has_the_duty(session: Session, duty: Duty) -> None:
    other = accounts.add(session, "other", "Some Body", ["staff"], at=NOW)
    with pytest.raises(ValueError, match="does not hold the post"):
        responsible.appoint(session, duty, other.id)
    with pytest.raises(ValueError, match="does not hold the post"):
        responsible.appoint(session, duty, 4711)
    one = accounts.add(session, "one", "The One", [POSTS[duty]], at=NOW)
    responsible.appoint(session, duty, one.id)
    assert responsible.every(session)[duty].login == "one"
    accounts.set_posts(session, one.id, ["staff"])
    assert duty not in responsible.every(session)
    accounts.set_posts(session, one.id, [POSTS[duty]])
    accounts.set_enabled(session, one.id, False)
    assert duty not in responsible.every(session)
    responsible.appoint(session, duty, None)
    accounts.set_enabled(session, one.id, True)
    assert duty not in responsible.every(session)
