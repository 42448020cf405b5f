"""Sorting on the disk: the same records, in order, and nothing left behind."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists import spill
from appliance.lists.spill import Sorter

RECORDS = st.lists(st.text("abc.\t", max_size=4), max_size=120)


@settings(deadline=None)
@given(RECORDS, st.integers(1, 5), st.integers(2, 4))
def test_whatever_goes_in_comes_out_sorted(records: list[str], run: int, fan: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "RUN", run)
        patch.setattr(spill, "FAN", fan)
        with Sorter(Path(gettempdir())) as sorter:
            for record in records:
                sorter.add(record)
            assert list(sorter.records()) == sorted(records)
            assert list(sorter.records()) == sorted(records)


def test_a_short_list_never_touches_the_disk(tmp_path: Path) -> None:
    """Not even a folder is needed: a licensed list of some thousand names stays in memory."""
    with Sorter(tmp_path / "none") as sorter:
        for number in range(spill.RUN - 1):
            sorter.add(f"{number:06}")
        assert len(list(sorter.records())) == spill.RUN - 1
        with pytest.raises(FileNotFoundError):
            sorter.add("one more")


def test_few_files_are_open_however_many_runs_there_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "RUN", 1)
    monkeypatch.setattr(spill, "FAN", 5)
    before = len(os.listdir("/proc/self/fd"))
    with Sorter(tmp_path) as sorter:
        for number in range(100):
            sorter.add(f"{number:03}")
            assert len(os.listdir("/proc/self/fd")) - before <= 6
    assert len(os.listdir("/proc/self/fd")) == before
