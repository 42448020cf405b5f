"""Lists in the store: marks and lines, digests that tell no names, one transaction for all."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from appliance.lists import packing
from appliance.lists.formats import Format
from appliance.lists.gather import Gathered, gather
from appliance.policy.domains import Mark
from appliance.policy.hashed import digest_of
from appliance.policy.names import key_of
from appliance.store import lists
from appliance.store.list_tables import ListChunk, ListRow
from appliance.store.session import Store
from appliance.store.tables import Revision

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOW: dict[str, Any] = {"source": "test", "at": AT}
RULES = ("! a list", "||b.example^", "bad rule", "a.example", "@@||c.b.example^")


@contextmanager
def read(folder: Path, *lines: str) -> Iterator[Gathered]:
    with gather(lines, Format.ADBLOCK, folder) as found:
        yield found


@pytest.fixture
def chunked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of a few items, so that a short list has many."""
    monkeypatch.setattr(packing, "CHUNK", 4)


def test_a_list_comes_back_with_marks_and_lines(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        kept = lists.put(s, "L", "adult", found, **HOW)
    with store.reading() as s:
        assert lists.list_(s) == (kept,)
        assert list(lists.items_of(s, "L")) == [
            ("example.a.", Mark.EXACT), ("example.b.", Mark.BELOW), ("example.b.c.", Mark.EXCEPT),
        ]  # fmt: skip
        assert list(lists.names_of(s, "L")) == ["a.example", "b.example", "c.b.example"]
        assert lists.line_of(s, "L", "b.example") == 2
        assert lists.line_of(s, "L", "c.b.example") == 5
        assert lists.line_of(s, "L", "example") is None
        assert lists.line_of(s, "M", "b.example") is None
    assert (kept.entries, kept.exceptions, kept.refused, kept.hashed) == (2, 1, 1, False)
    assert kept.enabled


@pytest.mark.usefixtures("chunked")
def test_every_name_of_many_chunks_tells_its_line(store: Store, tmp_path: Path) -> None:
    names = [f"n{number}.example" for number in random.Random(5).sample(range(10_000), 103)]
    with gather(names, Format.DOMAINS, tmp_path) as found, store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
    with store.reading() as s:
        assert s.scalar(select(func.count()).select_from(ListChunk)) == 26
        assert [lists.line_of(s, "L", name) for name in names] == list(range(1, 104))
        assert lists.line_of(s, "L", "n.example") is None
        assert lists.line_of(s, "L", "a.test") is None
        assert lists.line_of(s, "L", "a.aaa") is None


@pytest.mark.usefixtures("chunked")
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=40), min_size=1, max_size=4))
def test_the_newest_reading_is_all_there_is(
    store: Store, tmp_path: Path, readings: list[list[int]]
) -> None:
    """However long the one before was, and wherever it differed."""
    for numbers in readings:
        lines = [f"||n{number}.example^" for number in numbers]
        with read(tmp_path, *lines) as found, store.session() as s:
            lists.put(s, "L", "adult", found, **HOW)
            expected = list(found.items())
        with store.reading() as s:
            assert list(lists.items_of(s, "L")) == [(key, mark) for key, mark, _ in expected]
            for number in set(numbers):
                assert lists.line_of(s, "L", f"n{number}.example") == numbers.index(number) + 1


