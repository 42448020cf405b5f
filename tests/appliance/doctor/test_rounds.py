"""The core's own self-tests, on a real gate: on time, when asked, and never in a rehearsal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.doctor import asked
from appliance.doctor.rounds import Rounds
from appliance.identity import stand_in
from appliance.store import doctor, settings
from appliance.store.doctor import KeptRun
from appliance.store.session import open_store
from tests.appliance.cli.gate_process import Gate, until, upstream


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    data = tmp_path_factory.mktemp("rounds") / "data"
    with upstream() as resolver, Gate(data, resolver, "--rehearse", "2026-11-23T10:35") as made:
        yield made.ready()


def kept(data: Path) -> tuple[KeptRun, ...]:
    store = open_store(data / "bellgate.db")
    with store.reading() as session:
        found = doctor.runs(session)
    store.close()
    return found


def test_the_core_tests_when_somebody_asks_also_in_a_rehearsal(gate: Gate) -> None:
    asked.ask(gate.data / "run", "technician")
    until(lambda: kept(gate.data))
    (run,) = kept(gate.data)
    assert (run.who, run.level) == ("technician", "amber")  # no list, no filter: to be looked at
    assert run.tried > 50
    until(lambda: asked.asked(gate.data / "run") is None)
    store = open_store(gate.data / "bellgate.db")
    with store.reading() as session:
        cells = {(cell.role, cell.period_kind) for cell in doctor.matrix(session)}
    store.close()
    assert cells == {("pupil", "break"), ("staff", "break"), ("visitor", "break")}


def test_nobody_is_tested_on_time_in_a_rehearsal_but_on_a_real_day(gate: Gate) -> None:
    before = len(kept(gate.data))
    stopping = threading.Event()
    rounds = Rounds(gate.data, stopping, first=0.0)
    rounds._turn()
    assert len(kept(gate.data)) == before
    store = open_store(gate.data / "bellgate.db")
    with store.session() as session:
        settings.put(session, "clock_offset", 0.0)
    store.close()
    until(lambda: _due_and_kept(rounds, gate.data, before))
    assert kept(gate.data)[0].who == "schedule"
    rounds._next = 0.0
    rounds._turn()  # once a day is enough
    assert len(kept(gate.data)) == before + 1


def _due_and_kept(rounds: Rounds, data: Path, before: int) -> bool:
    rounds._next = 0.0
    rounds._turn()
    return len(kept(data)) > before


def test_each_start_makes_a_new_key(tmp_path: Path) -> None:
    Rounds(tmp_path, threading.Event())
    before = stand_in.saying(tmp_path / "run", "10.1.0.5")
    Rounds(tmp_path, threading.Event())
    after = stand_in.saying(tmp_path / "run", "10.1.0.5")
    assert before is not None
    assert after not in (None, before)


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path, threading.Event(), first=0.0)
    asked.ask(tmp_path / "run", "technician")
    rounds._turn()
    assert not (tmp_path / "bellgate.db").exists()


def test_a_key_that_cannot_be_made_keeps_nobody_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("in the way")
    Rounds(tmp_path, threading.Event())
    assert "cannot ask as the school's networks" in caplog.text


def test_a_damaged_database_is_said_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.doctor.rounds.TURN", 0.01)
    (tmp_path / "bellgate.db").write_bytes(b"not a database, whatever its name is" * 99)
    stopping = threading.Event()
    rounds = Rounds(tmp_path, stopping, first=0.0)
    rounds.look()
    until(lambda: "could not be done or kept" in caplog.text)
    stopping.set()
    rounds.join(5)
