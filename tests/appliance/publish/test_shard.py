"""The two files of a run of names: they belong together, and say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.publish.domainlist import opened
from appliance.publish.files import BadSnapshotError, ListFiles
from tests.appliance.publish.test_domainlist import built, found, plain


def test_many_different_sets_of_lists_need_wider_numbers(tmp_path: Path) -> None:
    """Each list has its own name and one that all share: more sets than a byte can number."""
    lists = {("c", f"L{n:04}"): plain("all.example", f"{n}.example") for n in range(300)}
    mapped = opened(tmp_path, built(tmp_path, lists, least=1000, most=1000))
    assert len(found(mapped, "all.example")) == 300
    assert found(mapped, "www.299.example") == [("c", "L0299", "299.example")]


def test_one_list_alone_needs_no_numbers_at_all(tmp_path: Path) -> None:
    names = [f"n{n:04}.example" for n in range(3000)]
    (one,) = built(tmp_path, {("c", "L"): plain(*names)}, least=9999, most=9999).shards
    assert (tmp_path / one.names()[1]).stat().st_size < 200


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    two = ("c", "L"), ("d", "M")
    (one,) = built(tmp_path, {two[0]: plain("a.example"), two[1]: {}}).shards
    other = built(tmp_path, {two[0]: plain("a.example"), two[1]: plain("b.example")})
    mixed = replace(one, ids=other.shards[0].ids)
    with pytest.raises(BadSnapshotError, match="does not belong"):
        opened(tmp_path, ListFiles("", (mixed,)))


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_damaged_files_are_refused(tmp_path: Path, which: int, how: str) -> None:
    files = built(tmp_path, {("c", "L"): plain("a.example", "b.example")})
    path = tmp_path / files.shards[0].names()[which]
    data = path.read_bytes()
    path.write_bytes(data[:-1] if how == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(BadSnapshotError, match="is damaged"):
        opened(tmp_path, files)
