"""Who was there lately is written down, and only who, where and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.identity.roster import EVERY, KEPT, MOST, Roster

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
IPAD = {"10.1.0.7": "00:1b:63:00:00:01"}


class Ticks:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def rows(path: Path) -> list[list[str]]:
    return list(json.loads(path.read_text()))


def test_who_is_there_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "neighbours.json"
    Roster(path, lambda: IPAD | {"fe80::1": "00:1b:63:00:00:01"}).look(NOW)
    assert rows(path) == [["10.1.0.7", "00:1b:63:00:00:01", "2026-11-23T10:35:00+00:00"]]


def test_it_looks_seldom(tmp_path: Path) -> None:
    ticks, looks = Ticks(), []
    roster = Roster(tmp_path / "n", lambda: looks.append(1) or IPAD, ticks)  # type: ignore[func-returns-value]
    for at in (0.0, 1.0, EVERY - 0.1, EVERY):
        ticks.at = at
        roster.look(NOW)
    assert len(looks) == 2


def test_another_process_goes_on_with_it_and_forgets_in_time(tmp_path: Path) -> None:
    path = tmp_path / "n"
    Roster(path, lambda: IPAD).look(NOW)
    other = {"10.1.0.8": "00:1b:63:00:00:02"}
    Roster(path, lambda: other).look(NOW + timedelta(days=1))
    assert [row[0] for row in rows(path)] == ["10.1.0.7", "10.1.0.8"]
    Roster(path, lambda: other).look(NOW + KEPT)
    assert [row[0] for row in rows(path)] == ["10.1.0.8"]


def test_it_never_grows_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "n"
    many = {f"10.{n >> 8}.{n & 255}.1": "00:1b:63:00:00:01" for n in range(MOST + 5)}
    Roster(path, lambda: many).look(NOW)
    assert len(rows(path)) == MOST


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["a"]]', '[["10.1.0.7", "m", "never"]]'])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "n"
    path.write_text(text)
    Roster(path, lambda: IPAD).look(NOW)
    assert [row[0] for row in rows(path)] == ["10.1.0.7"]


def test_neither_table_nor_disk_stop_anything(tmp_path: Path) -> None:
    def fails() -> dict[str, str]:
        raise OSError("no netlink here")

    Roster(tmp_path / "n", fails).look(NOW)
    Roster(tmp_path / "none" / "n", lambda: IPAD).look(NOW)
    assert list(tmp_path.iterdir()) == []
