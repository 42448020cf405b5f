"""Records: back as they were, past any damage, and never anything that was not written."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.attempts import records
from appliance.attempts.records import (
    BadSegmentError,
    Head,
    framed,
    head_record,
    read_head,
    read_records,
    record_of,
)
from tests.builders import attempt

ATTEMPTS = tuple(attempt(f"{n}.example", count=n) for n in range(5))
BYTES = b"".join(map(record_of, ATTEMPTS))
HEAD = Head("1", "dns")


def test_a_segment_gives_back_what_was_written() -> None:
    head, start = read_head(head_record(HEAD) + BYTES)
    assert head == HEAD
    stretch = read_records((head_record(HEAD) + BYTES)[start:], head, limit=9, finished=False)
    assert (stretch.attempts, stretch.end, stretch.skipped) == (ATTEMPTS, len(BYTES), 0)


def test_reading_stops_at_the_limit_and_goes_on_from_there() -> None:
    first = read_records(BYTES, HEAD, limit=2, finished=True)
    rest = read_records(BYTES[first.end :], HEAD, limit=9, finished=True)
    assert first.attempts + rest.attempts == ATTEMPTS


@pytest.mark.parametrize("cut", range(len(BYTES)))
def test_a_tail_in_the_making_is_left_for_the_next_time(cut: int) -> None:
    live = read_records(BYTES[:cut], HEAD, limit=9, finished=False)
    assert live.skipped == 0
    rest = read_records(BYTES[live.end :], HEAD, limit=9, finished=False)
    assert live.attempts + rest.attempts == ATTEMPTS
    dead = read_records(BYTES[:cut], HEAD, limit=9, finished=True)
    assert dead.attempts == live.attempts
    assert (dead.end, dead.skipped) == (cut, cut - live.end)


@settings(max_examples=300)
@given(st.integers(0, len(BYTES) - 1), st.integers(0, 7))
def test_a_flipped_bit_costs_one_record(place: int, bit: int) -> None:
    damaged = BYTES[:place] + bytes([BYTES[place] ^ (1 << bit)]) + BYTES[place + 1 :]
    stretch = read_records(damaged, HEAD, limit=9, finished=True)
    assert len(stretch.attempts) == len(ATTEMPTS) - 1
    assert set(stretch.attempts) < set(ATTEMPTS)
    assert stretch.skipped > 0


@settings(max_examples=300)
@given(st.binary(max_size=300), st.booleans())
def test_noise_is_no_attempt(noise: bytes, finished: bool) -> None:
    assert read_records(noise, HEAD, limit=9, finished=finished).attempts == ()


def test_a_segment_of_an_older_program_is_understood() -> None:
    kept = tuple(name for name in records._FIELDS if name != "count")
    values = [getattr(ATTEMPTS[0], name) for name in kept]
    old = Head("1", "dns", names=("gone", *kept))
    record = framed(msgspec.msgpack.encode(["x", *values]))
    found = read_records(record, old, limit=1, finished=True).attempts
    assert found == (attempt("0.example", count=1),)


def test_a_record_that_means_nothing_is_skipped_even_while_written_to() -> None:
    odd = framed(msgspec.msgpack.encode(["not", "an", "attempt"]))
    stretch = read_records(odd + BYTES, HEAD, limit=9, finished=False)
    assert (stretch.attempts, stretch.skipped) == (ATTEMPTS, len(odd))


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 100, head_record(HEAD)[:-1], head_record(Head("1", "dns", format=2)), framed(b"")],
)
def test_a_segment_without_a_readable_head_is_refused(data: bytes) -> None:
    with pytest.raises(BadSegmentError):
        read_head(data)
