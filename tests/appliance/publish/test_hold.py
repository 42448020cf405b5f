"""What a face enforces when files are whole, damaged, cut short, missing or from the future."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.policy.domains import Mark
from appliance.policy.names import key_of
from appliance.policy.snapshot import Contents
from appliance.publish import files, hold
from appliance.publish.hold import Holder
from appliance.publish.listbuild import build
from tests.builders import contents


def put(directory: Path, version: int, *, lists: files.ListFiles | None = None) -> Contents:
    """Publish the little school under a version."""
    made = contents(version=version)
    files.point(directory, files.write(directory, files.Published(made, lists)))
    return made


def some_lists(directory: Path, *names: str) -> files.ListFiles:
    """Write a list of a few names."""
    items = [(key, Mark.BELOW) for key in sorted(map(key_of, names))]
    return build(directory, "key", [(("adult", "L1"), items)])


def test_the_snapshot_in_force_is_held(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    holder = Holder(tmp_path)
    assert (holder.snapshot.contents, holder.state) == (made, "current")


def test_a_swap_is_seen_at_the_next_refresh_and_costs_one_stat_otherwise(tmp_path: Path) -> None:
    put(tmp_path, 1)
    holder = Holder(tmp_path)
    with mock.patch.object(hold.os, "stat", wraps=hold.os.stat) as stat:
        assert not holder.refresh()
        assert stat.call_count == 1
    made = put(tmp_path, 2)
    assert holder.refresh()
    assert holder.snapshot.contents == made
    assert not holder.refresh()


def test_the_same_lists_are_not_mapped_again(tmp_path: Path) -> None:
    lists = some_lists(tmp_path, "adult.example")
    put(tmp_path, 1, lists=lists)
    holder = Holder(tmp_path)
    before = holder.snapshot.lists
    put(tmp_path, 2, lists=lists)
    assert holder.refresh()
    assert holder.snapshot.lists is before
    assert [m.list_id for m in before.find("www.adult.example")] == ["L1"]


def until_swapped(holder: Holder) -> None:
    """Refresh until a swap, as a face does."""
    deadline = time.monotonic() + 10
    while not holder.refresh():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_new_lists_are_opened_aside_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(tmp_path, 1, lists=some_lists(tmp_path, "old.example"))
    holder = Holder(tmp_path, aside=True)
    go, real = threading.Event(), hold.opened
    monkeypatch.setattr(hold, "opened", lambda *args: go.wait(10) and real(*args))
    put(tmp_path, 2, lists=some_lists(tmp_path, "new.example"))
    for _ in range(3):
        assert not holder.refresh()
        assert (holder.snapshot.contents, holder.state) == (made, "current")
        assert holder.snapshot.lists.find("old.example")
    go.set()
    until_swapped(holder)
    assert holder.snapshot.contents.version == 2
    assert holder.snapshot.lists.find("new.example")
    assert not holder.snapshot.lists.find("old.example")


def test_what_is_published_while_lists_are_opened_aside_is_taken_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, 1)
    holder = Holder(tmp_path, aside=True)
    go, real = threading.Event(), hold.opened
    monkeypatch.setattr(hold, "opened", lambda *args: go.wait(10) and real(*args))
    put(tmp_path, 2, lists=some_lists(tmp_path, "second.example"))
    assert not holder.refresh()
    put(tmp_path, 3, lists=some_lists(tmp_path, "third.example"))
    go.set()
    until_swapped(holder)
    assert holder.snapshot.contents.version == 3
    assert holder.snapshot.lists.find("third.example")
    put(tmp_path, 4)
    assert holder.refresh()  # without lists there is nothing to open
    assert (holder.snapshot.contents.version, holder.state) == (4, "current")


def test_damaged_lists_that_were_opened_aside_leave_the_old_ones(tmp_path: Path) -> None:
    made = put(tmp_path, 1, lists=some_lists(tmp_path, "old.example"))
    holder = Holder(tmp_path, aside=True)
    lists = some_lists(tmp_path, "new.example")
    (tmp_path / lists.names()[0]).write_bytes(b"damaged")
    put(tmp_path, 2, lists=lists)
    deadline = time.monotonic() + 10
    while holder.state != "last_good":
        assert not holder.refresh()
        assert time.monotonic() < deadline
    assert holder.snapshot.contents == made
    assert holder.snapshot.lists.find("old.example")
    put(tmp_path, 3, lists=some_lists(tmp_path, "third.example"))
    until_swapped(holder)
    assert (holder.snapshot.contents.version, holder.state) == (3, "current")


def test_nothing_published_is_closed_until_something_is(tmp_path: Path) -> None:
    holder = Holder(tmp_path / "missing")
    assert holder.state == "closed"
    assert holder.snapshot.contents.rules
    (tmp_path / "missing").mkdir()
    made = put(tmp_path / "missing", 1)
    assert holder.refresh()
    assert (holder.snapshot.contents, holder.state) == (made, "current")


def test_a_damaged_snapshot_leaves_the_one_held(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    holder = Holder(tmp_path)
    put(tmp_path, 2)
    (tmp_path / files.name_of(2)).write_bytes(b"bellgate-snapshot 1 abc\n{}")
    assert not holder.refresh()
    assert (holder.snapshot.contents, holder.state) == (made, "last_good")
    later = put(tmp_path, 3)
    assert holder.refresh()
    assert (holder.snapshot.contents, holder.state) == (later, "current")


def test_a_start_with_a_damaged_snapshot_takes_the_one_before(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    put(tmp_path, 2)
    path = tmp_path / files.name_of(2)
    path.write_bytes(path.read_bytes()[:-1])
    holder = Holder(tmp_path)
    assert (holder.snapshot.contents, holder.state) == (made, "last_good")


def test_a_newer_format_is_not_guessed_at(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    put(tmp_path, 2)
    path = tmp_path / files.name_of(2)
    path.write_bytes(path.read_bytes().replace(b"snapshot 1 ", b"snapshot 2 ", 1))
    assert Holder(tmp_path).snapshot.contents == made


def test_a_missing_list_file_leaves_the_one_before(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    lists = some_lists(tmp_path, "adult.example")
    put(tmp_path, 2, lists=lists)
    (tmp_path / lists.names()[1]).unlink()
    holder = Holder(tmp_path)
    assert (holder.snapshot.contents, holder.state) == (made, "last_good")


def test_a_repair_without_a_new_pointer_is_noticed_in_time(tmp_path: Path) -> None:
    put(tmp_path, 1)
    made = put(tmp_path, 2)
    path = tmp_path / files.name_of(2)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    holder = Holder(tmp_path)
    path.write_bytes(whole)  # neither the pointer nor the directory changes
    assert any(holder.refresh() for _ in range(100))
    assert (holder.snapshot.contents, holder.state) == (made, "current")


def test_any_error_at_all_leaves_the_snapshot_held(tmp_path: Path) -> None:
    made = put(tmp_path, 1)
    holder = Holder(tmp_path)
    put(tmp_path, 2)
    with mock.patch.object(files, "read_current", side_effect=MemoryError):
        assert not holder.refresh()
    assert (holder.snapshot.contents, holder.state) == (made, "last_good")


def test_without_even_the_built_in_policy_everything_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "appliance.policy_file.build", None)
    held = Holder(tmp_path).snapshot.contents
    assert [(r.action, r.what[0].kind) for r in held.rules] == [("block", "everything")]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_mutilation_is_ever_enforced(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever happens to any file, what is held is exactly something that was published."""
    directory = tmp_path_factory.mktemp("snapshot")
    lists = some_lists(directory, "adult.example", "other.example")
    made = [put(directory, version, lists=lists) for version in (1, 2)]
    for path in sorted(data.draw(st.sets(st.sampled_from(sorted(directory.iterdir()))))):
        mutilate(data, path)
    holder = Holder(directory)
    if holder.state == "closed":
        assert holder.snapshot.contents not in made
        return
    assert holder.snapshot.contents == (made[1] if holder.state == "current" else mock.ANY)
    assert holder.snapshot.contents in made
    assert holder.snapshot.lists.find("x.adult.example")


def mutilate(data: st.DataObject, path: Path) -> None:
    """Cut a file short, lengthen it, flip one of its bits, or remove it."""
    whole = path.read_bytes()
    match data.draw(st.sampled_from(["cut", "longer", "flip", "remove"])):
        case "cut":
            path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        case "longer":
            path.write_bytes(whole + data.draw(st.binary(min_size=1, max_size=9)))
        case "flip":
            place = data.draw(st.integers(0, len(whole) - 1))
            byte = whole[place] ^ (1 << data.draw(st.integers(0, 7)))
            path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        case _:
            path.unlink()
