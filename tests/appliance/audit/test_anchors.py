"""Anchors: one a day, outside the database, never rewritten, and they catch what it cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.audit import anchors
from appliance.audit.chain import Entry
from appliance.store import audit
from appliance.store.session import Store, open_store

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "bellgate.db")
    yield opened
    opened.close()


def entries(store: Store, count: int) -> None:
    for number in range(count):
        with store.session() as session:
            audit.append(session, Entry(at=MONDAY, actor="head", action="a.b", subject=str(number)))


def kept(store: Store, file: Path, at: datetime) -> anchors.Anchor | None:
    with store.reading() as session:
        return anchors.keep(file, session, at)


def checked(store: Store, file: Path) -> int | None:
    with store.reading() as session:
        return anchors.check(file, session).broken


def test_one_anchor_a_day_and_none_where_nothing_was_added(store: Store, tmp_path: Path) -> None:
    file = anchors.path(tmp_path)
    assert kept(store, file, MONDAY) is None, "nothing to anchor yet"
    entries(store, 2)
    first = kept(store, file, MONDAY)
    assert first is not None
    assert (first.day, first.number) == ("2026-11-23", 2)
    entries(store, 1)
    assert kept(store, file, MONDAY + timedelta(hours=5)) is None
    second = kept(store, file, MONDAY + timedelta(days=1))
    assert second is not None
    assert second.number == 3
    assert kept(store, file, MONDAY + timedelta(days=2)) is None
    assert anchors.read(file) == (first, second)
    assert file.stat().st_mode & 0o777 == 0o600
    assert checked(store, file) is None


def test_a_clock_that_ran_back_writes_no_anchor(store: Store, tmp_path: Path) -> None:
    file = anchors.path(tmp_path)
    entries(store, 1)
    kept(store, file, MONDAY)
    entries(store, 1)
    assert kept(store, file, MONDAY - timedelta(days=3)) is None


def test_half_a_line_is_passed_over_and_mended(store: Store, tmp_path: Path) -> None:
    file = anchors.path(tmp_path)
    entries(store, 1)
    kept(store, file, MONDAY)
    with file.open("a") as stream:
        stream.write('{"day": "2026-11-2')
    entries(store, 1)
    assert len(anchors.read(file)) == 1
    kept(store, file, MONDAY + timedelta(days=1))
    assert [anchor.number for anchor in anchors.read(file)] == [1, 2]


@pytest.mark.parametrize("text", ["nonsense\n", '{"day": 1}\n', "[]\n", '"x"\n'])
def test_a_file_of_something_else_is_named_and_vouches_for_nothing(
    store: Store, tmp_path: Path, text: str
) -> None:
    file = anchors.path(tmp_path)
    file.parent.mkdir()
    file.write_text(text)
    entries(store, 1)
    with pytest.raises(anchors.BadAnchorsError, match=r"anchors\.jsonl, line 1"):
        anchors.read(file)
    assert checked(store, file) == 1


def test_what_is_done_underneath_is_found(store: Store, tmp_path: Path) -> None:
    """Somebody with the database file takes the triggers off and changes one row."""
    file = anchors.path(tmp_path)
    entries(store, 5)
    kept(store, file, MONDAY)
    with sqlite3.connect(tmp_path / "bellgate.db") as raw:
        raw.execute("DROP TRIGGER audit_entry_no_update")
        raw.execute("UPDATE audit_entry SET reason = 'as I would have it' WHERE number = 3")
    raw.close()
    assert checked(store, file) == 3


def test_a_tail_cut_off_is_found(store: Store, tmp_path: Path) -> None:
    file = anchors.path(tmp_path)
    entries(store, 5)
    kept(store, file, MONDAY)
    with sqlite3.connect(tmp_path / "bellgate.db") as raw:
        raw.execute("DROP TRIGGER audit_entry_no_delete")
        raw.execute("DELETE FROM audit_entry WHERE number > 2")
    raw.close()
    assert checked(store, file) == 3


def test_the_keeper_looks_once_a_day(store: Store, tmp_path: Path) -> None:
    file, now = anchors.path(tmp_path), [MONDAY]
    keeper = anchors.Keeper(file, lambda: now[0])
    with store.reading() as session:
        keeper.keep(session)
    assert keeper.due(), "an empty chain is looked at again"
    entries(store, 1)
    with store.reading() as session:
        keeper.keep(session)
    assert not keeper.due()
    now[0] += timedelta(days=1)
    assert keeper.due()