def test_the_same_list_again_writes_nothing(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
    with store.session() as s:
        before = s.scalars(select(Revision.number)).one()
    with read(tmp_path, *RULES) as found, store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
    with store.reading() as s:
        assert s.scalars(select(Revision.number)).one() == before


def test_other_lines_with_the_same_names_are_the_same_list(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        old = lists.put(s, "L", "adult", found, **HOW)
    with read(tmp_path, "! longer head", *RULES) as found, store.session() as s:
        new = lists.put(s, "L", "adult", found, **HOW)
        assert new.sha256 == old.sha256
        assert lists.line_of(s, "L", "b.example") == 3


def test_a_list_that_closes_nothing_leaves_the_old_one(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        old = lists.put(s, "L", "adult", found, **HOW)
    with (
        read(tmp_path, "@@||a.example^", "bad rule") as found,
        pytest.raises(ValueError, match="line 2: more than one word"),
        store.session() as s,
    ):
        lists.put(s, "L", "adult", found, **HOW)
    with store.reading() as s:
        assert lists.list_(s) == (old,)


def test_whatever_breaks_half_way_leaves_the_old_list(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        old = lists.put(s, "L", "adult", found, **HOW)
    found.chunks.close()  # as if the disk were gone
    with pytest.raises(ValueError, match="closed file"), store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
    with store.reading() as s:
        assert lists.list_(s) == (old,)
        assert len(list(lists.keys_of(s, "L"))) == 3


@pytest.mark.usefixtures("chunked")
def test_a_removed_list_leaves_no_chunk(store: Store, tmp_path: Path) -> None:
    lines = [f"||n{number}.example^" for number in range(30)]
    with read(tmp_path, *lines) as found, store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
        lists.put(s, "M", "adult", found, **HOW)
    with store.session() as s:
        assert lists.remove(s, "L")
    with store.reading() as s:
        assert set(s.scalars(select(ListChunk.list_id))) == {"M"}


def test_a_hashed_list_gives_digests_and_no_names(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        kept = lists.put(s, "L", "illegal", found, hashed=True, **HOW)
    with store.reading() as s:
        secret = lists.secret(s)
        assert secret is not None
        assert list(lists.items_of(s, "L")) == sorted(
            (digest_of(secret, key_of(name)), mark)
            for name, mark in [
                ("a.example", Mark.EXACT), ("b.example", Mark.BELOW), ("c.b.example", Mark.EXCEPT),
            ]
        )  # fmt: skip
        assert lists.line_of(s, "L", "b.example") is None
        with pytest.raises(ValueError, match="keeps its names to itself"):
            lists.names_of(s, "L")
        [row] = s.scalars(select(ListRow))
        assert row.hashed
        for chunk in s.scalars(select(ListChunk)):
            numbers = packing.Chunk(chunk.keys, chunk.lines, chunk.marks).lines_in()
            assert set(numbers) == {0}  # their order in the source would be a clue
    assert kept.hashed
    assert kept.entries == 2


def test_no_name_of_a_hashed_list_is_anywhere_in_the_database(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, "||very-secret-name.example^", "a\x00b") as found, store.session() as s:
        lists.put(s, "L", "illegal", found, hashed=True, **HOW)
    assert store.settle()
    with sqlite3.connect(tmp_path / "bellgate.db") as connection:
        said = "\n".join(connection.iterdump())
    connection.close()
    assert "very-secret-name" not in said
    assert "example.very" not in said


def test_what_is_wrong_with_a_hashed_list_is_told_without_its_lines(
    store: Store, tmp_path: Path
) -> None:
    with read(tmp_path, "secret name here") as found, store.session() as s:
        with pytest.raises(ValueError, match="1 bad lines") as caught:
            lists.put(s, "L", "illegal", found, hashed=True, **HOW)
        assert "secret" not in str(caught.value)


def test_the_same_hashed_list_again_is_the_same(store: Store, tmp_path: Path) -> None:
    with store.session() as s:
        assert lists.secret(s) is None
        with read(tmp_path, *RULES) as found:
            one = lists.put(s, "L", "illegal", found, hashed=True, **HOW)
            secret = lists.secret(s)
        with read(tmp_path, "! head", *RULES) as found:
            two = lists.put(s, "L", "illegal", found, hashed=True, **HOW)
        assert lists.secret(s) == secret
        assert one.sha256 == two.sha256
        assert len(secret or b"") == 32


def test_a_list_becomes_hashed_and_its_names_go(store: Store, tmp_path: Path) -> None:
    with read(tmp_path, *RULES) as found, store.session() as s:
        plain = lists.put(s, "L", "illegal", found, **HOW)
        hashed = lists.put(s, "L", "illegal", found, hashed=True, **HOW)
        assert plain.sha256 != hashed.sha256
        assert all(len(key) == 64 for key in lists.keys_of(s, "L"))


@pytest.mark.parametrize("part", ["keys", "marks", "lines"])
def test_a_damaged_list_is_never_taken_for_a_shorter_one(
    store: Store, tmp_path: Path, part: str
) -> None:
    """Fails to what was built before: who builds from it stops."""
    with read(tmp_path, *RULES) as found, store.session() as s:
        lists.put(s, "L", "adult", found, **HOW)
    with store.session() as s:
        [chunk] = s.scalars(select(ListChunk))
        setattr(chunk, part, getattr(chunk, part)[:-6])
    with store.reading() as s:
        if part == "lines":
            assert len(list(lists.items_of(s, "L"))) == 3
        else:
            with pytest.raises(ValueError, match="damaged"):
                list(lists.items_of(s, "L"))
        if part != "marks":
            assert lists.line_of(s, "L", "b.example") is None
