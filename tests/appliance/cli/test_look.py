"""What ``status`` finds: each failure of the table in its colour, and the exit code with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance import clock
from appliance.attempts.attention import changes
from appliance.cli import look, main, storing
from appliance.cli.places import Places, Ports
from appliance.policy.snapshot import Snapshot
from appliance.policy.timetable import Calendar
from appliance.status import files
from appliance.status.checks import Check, Level
from tests.appliance.cli.test_stored import Bench
from tests.builders import contents

GOOD = Check("database", Level.GOOD, "")
AMBER = Check("database", Level.AMBER, "It is locked.")
RED = Check("dns", Level.RED, "DNS is silent.")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "LATE", 0.1)
    monkeypatch.setattr(storing, "WITHIN", 0.1)


@pytest.mark.parametrize(
    ("checks", "code", "level"),
    [((GOOD,), 0, "good"), ((GOOD, AMBER), 0, "amber"), ((AMBER, RED), 1, "red")],
)
def test_only_red_is_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checks: Sequence[Check], code: int, level: str
) -> None:
    monkeypatch.setattr(look, "at_all", lambda *_: iter(checks))
    done = CliRunner().invoke(main, ["status", "--json", "--data", str(tmp_path)])
    assert done.exit_code == code
    said = json.loads(done.stdout)
    assert (said["healthy"], said["level"]) == (code == 0, level)


@pytest.mark.usefixtures("quick")
def test_a_core_that_is_down_is_red(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    places = Places(bench.data)
    assert look.the_core(places).level is Level.RED
    asked = changes(places.run)
    asked.answer(asked.ask() + 10**12)  # a core that answers all that comes
    assert look.the_core(places).level is Level.GOOD


@pytest.mark.usefixtures("quick")
def test_a_core_that_has_no_database_is_amber(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WAIT", 0.1)
    bench = Bench(tmp_path / "data")
    places = Places(bench.data)
    with closing(sqlite3.connect(places.database, isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        assert look.the_core(places).level is Level.AMBER
    assert look.the_core(places).level is Level.RED
    places.database.write_bytes(b"nothing of the kind" * 999)
    assert look.the_core(places).level is Level.AMBER
    places.database.unlink()
    assert look.the_core(places).level is Level.AMBER
    assert not places.database.exists()


@pytest.mark.usefixtures("quick")
def test_a_change_that_a_running_gate_does_not_take_up_is_warned_of(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    add = ("grants", "add", "--service", "youtube", "--for", "role:pupil", "--until", "today",
           "--reason", "r")  # fmt: skip
    assert bench.run(*add).stderr == "", "no gate runs"
    places = Places(bench.data)
    with places.lock():
        done = bench.run(*add)
        assert done.exit_code == 0
        assert "has not put all of it in force" in done.stderr
        asked = changes(places.run)
        asked.answer(asked.ask() + 10**12)
        assert bench.run(*add).stderr == ""


@pytest.mark.parametrize(
    ("day", "level", "words"),
    [
        ("2026-11-23T10:00", Level.GOOD, "goes to"),
        ("2019-11-23T10:00", Level.AMBER, "without today"),
    ],
)
def test_a_calendar_without_today_is_amber(day: str, level: Level, words: str) -> None:
    wanted = datetime.fromisoformat(day).replace(tzinfo=UTC)
    made = contents(clock_offset=(wanted - clock.real()).total_seconds())
    check = look.the_calendar(Snapshot(made))
    assert check.level is level
    assert words in check.words


def test_an_empty_calendar_is_amber() -> None:
    check = look.the_calendar(Snapshot(replace(contents(), calendar=Calendar())))
    assert check.level is Level.AMBER
    assert "lesson time" in check.words


def test_the_resolvers_are_those_that_the_gate_was_started_with(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert places.upstreams() is None
    places.make()
    places.announce(Ports(web=8123), [("192.0.2.1", 53), ("2001:db8::1", 5353)])
    assert places.upstreams() == (("192.0.2.1", 53), ("2001:db8::1", 5353))
    assert places.announced() == Ports(web=8123)
