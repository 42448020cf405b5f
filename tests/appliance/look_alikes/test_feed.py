"""What workers write and the core reads: who it was is never in it, and nothing may stop it."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.look_alikes import feed
from appliance.look_alikes.feed import Feed
from appliance.look_alikes.use import clients
from tests.appliance.look_alikes.salt import fixed_salt

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)
PUPIL = bytes((10, 1, 0, 5))


def only(run: Path) -> tuple[date, dict[str, int]]:
    (path,) = feed.waiting(run)
    return feed.read(path)


def test_what_was_noted_is_read_back_without_an_address(tmp_path: Path) -> None:
    fixed_salt(tmp_path, DAY)
    worker = Feed(tmp_path)
    worker.begin(DAY)
    for last in (5, 6, 6):
        worker.note("faceb00k.example", bytes((10, 1, 0, last)))
    worker.flush()
    day, hosts = only(tmp_path)
    assert day == DAY
    assert clients(hosts["faceb00k.example"]) == 2
    text = feed.waiting(tmp_path)[0].read_text(encoding="ascii")
    assert "10.1.0" not in text
    assert PUPIL.hex() not in text


def test_two_workers_of_a_day_count_one_client_once(tmp_path: Path) -> None:
    one, other = Feed(tmp_path), Feed(tmp_path)
    for worker in (one, other):
        worker.begin(DAY)
        worker.note("a.example", PUPIL)
    one.flush()
    first = only(tmp_path)[1]["a.example"]
    feed.waiting(tmp_path)[0].unlink()
    other.flush()
    assert only(tmp_path)[1]["a.example"] == first


def test_the_salt_is_for_one_day_and_one_user(tmp_path: Path) -> None:
    worker = Feed(tmp_path)
    worker.begin(DAY)
    salt = tmp_path / feed.FOLDER / f"salt-{DAY}"
    assert salt.stat().st_mode & 0o777 == 0o600
    before = salt.read_bytes()
    worker.begin(NEXT)
    feed.forget(tmp_path, NEXT)
    assert not salt.exists()
    assert (tmp_path / feed.FOLDER / f"salt-{NEXT}").read_bytes() != before


def test_what_was_counted_yesterday_is_told_of_yesterday(tmp_path: Path) -> None:
    worker = Feed(tmp_path)
    worker.begin(DAY)
    worker.note("a.example", PUPIL)
    worker.begin(NEXT)
    assert only(tmp_path)[0] == DAY


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    worker = Feed(tmp_path)
    worker.note("a.example", PUPIL)  # before any day was begun
    worker.begin(DAY)
    worker.flush()
    assert feed.waiting(tmp_path) == ()


def test_memory_and_disk_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_HOSTS", 3)
    monkeypatch.setattr(feed, "MOST_FILES", 2)
    worker = Feed(tmp_path)
    worker.begin(DAY)
    for round_ in range(4):
        for number in range(10):
            worker.note(f"{number}.{round_}.example", PUPIL)
        worker.flush()
    assert len(feed.waiting(tmp_path)) == 2  # the core is away: what is more is lost
    assert len(only_first(tmp_path)) == 3
    assert [p.name for p in (tmp_path / feed.FOLDER).iterdir() if p.name[0] == "."] == []


def only_first(run: Path) -> dict[str, int]:
    return feed.read(feed.waiting(run)[0])[1]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / feed.FOLDER).write_text("in the way", encoding="ascii")
    worker = Feed(tmp_path)
    worker.begin(DAY)
    worker.note("a.example", PUPIL)
    worker.flush()
    assert feed.waiting(tmp_path) == ()
    gone = Feed(tmp_path / "not" / "there")
    gone.begin(DAY)
    gone.note("a.example", PUPIL)
    gone.flush()
    assert not (tmp_path / "not").exists()


def test_a_salt_that_is_no_salt_counts_for_oneself(tmp_path: Path) -> None:
    folder = tmp_path / feed.FOLDER
    folder.mkdir()
    (folder / f"salt-{DAY}").write_bytes(b"")
    worker = Feed(tmp_path)
    worker.begin(DAY)
    worker.note("a.example", PUPIL)
    worker.flush()
    assert clients(only(tmp_path)[1]["a.example"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"day": "2026-11-23"}', '{"day": "never", "hosts": {}}',
        '{"day": "2026-11-23", "hosts": {"a": "-1"}}', '{"day": "2026-11-23", "hosts": {"a": "z"}}',
        json.dumps({"day": "2026-11-23", "hosts": {"a": "f" * 300}}), "é", "[" * 5000,
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "1-1.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError):
        feed.read(path)


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1-1.json"
    path.touch()
    os.truncate(path, feed.LONGEST + 1)
    with pytest.raises(ValueError, match="too large"):
        feed.read(path)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(body)
    try:
        day, hosts = feed.read(path)
    except ValueError:
        return
    assert isinstance(day, date)
    assert isinstance(hosts, dict)
