"""A policy that does not know a role: who has it is held to the strictest one, and it is said."""

from __future__ import annotations

import json
from pathlib import Path

from appliance.cli import look
from appliance.cli.places import Places
from appliance.status.checks import Level
from tests.appliance.cli.test_stored import Bench

TEACHERS = """
policy: {id: ours, name: Ours, short: O, school: Ours}
roles:
  teacher: {name: Teacher, rank: 1}
  pupil: {name: Pupil, rank: 5}
rules:
  - {id: no-fb, clause: "1", action: block, who: role:pupil, what: service:facebook, text: No.}
"""


def use_a_policy_without_staff(bench: Bench, file: Path) -> str:
    file.write_text(TEACHERS)
    assert bench.run("networks", "add", "Sci", "127.0.50.0/24", "--role", "staff",
                     "--ca").exit_code == 0  # fmt: skip
    done = bench.run("policy", "use", str(file), "--reason", "new", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["policy"] == "ours"
    return done.stderr


def test_it_is_said_and_nothing_falls_open(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    said = use_a_policy_without_staff(bench, tmp_path / "ours.yaml")
    assert said.splitlines() == [
        "network Sci has the role staff, which this policy does not know: it counts as pupil"
    ]
    assert bench.verdict("https://www.facebook.com/", "127.0.50.5") == "block"


def test_status_says_it_as_amber(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    assert [check.level for check in look.the_roles(Places(bench.data))] == [Level.GOOD]
    use_a_policy_without_staff(bench, tmp_path / "ours.yaml")
    (check,) = look.the_roles(Places(bench.data))
    assert check.level is Level.AMBER
    assert "network Sci (staff)" in check.words
    assert list(look.the_roles(Places(tmp_path / "none"))) == []
