"""Hosts lines on their fast way and on their slow one (the tables are in ``test_parse``)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists.entry import Kind
from appliance.lists.hosts import entries, names

PIECES = st.sampled_from(
    ["0.0.0.0 ", "127.0.0.1 ", "a.example", "localhost", "localhost.localdomain", "0.0.0.0",
     "co.uk", "com", " ", "#", "*.", ".", "-", "A", "8.8.8.8 ", "192.0.2.1"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=5).map("".join))
def test_the_fast_way_says_what_the_slow_one_does(line: str) -> None:
    try:
        slow = [(name, Kind.BELOW) for name in names(line)]
    except ValueError:
        slow = None
    try:
        fast = list(entries(line))
    except ValueError:
        fast = None
    assert fast == slow
