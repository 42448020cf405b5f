"""The sealed account: one of it, under a login that is free, with the newest password alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from appliance import clock
from appliance.accounts import emergency
from appliance.accounts.posts import Post
from appliance.store import accounts, credentials, web_sessions
from appliance.store.session import open_store

NOW = clock.real()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = open_store(tmp_path / "bellgate.db")
    with store.session() as opened:
        yield opened
    store.close()


def test_it_is_made_once_and_sealed_again(session: Session) -> None:
    assert emergency.existing(session) is None
    first = emergency.seal(session, "hash one", NOW)
    token = web_sessions.begin(session, first, at=NOW, address="127.0.0.1", complete=True)
    accounts.set_enabled(session, first.id, False)
    second = emergency.seal(session, "hash two", NOW)
    assert first.id == second.id
    assert web_sessions.find(session, token, at=NOW) is None
    kept, now = credentials.of(session, first.id), emergency.existing(session)
    assert kept is not None
    assert now is not None
    assert (kept.password, now.enabled, now.posts) == ("hash two", True, {Post.IT_TECHNICIAN})


def test_a_login_that_somebody_has_is_left_to_them(session: Session) -> None:
    accounts.add(session, emergency.LOGIN, "E. Mergency", [Post.STAFF], at=NOW)
    assert emergency.seal(session, "hash", NOW).login == f"sealed-{emergency.LOGIN}"
