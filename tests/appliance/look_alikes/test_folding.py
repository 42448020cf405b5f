"""Names that look the same at a glance have one skeleton; others have not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.look_alikes.folding import one_off, plain, shown, skeleton

WORDS = st.text("abcdefgh", min_size=1, max_size=8)


@pytest.mark.parametrize("text", ["faceb00k", "FACEBOOK", "fаcebοοk", "fácèbook", "ｆacebook"])
def test_what_looks_like_facebook(text: str) -> None:
    assert skeleton(text) == skeleton("facebook")


@pytest.mark.parametrize("text", ["facebok", "bookface", "facebooks"])
def test_what_does_not(text: str) -> None:
    assert skeleton(text) != skeleton("facebook")


def test_marks_and_foreign_letters_become_plain_ones() -> None:
    assert plain("тікtok") == "tiktok"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("plain", "plain"), ("xn--fcebook-2fg", "fаcebook"),
        ("xn--", ""), ("xn--999999999", "xn--999999999"),
        ("xn--i-7iq", "xn--i-7iq"),  # a sign that is no letter
    ],
)  # fmt: skip
def test_punycode_is_shown_as_a_browser_may(label: str, text: str) -> None:
    assert shown(label) == text


@pytest.mark.parametrize(
    ("one", "other", "off"),
    [
        ("abc", "abc", False), ("abc", "abd", True), ("abc", "ab", True), ("ab", "abc", True),
        ("abc", "acb", True), ("abc", "cba", False), ("abc", "a", False), ("", "a", True),
        ("abcd", "badc", False), ("abc", "xbd", False),
    ],
)  # fmt: skip
def test_one_letter_off(one: str, other: str, off: bool) -> None:
    assert one_off(one, other) is off


@settings(deadline=None)
@given(WORDS, st.integers(0, 7), st.sampled_from("abcdefgh"))
def test_a_changed_letter_is_one_off_in_both_directions(word: str, at: int, letter: str) -> None:
    at %= len(word)
    other = word[:at] + letter + word[at + 1 :]
    assert one_off(word, other) is (word != other)
    assert one_off(word, word[:at] + word[at + 1 :])
    assert one_off(word[:at] + word[at + 1 :], word)
