"""Chunks: what is packed comes back, and what is damaged says so."""

from __future__ import annotations

import zlib
from pathlib import Path
from tempfile import gettempdir

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists import packing
from appliance.lists.packing import Chunk, Chunks, Item, Tally, packed
from appliance.policy.domains import Mark

KEYS = st.sampled_from(["example.a.", "example.b.", "/192.0.2.1/"])
ITEMS = st.lists(st.tuples(KEYS, st.sampled_from(Mark), st.integers(0, 2**32 - 1)), max_size=30)


@settings(deadline=None)
@given(ITEMS, st.integers(1, 7))
def test_what_is_packed_comes_back(items: list[Item], size: int) -> None:
    tally = Tally()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", size)
        chunks = Chunks(Path(gettempdir()), packed(items, tally))
    for _ in range(2):
        assert items == [
            item
            for chunk in chunks
            for item in zip(chunk.keys_in(), chunk.marks_in(), chunk.lines_in(), strict=True)
        ]
    chunks.close()
    assert tally.entries == sum(mark is not Mark.EXCEPT for _, mark, _ in items)
    assert tally.entries + tally.exceptions == len(items)
    whole = Tally()
    whole.count([key for key, _, _ in items], [mark for _, mark, _ in items])
    assert whole.sha256 == tally.sha256


def test_lines_are_little_endian_whatever_the_machine() -> None:
    [chunk] = packed([("example.a.", Mark.BELOW, 0x01020304)])
    assert zlib.decompress(chunk.lines) == b"\x04\x03\x02\x01"
    assert zlib.decompress(chunk.marks) == b"b"


def test_a_line_beyond_all_counting_is_the_last_that_can_be_told() -> None:
    [chunk] = packed([("example.a.", Mark.BELOW, 2**40)])
    assert chunk.lines_in() == [2**32 - 1]


def test_an_unknown_mark_closes() -> None:
    assert Chunk(b"", b"", zlib.compress(b"?x")).marks_in() == [Mark.BELOW, Mark.EXCEPT]


@given(st.binary(max_size=40))
def test_damage_is_a_sentence(data: bytes) -> None:
    for read in (Chunk(data, b"", b"").keys_in, Chunk(b"", data, b"").lines_in):
        with pytest.raises(ValueError, match="damaged"):
            read()
