"""How many clients there were, and when that is sudden."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.look_alikes.use import PLACES, clients, place, sudden, telling

SALT = b"today"


def counted(number: int, salt: bytes = SALT) -> int:
    bits = 0
    for client in range(number):
        bits |= place(client.to_bytes(4), salt)
    return bits


@pytest.mark.parametrize("number", [0, 1, 3, 30, 300, 1000])
def test_the_estimate_is_close(number: int) -> None:
    assert clients(counted(number)) == pytest.approx(number, rel=0.08, abs=1)


def test_the_same_client_counts_once_and_another_salt_hides_it() -> None:
    assert place(b"\x0a\1\0\5", SALT) == place(b"\x0a\1\0\5", SALT)
    assert place(b"\x0a\1\0\5", SALT) != place(b"\x0a\1\0\5", b"tomorrow")


@settings(deadline=None)
@given(st.integers(0, (1 << PLACES) - 1))
def test_any_bits_are_a_number(bits: int) -> None:
    assert 0 <= clients(bits) < 10_000


@pytest.mark.parametrize(
    ("today", "before", "is_sudden"),
    [
        (8, (0, 0, 0, 0, 0), True),
        (7, (0, 0, 0, 0, 0), False),  # too few
        (80, (0, 0, 0, 0), False),  # nobody knows what is usual yet
        (12, (3, 0, 0, 0, 0), True),
        (11, (3, 0, 0, 0, 0), False),  # four times as many, at least
        (100, (30, 90, 80, 95, 99), False),
        (8, (), False),
    ],
)
def test_what_is_sudden(today: int, before: tuple[int, ...], is_sudden: bool) -> None:
    assert (sudden(today, before) is not None) is is_sudden


def test_it_counts_for_more_when_it_works_as_platforms_do() -> None:
    plain, like_one = sudden(9, (0,) * 5), sudden(9, (2,) * 5, ["www", "chat"])
    assert plain is not None
    assert like_one is not None
    assert like_one.score > plain.score
    assert plain.reason == (
        "About 9 devices used it on one day; on the 5 counted days before, nobody."
    )
    assert "hardly any" in like_one.reason  # two are too few for a number
    assert "“chat” is part of it" in like_one.reason
    many = sudden(30, (4,) * 6)
    assert many is not None
    assert "at most 4" in many.reason


def test_only_labels_of_platforms_are_kept() -> None:
    assert telling(["www", "anna-smith", "chat", "upload"]) == {"chat", "upload"}
