"""Ids made of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.ids import id_of
from appliance.store import checks


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("iPad 3B-07", "ipad-3b-07"),
        ("  Head's laptop!", "head-s-laptop"),
        ("", ""),
        ("—", ""),
        ("A" * 80, "a" * 64),
    ],
)
def test_an_id_of_a_name(name: str, id_: str) -> None:
    assert id_of(name) == id_


@given(st.text())
def test_whatever_the_name_it_is_an_id_or_nothing(name: str) -> None:
    made = id_of(name)
    assert not made or checks.word("id", made) == made
