"""Lists of a snapshot: exact at label boundaries, whatever is in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.names import key_of, name_of, suffixes
from appliance.publish.domainlist import DomainLists, build, opened
from appliance.publish.files import BadSnapshotError, ListFiles

LABEL = st.sampled_from(["a", "b", "ab", "a-b", "com", "x1", "1"])
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
LISTS = st.dictionaries(
    st.tuples(st.sampled_from(["adult", "vpn"]), st.sampled_from(["L1", "L2", "L3"])),
    st.sets(NAME, min_size=1, max_size=8),
    min_size=1,
)


def built(directory: Path, lists: dict[tuple[str, str], set[str]]) -> ListFiles:
    """Build the files of some lists."""
    keys = [(source, sorted(map(key_of, names))) for source, names in sorted(lists.items())]
    return build(directory, "key", lambda: keys)


def found(lists: DomainLists, host: str) -> list[tuple[str, str, str]]:
    """Return what a host is found as."""
    return [(m.category, m.list_id, m.entry) for m in lists.find(host)]


@settings(max_examples=150, deadline=None)
@given(lists=LISTS, hosts=st.lists(NAME, max_size=20))
def test_just_what_a_set_of_suffixes_would_find(
    lists: dict[tuple[str, str], set[str]],
    hosts: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("lists")
    mapped = opened(directory, built(directory, lists))
    for host in hosts:
        expected = [
            (*source, suffix)
            for suffix in suffixes(host)
            for source, names in sorted(lists.items())
            if suffix in names
        ]
        assert found(mapped, host) == expected
    assert len(mapped) == len(set().union(*lists.values()))


def test_false_friends_are_not_found(tmp_path: Path) -> None:
    mapped = opened(tmp_path, built(tmp_path, {("social", "L"): {"facebook.com", "192.0.2.7"}}))
    for host in ("notfacebook.com", "facebook.com.example.org", "com", "facebook.comx", "7"):
        assert not mapped.find(host)
    assert not mapped.find("192.0.2.77")
    assert not mapped.find("7.192.0.2")
    assert found(mapped, "192.0.2.7") == [("social", "L", "192.0.2.7")]
    assert found(mapped, "m.facebook.com") == [("social", "L", "facebook.com")]


@pytest.mark.parametrize("name", ["a.b.example", "com", "192.0.2.7", "2001:db8::1"])
def test_a_key_stands_for_its_name(name: str) -> None:
    assert name_of(key_of(name)) == name


def test_many_different_sets_of_lists_need_wider_numbers(tmp_path: Path) -> None:
    """Each list has its own name and one that all share: more sets than a byte can number."""
    lists = {("c", f"L{n:04}"): {"all.example", f"{n}.example"} for n in range(300)}
    mapped = opened(tmp_path, built(tmp_path, lists))
    assert len(found(mapped, "all.example")) == 300
    assert found(mapped, "www.299.example") == [("c", "L0299", "299.example")]


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    one = built(tmp_path, {("c", "L"): {"a.example"}})
    other = built(tmp_path, {("c", "L"): {"a.example", "b.example"}})
    with pytest.raises(BadSnapshotError, match="does not belong"):
        opened(tmp_path, ListFiles("", one.trie, other.ids))
