"""The spool: what is appended is in a file at once, whole; a full disk never stops a face."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.attempts import segment as segments
from appliance.attempts.records import read_head, read_records
from appliance.attempts.spool import Limits, Spool
from tests.builders import attempt


def spooled(directory: Path) -> list[str]:
    """Return the hosts of every attempt in the segments of a directory, in order."""
    found = []
    for path in sorted(directory.glob("*.seg"), key=lambda p: (p.stat().st_mtime_ns, p.name)):
        data = path.read_bytes()
        head, start = read_head(data)
        stretch = read_records(data[start:], head, limit=10**9, finished=True)
        assert stretch.skipped == 0
        found += [one.host for one in stretch.attempts]
    return found


def until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Poll until something holds or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def open_spool(tmp_path: Path) -> Iterator[Callable[..., Spool]]:
    """Give spools that are closed afterwards."""
    made: list[Spool] = []

    def make(**limits: float) -> Spool:
        made.append(Spool(tmp_path, "dns", limits=Limits(**limits)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for spool in made:
        spool.close()


class Disk:
    """A disk that takes so many bytes and then is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int = 10**9) -> None:
        self.room, self.writes, self._write = room, 0, os.write
        monkeypatch.setattr(segments.os, "write", self.write)

    def write(self, handle: int, data: bytes) -> int:
        self.writes += 1
        if not self.room and data:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self._write(handle, data[: self.room])
        self.room -= taken
        return taken


def test_an_append_is_one_write_and_at_once_in_the_file(
    open_spool: Callable[..., Spool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = open_spool()
    spool.append([attempt("first.example")])
    disk = Disk(monkeypatch)
    spool.append(attempt(f"{n}.example") for n in range(50))
    assert disk.writes == 1
    assert spooled(tmp_path) == ["first.example", *(f"{n}.example" for n in range(50))]


def test_what_was_written_is_synced_within_a_second(
    open_spool: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[float] = []
    real = os.fdatasync
    monkeypatch.setattr(
        segments.os, "fdatasync", lambda fd: (real(fd), synced.append(time.monotonic()))
    )
    spool = open_spool()
    for _ in range(20):  # in groups: one sync serves them all
        spool.append([attempt()])
    begun = time.monotonic()
    assert until(lambda: bool(synced))
    assert synced[0] - begun < 1.0
    assert len(synced) <= 2
    assert not until(lambda: len(synced) > 2, seconds=1.0)  # nothing new, nothing synced


def test_segments_follow_each_other_by_size(
    open_spool: Callable[..., Spool], tmp_path: Path
) -> None:
    spool = open_spool(segment=1000)
    hosts = [f"{n}.example" for n in range(40)]
    for host in hosts:
        spool.append([attempt(host)])
    assert len(list(tmp_path.glob("dns-*.seg"))) > 3
    assert sorted(spooled(tmp_path)) == sorted(hosts)


def test_only_the_live_segment_is_locked(open_spool: Callable[..., Spool], tmp_path: Path) -> None:
    spool = open_spool(segment=1, sync=0.01)
    spool.append([attempt()])
    spool.append([attempt()])

    def free(path: Path) -> bool:
        handle = os.open(path, os.O_RDONLY)
        try:
            return segments.finished(handle)
        finally:
            os.close(handle)

    first, second = sorted(tmp_path.glob("*.seg"))
    assert until(lambda: free(first))
    assert not free(second)
    spool.close()
    assert free(second)


def test_a_full_disk_drops_the_oldest_allowed_first_and_loses_nothing_else(
    open_spool: Callable[..., Spool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = open_spool(waiting=4, sync=0.01)
    spool.append([attempt("before.example")])
    disk = Disk(monkeypatch, room=0)
    for n in range(4):
        verdict = "allow" if n in (1, 2) else "block"
        spool.append([attempt(f"{n}.example", verdict=verdict)])
    assert (spool.state.waiting, spool.state.dropped) == (4, 0)
    assert "No space left" in spool.state.trouble
    spool.append([attempt("4.example"), attempt("5.example")])
    assert (spool.state.waiting, spool.state.dropped) == (4, 2)
    disk.room = 10**9
    assert until(lambda: not spool.state.trouble)  # by itself, without another attempt
    hosts = ["before.example", "0.example", "3.example", "4.example", "5.example"]
    assert spooled(tmp_path) == hosts


@pytest.mark.parametrize("room", range(0, 700, 23))
def test_a_write_cut_short_is_carried_on_where_it_stopped(
    room: int,
    open_spool: Callable[..., Spool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spool = open_spool(sync=0.01)
    spool.append([attempt("before.example")])
    disk = Disk(monkeypatch, room)
    hosts = [f"{n}.example" for n in range(6)]
    spool.append(map(attempt, hosts[:4]))
    disk.room = 10**9
    spool.append(map(attempt, hosts[4:]))
    assert spooled(tmp_path) == ["before.example", *hosts]
    assert spool.state.dropped == 0


def test_no_directory_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    spool = Spool(tmp_path / "file" / "spool", "dns", limits=Limits(sync=0.01))
    spool.append([attempt()])
    assert spool.state.trouble
    assert spool.state.waiting == 1
    (tmp_path / "file").unlink()
    assert until(lambda: not spool.state.trouble)
    spool.close()
    assert spooled(tmp_path / "file" / "spool") == ["facebook.com"]


def test_a_long_spool_keeps_what_was_blocked_and_says_so(
    open_spool: Callable[..., Spool], tmp_path: Path
) -> None:
    spool = open_spool(segment=1, tight=1000, sync=0.01)
    for n in range(40):
        spool.append([attempt(f"{n}.example", verdict="block" if n % 4 else "allow")])
    kept = {int(host.partition(".")[0]) for host in spooled(tmp_path)}
    assert {n for n in range(40) if n % 4} <= kept
    assert spool.state.dropped == 40 - len(kept) > 0
    assert "long" in spool.state.trouble
    for path in tmp_path.glob("*.seg"):
        path.unlink()
    assert until(lambda: not spool.state.trouble)
    spool.append([attempt("allowed.example", verdict="allow")])
    assert spooled(tmp_path) == ["allowed.example"]


def test_a_spool_nobody_empties_ends_somewhere(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool(segment=1, most=2000, waiting=5, sync=0.01)
    for _ in range(100):
        spool.append([attempt()])
    assert spool.state.waiting == 5
    assert spool.state.dropped > 50


def test_an_attempt_that_cannot_be_written_is_counted(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append([attempt(url="http://x.example/\ud800"), attempt()])
    assert spool.state.dropped == 1


def test_a_name_left_by_an_earlier_process_is_not_reused(tmp_path: Path) -> None:
    taken = tmp_path / f"dns-{os.getpid()}-0.seg"
    taken.write_bytes(b"of somebody else")
    spool = Spool(tmp_path, "dns")
    spool.append([attempt()])
    spool.close()
    assert taken.read_bytes() == b"of somebody else"
    assert (tmp_path / f"dns-{os.getpid()}-1.seg").exists()
