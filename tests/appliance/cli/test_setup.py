"""A start whose database is missing, damaged or locked: on the last snapshot, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import clock
from appliance.accounts import setup_code
from appliance.accounts.posts import Post
from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Spool
from appliance.cli import sources
from appliance.cli.errors import InputError
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.cli.watching import Verdicts
from appliance.store import accounts
from appliance.store import session as sessions
from appliance.store.session import open_store
from tests.appliance.cli.test_attempts import ROWS


def spoil(places: Places) -> None:
    places.database.write_bytes(b"nothing of the kind" * 999)


def truncate(places: Places) -> None:
    places.database.write_bytes(b"")


def lose(places: Places) -> None:
    places.database.unlink()


def swap(places: Places) -> None:
    """Put a folder in its place: for root, too, that is a file that cannot be opened."""
    places.database.unlink()
    places.database.mkdir()


@pytest.mark.parametrize("harm", [spoil, truncate, lose, swap])
def test_the_last_snapshot_is_enforced_and_it_is_said(
    tmp_path: Path, harm: Callable[[Places], None]
) -> None:
    places = Places(tmp_path / "data")
    prepare(places, Ports(), "date-palm", None)
    before = sources.enforced(places.data)
    for left in places.data.glob("bellgate.db-*"):
        left.unlink()
    harm(places)
    said = prepare(places, Ports(), None, None)
    assert len(said) == 1
    assert said[0].startswith("AMBER: ")
    assert str(places.database) in said[0]
    after = sources.enforced(places.data)
    assert before is not None
    assert after is not None
    assert after.contents == before.contents, "no change"


def test_so_it_is_while_somebody_holds_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "PATIENCE", 0.1)
    places = Places(tmp_path / "data")
    prepare(places, Ports(), None, None)
    holding = sqlite3.connect(places.database, isolation_level=None)
    try:
        holding.execute("BEGIN IMMEDIATE")
        assert "locked" in prepare(places, Ports(), None, None)[0]
    finally:
        holding.close()
    assert prepare(places, Ports(), None, None)[0].startswith("Carrying on")


def test_a_first_start_complains_of_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert prepare(Places(tmp_path / "data"), Ports(), None, None)[0].startswith("First start")
    assert caplog.text == ""


@pytest.mark.parametrize("harm", [spoil, swap])
def test_without_a_snapshot_it_names_the_file(
    tmp_path: Path, harm: Callable[[Places], None]
) -> None:
    places = Places(tmp_path / "data")
    places.make()
    places.database.touch()
    harm(places)
    with pytest.raises(InputError) as caught:
        prepare(places, Ports(), None, None)
    assert caught.value.exit_code == 2
    assert str(places.database) in caught.value.message
    assert "\n" not in caught.value.message


def test_verdicts_are_shown_again_when_the_database_is_back(tmp_path: Path) -> None:
    places = Places(tmp_path / "data")
    prepare(places, Ports(), None, None)
    good = places.data / "good.db"
    places.database.rename(good)
    spoil(places)
    with Verdicts(places) as verdicts:
        assert verdicts.new() == ()
        places.database.unlink()
        assert verdicts.new() == ()
        good.rename(places.database)
        assert verdicts.new() == []
        spool = Spool(places.spool, "test")
        spool.append(ROWS)
        spool.close()
        store = open_store(places.database)
        Recorder(places.spool, store).drain(hurry=True)
        store.close()
        assert len(verdicts.new()) == len(ROWS)


def code_in(said: list[str]) -> str:
    """Return the setup code among the lines of a start; empty where there is none."""
    found = [line for line in said if line.startswith("SET UP")]
    return found[0].rpartition(" ")[2] if found else ""


def test_every_start_without_a_technician_prints_a_new_code(tmp_path: Path) -> None:
    places = Places(tmp_path / "data")
    first = code_in(prepare(places, Ports(), None, None))
    second = code_in(prepare(places, Ports(web=8123), None, None))
    kept = places.run / "setup-code"
    assert first
    assert second not in ("", first)
    assert kept.read_text() == f"{second}\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    store = open_store(places.database)
    with store.session() as session:
        assert not setup_code.holds(session, first, at=clock.real())
        assert setup_code.holds(session, second, at=clock.real())
        accounts.add(session, "tech", "A Technician", [Post.IT_TECHNICIAN], at=clock.real())
    store.close()
    assert code_in(prepare(places, Ports(), None, None)) == ""
    assert not kept.exists()
