"""Building list files: cut by the names themselves, made again only where they changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.policy.domains import Mark
from appliance.policy.names import key_of
from appliance.publish import listbuild
from appliance.publish.domainlist import opened
from appliance.publish.files import ListFiles

SOURCE = ("adult", "L1")


def keys(*names: str) -> list[tuple[str, Mark]]:
    """Return the items of a list, in order."""
    return [(key, Mark.BELOW) for key in sorted(map(key_of, names))]


def runs(directory: Path, items: list[tuple[str, Mark]], known: ListFiles | None) -> ListFiles:
    """Build a list in runs of at least forty names."""
    return listbuild.build(directory, "key", [(SOURCE, items)], known=known, least=40, most=400)


def test_a_name_more_makes_only_its_own_run_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listbuild, "CUT", 0x3F)  # a cut at one name of sixty-four
    names = [f"n{n:05}.example" for n in range(5000)]
    before = runs(tmp_path, keys(*names), None)
    written = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    after = runs(tmp_path, keys(*names, "n02500x.example"), before)
    assert len(before.shards) > 30
    assert len(set(after.shards) - set(before.shards)) <= 2
    same = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    assert same.items() >= written.items()  # not written again either
    assert opened(tmp_path, after).find("n02500x.example")


def test_a_run_that_is_damaged_on_the_disk_is_made_again(tmp_path: Path) -> None:
    files = runs(tmp_path, keys("a.example", "b.example"), None)
    path = tmp_path / files.shards[0].names()[0]
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"?")
    assert runs(tmp_path, keys("a.example", "b.example"), files) == files
    assert path.read_bytes() == good
    path.unlink()
    assert runs(tmp_path, keys("a.example", "b.example"), files) == files
    assert path.read_bytes() == good


def test_keys_that_are_not_in_order_are_refused(tmp_path: Path) -> None:
    """They would be looked for where they are not: a list that closes nothing, unseen."""
    with pytest.raises(ValueError, match="not in order"):
        runs(tmp_path, keys("a.example", "b.example")[::-1], None)


def test_a_list_that_fails_half_way_leaves_no_draft(tmp_path: Path) -> None:
    before = runs(tmp_path, keys("a.example"), None)
    with pytest.raises(ValueError, match="not in order"):
        listbuild.build(
            tmp_path, "key", [(SOURCE, keys(*"abcdefgh")[::-1])], known=before, least=1, most=1
        )
    assert not [*tmp_path.glob("*.new")]
    assert opened(tmp_path, before).find("www.a.example")


def test_the_same_name_in_two_lists_is_kept_once_with_both(tmp_path: Path) -> None:
    lists = [(("adult", "L1"), keys("a.example")), (("games", "L2"), keys("a.example"))]
    mapped = opened(tmp_path, listbuild.build(tmp_path, "key", lists))
    assert len(mapped) == 1
    assert [m.list_id for m in mapped.find("a.example")] == ["L1", "L2"]
