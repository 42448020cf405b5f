"""Pseudonyms: the same for a week, another the next, and nothing to be learned from them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.log.pseudonyms import pseudonym, shortened
from tests.builders import LONDON, at

KEY = b"k" * 32
DAY = timedelta(days=1)


def of(id_: str = "sam", key: bytes = KEY, kind: str = "person", days: int = 0) -> str:
    return pseudonym(key, "Pupil", kind, id_, at() + days * DAY, LONDON)


def test_a_week_has_one_pseudonym_and_the_next_another() -> None:
    assert {of(days=n) for n in range(7)} == {of()}  # from Monday to Sunday
    assert of(days=7) != of()
    assert of(days=-1) != of()


def test_it_depends_on_who_what_and_the_key() -> None:
    made = {of(), of("ann"), of(kind="device"), of(key=b"x" * 32)}
    assert len(made) == 4


@given(st.text(max_size=40))
def test_nothing_of_the_name_is_in_it(id_: str) -> None:
    word, _, figures = of(id_).partition(" ")
    assert word == "Pupil"
    assert len(figures) == 6
    assert set(figures) <= set("0123456789ABCDEF")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("10.1.0.5", "10.1.x.x"), ("fd00:1::5", "fd00:0001:0000:x"), ("", ""),
        ("nonsense", ""), ("::1", "0000:0000:0000:x"),
    ],
)  # fmt: skip
def test_addresses_are_shortened(address: str, said: str) -> None:
    assert shortened(address) == said
