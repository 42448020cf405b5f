"""Sessions: whole or not at all, the revision with them, readers never in the way."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, SQLAlchemyError

from appliance.policy.subjects import Group
from appliance.store import people, session, settings
from appliance.store.attempt_tables import SegmentRow
from appliance.store.session import Store, open_store
from appliance.store.tables import GroupRow, MacRow, Revision, Setting


def revision(store: Store) -> int:
    """Return the number of the store's revision."""
    with store.reading() as s:
        return s.scalars(select(Revision.number)).one()


def test_a_change_moves_the_revision_with_it(store: Store) -> None:
    before = revision(store)
    with store.session() as s:
        people.add_group(s, Group(id="7a", name="7A"))
    assert revision(store) > before


def test_a_change_undone_leaves_the_revision(store: Store) -> None:
    before = revision(store)

    def fail() -> None:
        with store.session() as s:
            people.add_group(s, Group(id="7a", name="7A"))
            assert s.scalars(select(Revision.number)).one() > before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert revision(store) == before
    with store.reading() as s:
        assert people.groups(s) == ()


def test_statements_on_enforced_tables_move_it_too(store: Store) -> None:
    with store.session() as s:
        people.add_group(s, Group(id="7a", name="7A"))
    for statement in (update(GroupRow).values(name="x"), delete(GroupRow)):
        before = revision(store)
        with store.session() as s:
            s.execute(statement)
        assert revision(store) > before


def test_what_changes_nothing_or_is_not_enforced_leaves_the_revision(store: Store) -> None:
    with store.session() as s:
        settings.put(s, "demo", True)
    before = revision(store)
    with store.session() as s:
        settings.put(s, "demo", True)
        s.add(SegmentRow(id="1", name="x", read=0, skipped=0))
        s.get(Setting, "demo").value = True  # type: ignore[union-attr]
    assert revision(store) == before


def test_sqlite_is_set_up_as_promised(store: Store, tmp_path: Path) -> None:
    with store.reading() as s:
        asked = {
            p: s.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "foreign_keys": 1}
    assert stat.S_IMODE((tmp_path / "bellgate.db").stat().st_mode) == 0o600


def test_foreign_keys_hold(store: Store) -> None:
    def orphan() -> None:
        with store.session() as s:
            s.add(MacRow(mac="02:00:00:00:00:01", device_id="nobody"))

    with pytest.raises(IntegrityError):
        orphan()


def test_readers_see_one_state_and_do_not_wait_for_a_writer(store: Store) -> None:
    with store.session() as writing:
        people.add_group(writing, Group(id="7a", name="7A"))
        with store.reading() as reading:
            assert people.groups(reading) == ()
    with store.reading() as reading:
        assert len(people.groups(reading)) == 1
        with store.session() as writing:
            people.add_group(writing, Group(id="7b", name="7B"))
        assert len(people.groups(reading)) == 1  # the same state until it ends
    with store.reading() as reading:
        assert len(people.groups(reading)) == 2


def test_writers_wait_their_turn_and_none_is_lost(store: Store) -> None:
    failed: list[Exception] = []

    def write(name: str) -> None:
        try:
            for n in range(20):
                with store.session() as s:
                    count = int(settings.get(s, "count", 0))  # reads, then writes
                    settings.put(s, "count", count + 1)
                    settings.put(s, name, n)
        except (SQLAlchemyError, ValueError) as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as s:
        assert (failed, settings.get(s, "count")) == ([], 80)


def test_a_second_store_in_one_process_leaves_the_first_its_locks(tmp_path: Path) -> None:
    """Who opens and closes the file drops them all (POSIX); another process would then take the
    log away when it leaves, and the first would never see a change again.
    """
    path = tmp_path / "bellgate.db"
    first = open_store(path)
    with first.reading() as s:
        assert settings.get(s, "demo") is None
    open_store(path).close()
    other = (
        "import sys\nfrom pathlib import Path\nfrom appliance.store import settings\n"
        "from appliance.store.session import open_store\nstore = open_store(Path(sys.argv[1]))\n"
        "with store.session() as s:\n    settings.put(s, 'demo', True)\nstore.close()\n"
    )
    subprocess.run([sys.executable, "-c", other, str(path)], check=True)
    with first.reading() as s:
        assert settings.get(s, "demo") is True
    assert Path(f"{path}-wal").exists()
    first.close()


def test_a_lock_that_is_not_given_up_is_an_error_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.05)
    store = open_store(tmp_path / "b.db")
    other = sqlite3.connect(tmp_path / "b.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def write() -> None:
        with store.session() as s:
            settings.put(s, "demo", True)

    with pytest.raises(OperationalError, match="locked"):
        write()
    with store.reading() as s:
        assert settings.get(s, "demo") is None
    other.close()
    store.close()


def test_a_damaged_database_is_an_error_not_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(DatabaseError):
        open_store(tmp_path / "b.db")


def test_settling_brings_commits_into_the_file_itself(store: Store, tmp_path: Path) -> None:
    with store.session() as s:
        settings.put(s, "school", {"name": "Duffield Meadows"})
    assert b"Duffield Meadows" not in (tmp_path / "bellgate.db").read_bytes()
    assert store.settle()
    assert b"Duffield Meadows" in (tmp_path / "bellgate.db").read_bytes()


def test_settling_says_when_a_reader_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.05)
    store = open_store(tmp_path / "b.db")
    with store.reading() as s:
        settings.get(s, "demo")
        with store.session() as writing:
            settings.put(writing, "demo", True)
        assert not store.settle()
    assert store.settle()
    store.close()


def test_a_file_that_was_taken_away_is_not_made_anew(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a #b?c" / "bellgate.db"
    open_store(path).close()
    opened = open_store(path, make=False)
    path.rename(tmp_path / "kept.db")
    opened.engine.dispose()  # what comes now is a new connection
    with pytest.raises(OperationalError), opened.session() as session:
        session.execute(text("SELECT 1"))
    opened.close()
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        open_store(path, make=False)
    assert not path.exists()
