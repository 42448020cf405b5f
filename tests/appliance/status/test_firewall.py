"""How the firewall is, by what its door says of itself."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.firewall.door.state import State
from appliance.status.checks import Level
from appliance.status.firewall import FILE, SILENT, firewall

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
WELL = {
    "at": NOW.isoformat(), "trouble": "", "version": 7, "applied_at": NOW.isoformat(),
    "put_back": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({}, Level.GOOD, "in force, as of snapshot 7"),
        ({"put_back": 2}, Level.AMBER, "took them away 2 times"),
        ({"put_back": 1}, Level.AMBER, "took them away once"),
        ({"trouble": "no room\nat all"}, Level.RED, "(no room). The last good ones hold."),
        ({"trouble": "no room", "applied_at": None}, Level.RED, "does not route"),
        ({"applied_at": None}, Level.RED, "no rules yet"),
        ({"at": (NOW - SILENT - timedelta(seconds=1)).isoformat()}, Level.RED, "away"),
        ({"at": NOW.replace(tzinfo=None).isoformat()}, Level.RED, "cannot be heard"),
        ({"version": "seven"}, Level.RED, "cannot be heard"),
    ],
)
def test_each_state_has_its_colour_and_words(
    tmp_path: Path, changed: dict[str, Any], level: Level, words: str
) -> None:
    (tmp_path / FILE).write_text(json.dumps(WELL | changed))
    check = firewall(tmp_path, NOW)
    assert (check.name, check.level) == ("firewall", level)
    assert words in check.words


def test_a_door_that_never_spoke_is_red(tmp_path: Path) -> None:
    assert firewall(tmp_path, NOW).level is Level.RED


@settings(deadline=None)  # it writes files
@given(st.binary(max_size=80) | st.recursive(st.none() | st.integers() | st.text(max_size=5),
       lambda x: st.lists(x) | st.dictionaries(st.sampled_from([*WELL, "x"]), x)).map(
           lambda x: json.dumps(x).encode()))  # fmt: skip
def test_whatever_lies_there_is_an_answer(said: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(said)
        assert firewall(Path(folder), NOW).level is Level.RED


def test_it_reads_what_the_door_writes(tmp_path: Path) -> None:
    State(tmp_path).say(trouble="", version=3, applied_at=NOW.isoformat(), put_back=0)
    assert firewall(tmp_path, datetime.now(UTC)).level is Level.GOOD
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
