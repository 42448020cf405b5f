"""``bellgate doctor`` on a real gate: what it says, what it keeps, what it exits with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.appliance.cli.gate_process import Gate, upstream


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    data = tmp_path_factory.mktemp("doctor") / "data"
    with upstream() as resolver, Gate(data, resolver, "--rehearse", "2026-11-23T10:35") as made:
        yield made.ready()


def test_people_read_each_network_with_its_role_and_period(gate: Gate) -> None:
    done = gate.command("doctor", "--all")
    assert done.returncode == 0, done.stdout
    assert "Demo: pupils (pupil, Break)" in done.stdout
    assert "✔ Facebook: www.facebook.com is blocked (clause 7.1): the page says why." in done.stdout
    assert "What to do: " in done.stdout  # no list, no filter
    assert "0 wrong" in done.stdout


def test_what_is_well_is_a_count_and_advice_is_given_once(gate: Gate) -> None:
    done = gate.command("doctor")
    assert done.returncode == 0, done.stdout
    assert "Demo: pupils (pupil, Break)\n  ✔ " in done.stdout
    assert " as they should be\n" in done.stdout
    assert "Facebook" not in done.stdout
    advice = [line for line in done.stdout.splitlines() if "What to do: " in line]
    assert len(advice) == len(set(advice))
    assert "bellgate doctor --all" in done.stdout


def test_scripts_read_the_same_and_it_is_kept(gate: Gate) -> None:
    said = gate.json("doctor")
    assert said["healthy"] is True
    assert said["run"] >= 1
    pupils = [one for one in said["results"] if one["network"] == "Demo: pupils"]
    assert {one["role"] for one in pupils} == {"pupil"}
    assert {one["period_kind"] for one in pupils} == {"break"}
    assert {one["level"] for one in pupils} == {"good"}


def test_without_the_store_it_tests_all_the_same(gate: Gate) -> None:
    database = gate.data / "bellgate.db"
    database.rename(gate.data / "aside.db")
    try:
        done = gate.command("doctor", "--json")
    finally:
        shutil.move(gate.data / "aside.db", database)
    assert done.returncode == 0
    assert json.loads(done.stdout)["run"] is None
    assert "The names of lists are not tried" in done.stderr
    assert "this result is not kept" in done.stderr


def test_nowhere_is_bad_input(gate: Gate) -> None:
    done = gate.command("doctor", "--data", str(gate.data / "nowhere"), data=False)
    assert done.returncode == 2
    assert "there is no gate here yet" in done.stderr
