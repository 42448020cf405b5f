"""The code of the first start: one at a time, once, and only while nobody else could set up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance import clock
from appliance.accounts import setup_code
from appliance.accounts.posts import Post
from appliance.store import accounts
from appliance.store.account_tables import TicketRow
from appliance.store.session import open_store

NOW = clock.real()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = open_store(tmp_path / "bellgate.db")
    try:
        with store.session() as opened:
            yield opened
    finally:
        store.close()


def test_it_works_once_however_it_is_typed(session: Session) -> None:
    code = setup_code.issue(session, at=NOW)
    typed = f" {code.lower().replace('-', ' ')} "
    assert setup_code.holds(session, typed, at=NOW)
    assert setup_code.holds(session, typed, at=NOW), "looking does not use it up"
    assert setup_code.use(session, typed, at=NOW)
    assert not setup_code.use(session, typed, at=NOW)
    assert not setup_code.holds(session, code, at=NOW)


def test_the_store_has_only_its_digest(session: Session) -> None:
    code = setup_code.issue(session, at=NOW)
    kept = session.scalars(select(TicketRow.id)).all()
    assert len(kept) == 1
    assert code.replace("-", "") not in kept[0]
    assert len(kept[0]) == 64


def test_a_new_one_takes_the_place_of_the_old(session: Session) -> None:
    old, new = setup_code.issue(session, at=NOW), setup_code.issue(session, at=NOW)
    assert not setup_code.holds(session, old, at=NOW)
    assert setup_code.holds(session, new, at=NOW)


def test_it_ends_by_itself(session: Session) -> None:
    code = setup_code.issue(session, at=NOW)
    assert not setup_code.holds(session, code, at=NOW + timedelta(days=31))


@pytest.mark.parametrize("typed", ["", " ", "-", "AAAA-AAAA-AAAA", "\0", "x" * 100_000, "é" * 12])
def test_nothing_else_opens(session: Session, typed: str) -> None:
    setup_code.issue(session, at=NOW)
    assert not setup_code.holds(session, typed, at=NOW)
    assert not setup_code.use(session, typed, at=NOW)


def test_it_is_worthless_once_there_is_a_technician(session: Session) -> None:
    code = setup_code.issue(session, at=NOW)
    accounts.add(session, "head", "A Head", [Post.HEADTEACHER], at=NOW)
    assert setup_code.holds(session, code, at=NOW)
    accounts.add(session, "tech", "A Technician", [Post.IT_TECHNICIAN], at=NOW)
    assert not setup_code.holds(session, code, at=NOW)
    assert not setup_code.use(session, code, at=NOW)


def test_a_disabled_technician_is_none(session: Session) -> None:
    one = accounts.add(session, "tech", "A Technician", [Post.IT_TECHNICIAN], at=NOW)
    accounts.set_enabled(session, one.id, False)
    assert setup_code.needed(session)


def test_the_file_for_the_screen_is_private_and_goes_away(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    setup_code.write(tmp_path, "AAAA-BBBB-CCCC")
    path = tmp_path / "run" / "setup-code"
    assert path.read_text() == "AAAA-BBBB-CCCC\n"
    assert path.stat().st_mode & 0o777 == 0o600
    setup_code.forget(tmp_path)
    setup_code.forget(tmp_path)
    assert not path.exists()
