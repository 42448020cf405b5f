"""Gathering: whatever the lines hold, sorted, each name once, first line kept, all on the disk."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists import packing, spill
from appliance.lists.formats import Format
from appliance.lists.gather import LONGEST, STEP, gather
from appliance.lists.parse import SHOWN, BadLine
from appliance.policy.domains import Mark
from appliance.policy.names import canonical, name_of

# Pieces of every format, so that what hypothesis makes of them is near to real lines.
PIECES = st.sampled_from(
    ["||", "@@", "|", "^", "$important", "$denyallow=", ",", "a.example", "x.a.example", "b.test",
     "com", "*", ".", "/", "address=/", "server=/", "#", "!", "0.0.0.0 ", "::1", " CNAME ", " A ",
     "rpz-passthru.", "$ORIGIN ", "@ SOA (", ")", "domain:", "full:", "include:", "@ads", " ",
     "\t", "\x00", "\ufeff", "\ufffd", "bücher.example", "http://", ":80/", "%", "\\", '"', ";",
     "fe80::1%a", "[::1]", "9", "\u2028", "a" * 64]
)  # fmt: skip
FOLDER = Path(gettempdir())
LINES = st.lists(st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=20), max_size=12)


@settings(deadline=None)
@given(LINES, st.sampled_from(Format))
def test_whatever_comes_is_names_or_is_counted(lines: list[str], format_: Format) -> None:
    with gather(lines, format_, FOLDER) as found:
        items = list(found.items())
    keys = [key for key, _, _ in items]
    assert keys == sorted(set(keys))
    assert len(items) == found.entries + found.exceptions
    assert found.entries == sum(mark is not Mark.EXCEPT for _, mark, _ in items)
    assert found.lines == len(lines)
    assert found.refused + found.pages <= len(lines)
    for key, _, line in items:
        assert canonical(name_of(key)) == name_of(key)
        assert 1 <= line <= len(lines)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(Format))
def test_no_bytes_end_the_reading(data: bytes, format_: Format) -> None:
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    with gather(lines, format_, FOLDER) as found:
        assert found.lines == len(lines)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and chunks of a few items, so that few lines go the way of many."""
    monkeypatch.setattr(spill, "RUN", 3)
    monkeypatch.setattr(spill, "FAN", 4)
    monkeypatch.setattr(packing, "CHUNK", 5)


@pytest.mark.usefixtures("small")
@settings(deadline=None)
@given(st.lists(st.integers(0, 400), max_size=200))
def test_what_goes_over_the_disk_comes_back_the_same(numbers: list[int]) -> None:
    with gather((f"n{one}.example" for one in numbers), Format.DOMAINS, FOLDER) as found:
        items, again = list(found.items()), list(found.items())
    first = {f"example.n{one}.": numbers.index(one) + 1 for one in set(numbers)}
    assert items == again == [(key, Mark.BELOW, first[key]) for key in sorted(first)]


def test_a_list_is_counted_and_its_first_mistakes_shown(tmp_path: Path) -> None:
    lines = ["# a list\n", "good.example\n", "bad line\n", "0.0.0.0 good.example more.example\n"]
    with gather([*lines, *["x"] * 100], Format.HOSTS, tmp_path) as found:
        assert (found.entries, found.exceptions, found.refused, found.lines) == (2, 0, 101, 104)
        assert len(found.first_refused) == SHOWN
        assert found.first_refused[0] == BadLine(
            3, "bad line", "more than one word, and the first is no address"
        )
        assert list(found.items()) == [
            ("example.good.", Mark.BELOW, 2), ("example.more.", Mark.BELOW, 4),
        ]  # fmt: skip


def test_pages_are_counted_by_themselves(tmp_path: Path) -> None:
    with gather(["a.example", "b.example/page", "c.example/"], Format.UT1, tmp_path) as found:
        assert (found.entries, found.pages, found.refused) == (2, 1, 0)


def test_exceptions_are_counted_by_themselves(tmp_path: Path) -> None:
    with gather(["||a.example^", "@@||b.a.example^"], Format.ADBLOCK, tmp_path) as found:
        assert (found.entries, found.exceptions) == (1, 1)


def test_the_digest_tells_keys_and_marks_and_not_their_order(tmp_path: Path) -> None:
    def digest(*lines: str) -> str:
        with gather(lines, Format.ADBLOCK, tmp_path) as found:
            return found.sha256

    assert digest("||a.example^", "||b.example^") == digest("! x", "||b.example^", "||a.example^")
    assert digest("||a.example^") != digest("a.example")
    assert digest("||a.example^") != digest("||b.example^")


def test_a_line_as_long_as_no_rule_is_refused(tmp_path: Path) -> None:
    with gather(["a" * LONGEST, "a.example"], Format.DOMAINS, tmp_path) as found:
        assert (found.entries, found.refused) == (1, 1)
        assert "longer" in found.first_refused[0].message
        assert len(found.first_refused[0].text) == 100


def test_progress_is_told_and_may_end_it(tmp_path: Path) -> None:
    told: list[int] = []
    lines = ["a.example"] * (2 * STEP + 7)
    gather(lines, Format.DOMAINS, tmp_path, told.append).chunks.close()
    assert told == [STEP, 2 * STEP, 2 * STEP + 7]

    def stop(_: int) -> None:
        raise InterruptedError("the core ends")

    with pytest.raises(InterruptedError):
        gather(lines, Format.DOMAINS, tmp_path, stop)


def test_what_breaks_the_source_breaks_the_reading(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        yield "a.example"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        gather(lines(), Format.DOMAINS, tmp_path)


def test_nothing_is_left_in_the_folder(tmp_path: Path, small: None) -> None:
    with gather((f"n{i}.example" for i in range(100)), Format.DOMAINS, tmp_path) as found:
        assert found.entries == 100
        assert list(tmp_path.iterdir()) == []  # not even now: the files have no names


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        gather(["a.example"], Format.DOMAINS, tmp_path / "none")


@pytest.mark.usefixtures("small")
def test_a_full_disk_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    """RLIMIT_FSIZE is a disk that takes no more: the write fails with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            gather((f"n{i}.example" for i in range(100)), Format.DOMAINS, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert list(tmp_path.iterdir()) == []


_PEAK = """
import random, resource, sys
from pathlib import Path
from tempfile import gettempdir
from appliance.lists.formats import Format
from appliance.lists.gather import gather
dice = random.Random(7)
bits = dice.getrandbits
lines = (f"0.0.0.0 {bits(60):x}.{bits(24):x}.example" for _ in range(int(sys.argv[1])))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with gather(lines, Format.HOSTS, Path(sys.argv[2])) as found:
    for _ in found.items():
        pass
    print(found.entries, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Ten runs' worth of names takes less than the names alone would, by far."""
    names = 600_000
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(names), str(tmp_path)],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    entries, kilobytes = map(int, done.stdout.split())
    assert entries > names * 0.99
    assert kilobytes < 45_000  # their text alone, as Python keeps it, would be 50 MB


def test_a_shuffled_list_gathers_the_same(tmp_path: Path) -> None:
    lines = [f"n{number}.example" for number in range(2000)]
    shuffled = random.Random(3).sample(lines, len(lines))
    with (
        gather(lines, Format.DOMAINS, tmp_path) as one,
        gather(shuffled, Format.DOMAINS, tmp_path) as two,
    ):
        assert one.sha256 == two.sha256
        assert [key for key, _, _ in one.items()] == [key for key, _, _ in two.items()]
