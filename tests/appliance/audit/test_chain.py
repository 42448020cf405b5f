"""An entry's digest binds everything it says, its number, and all before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.audit.chain import START, Entry, digest

ENTRY = Entry(
    at=datetime(2026, 11, 23, 10, 35, tzinfo=UTC), actor="head", action="request.authorised",
    subject="R1", reason="Volcanoes", address="10.2.0.5", detail={"grant": "G1"},
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"at": ENTRY.at + timedelta(microseconds=1)}, {"actor": "Head"}, {"action": "request.x"},
        {"subject": "R2"}, {"reason": ""}, {"address": ""}, {"detail": {"grant": "G2"}},
        {"detail": {}},
    ],
)  # fmt: skip
def test_every_field_counts(change: dict[str, Any]) -> None:
    assert digest(1, replace(ENTRY, **change), START) != digest(1, ENTRY, START)


def test_number_and_predecessor_count() -> None:
    assert digest(2, ENTRY, START) != digest(1, ENTRY, START)
    assert digest(1, ENTRY, "1" * 64) != digest(1, ENTRY, START)


def test_the_same_instant_in_another_zone_is_the_same_entry() -> None:
    moved = replace(ENTRY, at=ENTRY.at.astimezone(timezone(timedelta(hours=5))))
    assert digest(1, moved, START) == digest(1, ENTRY, START)


def test_words_cannot_slide_from_one_field_into_the_next() -> None:
    one, other = replace(ENTRY, actor="ab", action="c"), replace(ENTRY, actor="a", action="bc")
    assert digest(1, one, START) != digest(1, other, START)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none()))
def test_the_order_of_details_does_not_count(detail: dict[str, Any]) -> None:
    turned = dict(reversed(detail.items()))
    one, other = replace(ENTRY, detail=detail), replace(ENTRY, detail=turned)
    assert digest(1, one, START) == digest(1, other, START)
