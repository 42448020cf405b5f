"""Lists of a snapshot: exact at label boundaries, whatever is in them and wherever it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.domains import Mark
from appliance.policy.hashed import digest_of
from appliance.policy.names import is_address, key_of, name_of, suffixes, within
from appliance.publish import listbuild
from appliance.publish.domainlist import DomainLists, opened
from appliance.publish.files import ListFiles

LABEL = st.sampled_from(["a", "b", "ab", "a-b", "com", "x1", "1"])
NAME = st.one_of(
    st.lists(LABEL, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["192.0.2.7", "192.0.2.77", "2001:db8::1"]),
)
SOURCE = st.tuples(st.sampled_from(["adult", "vpn"]), st.sampled_from(["L1", "L2", "L3"]))
ENTRIES = st.dictionaries(NAME, st.sampled_from(Mark), max_size=8)
Lists = dict[tuple[str, str], dict[str, Mark]]
LISTS = st.dictionaries(SOURCE, ENTRIES, max_size=4).filter(
    lambda lists: len({id_ for _, id_ in lists}) == len(lists)
)
SECRET = bytes(range(32))


def built(directory: Path, lists: Lists, *, least: int = 2, most: int = 3) -> ListFiles:
    """Build the files of some lists, cut every few names."""
    flows = [
        (source, sorted((key_of(name), mark) for name, mark in entries.items()))
        for source, entries in sorted(lists.items())
    ]
    return listbuild.build(directory, "key", flows, least=least, most=most)


def plain(*names: str) -> dict[str, Mark]:
    """Return entries that cover all below them."""
    return dict.fromkeys(names, Mark.BELOW)


def found(lists: DomainLists, host: str) -> list[tuple[str, str, str]]:
    """Return what a host is found as."""
    return [(m.category, m.list_id, m.entry) for m in lists.find(host)]


def expected(lists: Lists, host: str) -> list[tuple[str, str, str]]:
    """Return what a host is to be found as, by the meaning of each mark alone."""
    matches = []
    for suffix in suffixes(host):
        for (category, id_), entries in sorted(lists.items()):
            mark = entries.get(suffix)
            wide = mark is Mark.BELOW and not is_address(suffix)
            covers = wide or (mark in (Mark.BELOW, Mark.EXACT) and suffix == host)
            left_open = any(
                entries.get(longer) is Mark.EXCEPT
                for longer in suffixes(host)
                if len(longer) >= len(suffix) and (longer == host or not is_address(longer))
            )
            if covers and not left_open:
                matches.append((category, id_, suffix))
    return matches


@settings(max_examples=100, deadline=None)
@given(lists=LISTS, hosts=st.lists(NAME, max_size=20), most=st.integers(2, 9))
def test_just_what_a_set_of_suffixes_would_find(
    lists: Lists, hosts: list[str], most: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("lists")
    mapped = opened(directory, built(directory, lists, most=most))
    every = {name for entries in lists.values() for name in entries}
    for host in [*hosts, *every, *(f"www.{name}" for name in every if ":" not in name)]:
        assert found(mapped, host) == expected(lists, host)
    assert len(mapped) == len(every)


@settings(max_examples=60, deadline=None)
@given(lists=LISTS, suffix=NAME)
def test_what_is_listed_within_a_name(
    lists: Lists, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("lists")
    mapped = opened(directory, built(directory, lists))
    wanted = sorted(
        (name, category, id_)
        for (category, id_), entries in lists.items()
        for name, mark in entries.items()
        if mark is not Mark.EXCEPT
        and key_of(name).startswith(key_of(suffix))  # an address is within itself alone
    )
    assert sorted(mapped.within(suffix, 1000)) == wanted
    assert len([*mapped.within(suffix, 2)]) == min(2, len(wanted))
    assert all(within(name, suffix) for name, _, _ in wanted)


def test_false_friends_are_not_found(tmp_path: Path) -> None:
    lists = {("social", "L"): plain("facebook.com", "192.0.2.7")}
    mapped = opened(tmp_path, built(tmp_path, lists))
    for host in ("notfacebook.com", "facebook.com.example.org", "com", "facebook.comx", "7"):
        assert not mapped.find(host)
    assert not mapped.find("192.0.2.77")
    assert not mapped.find("7.192.0.2")
    assert found(mapped, "192.0.2.7") == [("social", "L", "192.0.2.7")]
    assert found(mapped, "m.facebook.com") == [("social", "L", "facebook.com")]


def test_a_parent_is_found_from_a_run_that_begins_far_behind_it(tmp_path: Path) -> None:
    names = ["host.example", *(f"a{n:03}.host.example" for n in range(50))]
    files = built(tmp_path, {("social", "L"): plain(*names)})
    assert len(files.shards) > 10
    mapped = opened(tmp_path, files)
    assert found(mapped, "zzz.host.example") == [("social", "L", "host.example")]
    assert [entry for _, _, entry in found(mapped, "www.a030.host.example")] == [
        "a030.host.example",
        "host.example",
    ]
    assert len([*mapped.within("host.example", 1000)]) == len(mapped) == 51


def test_an_exception_speaks_for_its_own_list_and_a_longer_entry_against_it(
    tmp_path: Path,
) -> None:
    lists: Lists = {
        ("adult", "L1"): {
            "host.example": Mark.BELOW,
            "good.host.example": Mark.EXCEPT,
            "bad.good.host.example": Mark.BELOW,
        },
        ("games", "L2"): plain("host.example"),
    }
    mapped = opened(tmp_path, built(tmp_path, lists))
    assert [m.list_id for m in mapped.find("www.host.example")] == ["L1", "L2"]
    assert [m.list_id for m in mapped.find("good.host.example")] == ["L2"]
    assert found(mapped, "www.bad.good.host.example") == [
        ("adult", "L1", "bad.good.host.example"),
        ("games", "L2", "host.example"),
    ]


@pytest.mark.parametrize("name", ["a.b.example", "com", "192.0.2.7", "2001:db8::1"])
def test_a_key_stands_for_its_name(name: str) -> None:
    assert name_of(key_of(name)) == name


def test_lists_that_keep_their_names_back_come_first_and_without_an_entry(tmp_path: Path) -> None:
    lists: Lists = {("adult", "L1"): plain("a.example")}
    digests = [(digest_of(SECRET, key_of("a.example")), Mark.BELOW)]
    hashes = listbuild.build_hashes(tmp_path, [(("illegal", "K"), digests)], SECRET)
    assert hashes is not None
    made = built(tmp_path, lists)
    mapped = opened(tmp_path, ListFiles("key", made.shards, hashes))
    assert found(mapped, "www.a.example") == [("illegal", "K", ""), ("adult", "L1", "a.example")]
    assert not mapped.find("b.example")
    assert [*mapped.within("example", 9)] == [("a.example", "adult", "L1")]


def test_what_is_open_is_not_opened_again(tmp_path: Path) -> None:
    names = [f"n{n:02}.example" for n in range(31)]
    before = opened(tmp_path, built(tmp_path, {("c", "L"): plain(*names)}))
    after = opened(tmp_path, built(tmp_path, {("c", "L"): plain(*names, "zz.example")}), before)
    shared = before.parts.keys() & after.parts.keys()
    assert len(shared) > 5
    assert all(before.parts[one] is after.parts[one] for one in shared)
    assert before.parts.keys() - after.parts.keys()
    assert found(after, "zz.example")
    assert not before.find("zz.example")


def test_nothing_listed_is_no_file(tmp_path: Path) -> None:
    files = built(tmp_path, {("c", "L"): {}})
    assert files.names() == ()
    assert not [*tmp_path.iterdir()]
    assert opened(tmp_path, files).find("a.example") == ()
