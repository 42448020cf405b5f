"""Lists that keep their names back: every suffix is found, nothing else, and no name is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.domains import Mark
from appliance.policy.hashed import digest_of
from appliance.policy.names import key_of
from appliance.publish.domainlist import opened
from appliance.publish.files import BadSnapshotError, HashFiles, ListFiles
from appliance.publish.listbuild import build_hashes
from tests.appliance.publish.test_domainlist import LISTS, NAME, SECRET, Lists, expected


def hashed(directory: Path, lists: Lists, secret: bytes = SECRET) -> HashFiles | None:
    """Write some lists as digests."""
    flows = [
        (source, sorted((digest_of(secret, key_of(n)), m) for n, m in entries.items()))
        for source, entries in sorted(lists.items())
    ]
    return build_hashes(directory, flows, secret)


@settings(max_examples=100, deadline=None)
@given(lists=LISTS, hosts=st.lists(NAME, max_size=20))
def test_just_what_the_names_themselves_would_find(
    lists: Lists, hosts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("hashes")
    mapped = opened(directory, ListFiles("key", (), hashed(directory, lists)))
    every = {name for entries in lists.values() for name in entries}
    for host in [*hosts, *every, *(f"www.{name}" for name in every)]:
        found = [(m.category, m.list_id, m.entry) for m in mapped.find(host)]
        assert found == [(category, id_, "") for category, id_, _ in expected(lists, host)]
    assert len(mapped) == len(every)


def test_many_digests_are_each_found(tmp_path: Path) -> None:
    lists: Lists = {("illegal", "K"): {f"n{n}.example": Mark.BELOW for n in range(3000)}}
    mapped = opened(tmp_path, ListFiles("key", (), hashed(tmp_path, lists)))
    assert all(mapped.find(f"www.n{n}.example") for n in range(3000))
    assert not any(mapped.find(f"m{n}.example") for n in range(3000))


def test_no_name_is_in_the_files_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    files = hashed(tmp_path, {("illegal", "K"): {"unspeakable.example": Mark.BELOW}})
    assert files is not None
    for name in files.names():
        path = tmp_path / name
        assert path.stat().st_mode & 0o077 == 0
        assert b"unspeakable" not in path.read_bytes()


def test_another_secret_finds_nothing_and_a_short_one_is_refused(tmp_path: Path) -> None:
    lists: Lists = {("illegal", "K"): {"a.example": Mark.BELOW}}
    mine, other = hashed(tmp_path, lists), hashed(tmp_path, lists, bytes(32))
    assert mine is not None
    assert other is not None
    mixed = opened(tmp_path, ListFiles("key", (), HashFiles(mine.hashes, other.secret)))
    assert not mixed.find("a.example")
    short = hashed(tmp_path, lists, b"short")
    with pytest.raises(BadSnapshotError, match="secret"):
        opened(tmp_path, ListFiles("key", (), short))


def test_digests_that_are_none_or_not_in_order_are_refused(tmp_path: Path) -> None:
    good = [digest_of(SECRET, key_of(name)) for name in ("a.example", "b.example")]
    flows = [(text, Mark.BELOW) for text in sorted(good, reverse=True)]
    with pytest.raises(ValueError, match="not in order"):
        build_hashes(tmp_path, [(("illegal", "K"), flows)], SECRET)
    with pytest.raises(ValueError, match="a digest of 2 bytes"):
        build_hashes(tmp_path, [(("illegal", "K"), [("abcd", Mark.BELOW)])], SECRET)
    assert not [*tmp_path.iterdir()]


def test_damage_is_seen(tmp_path: Path) -> None:
    files = hashed(tmp_path, {("illegal", "K"): {"a.example": Mark.BELOW}})
    assert files is not None
    path = tmp_path / files.names()[0]
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(BadSnapshotError, match="is damaged"):
        opened(tmp_path, ListFiles("key", (), files))
