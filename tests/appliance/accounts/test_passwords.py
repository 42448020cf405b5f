"""Passwords: long ones that nobody guesses are taken, whatever they are made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.accounts import passwords

KNOWN = ("j.smith@hillside.example", "Jo Smith", "Hillside Primary School")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "vixen gravel tuba orbit", "żółw pędzi przez las",
        "Kx7-mmQ2-9vTz-Lp4", "we walked nine miles uphill", "   leading blanks count   x9z",
        "🦔🌧️🥐🎻🪁🧦🫖🛶🪵🧭🪴🧇", "x" + "qv7 zpl3 kdw9" * 12, "l0tus-bramble-quartz",
    ],
)  # fmt: skip
def test_a_long_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert passwords.problem(password, known=KNOWN) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "at least 12"), ("elevenchars", "at least 12"), ("a" * 257, "at most 256"),
        ("bramble\tquartz lotus", "can be seen"), ("aaaaaaaaaaaaaaaa", "different"),
        ("abababababababab", "different"), ("passwordpassword", "guess"),
        ("Password1234!", "guess"), ("P4ssw0rd!P4ssw0rd!", "guess"), ("bellgate2026!", "guess"),
        ("Bellgate-Bellgate", "guess"), ("hillsideprimary", "guess"),
        ("HillsideSchool2026", "guess"),
        ("j.smith@hillside", "guess"), ("JoSmithJoSmith1", "guess"), ("qwertyuiop123456", "guess"),
        ("1qaz2wsx3edc4rfv", "guess"), ("poiuytrewq0987654321", "guess"),
        ("letmeinletmein12", "guess"), ("abcdefghijklmnop", "guess"),
        ("headteacher2026", "guess"),
        ("Safeguarding1!", "guess"), ("xk9qv7xk9qv7", "guess"),
        ("abcxyzabcxyzabcxyz", "guess"),
        ("summer2025summer2026", "guess"), ("123456789012", "guess"),
        ("school-school-school", "guess"),
    ],
)  # fmt: skip
def test_a_short_or_guessable_password_is_refused_in_words(password: str, said: str) -> None:
    problem = passwords.problem(password, known=KNOWN)
    assert problem is not None
    assert said in problem
    assert password not in problem or not password


def test_what_is_kept_is_argon2id_and_opens_for_the_password_alone() -> None:
    kept = passwords.hashed("vixen gravel tuba orbit")
    assert kept.startswith("$argon2id$v=19$m=19456,t=3,p=1$")
    assert kept != passwords.hashed("vixen gravel tuba orbit"), "salted"
    assert passwords.fits(kept, "vixen gravel tuba orbit")
    assert not passwords.fits(kept, "vixen gravel tuba orbis")
    assert not passwords.outdated(kept)
    assert passwords.outdated(kept.replace("t=3", "t=2"))


def test_the_same_characters_typed_otherwise_are_the_same_password() -> None:
    assert passwords.fits(passwords.hashed("caf\u00e9 bramble lotus"), "cafe\u0301 bramble lotus")


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$m=19456,t=3,p=1$x$y"])
def test_where_nothing_fit_is_kept_nothing_fits(kept: str | None) -> None:
    assert not passwords.fits(kept, "vixen gravel tuba orbit")
    assert not passwords.fits(kept, "")


def test_an_over_long_password_never_fits() -> None:
    assert not passwords.fits(passwords.hashed(""), "x" * 257)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_taken_or_answered_in_words(text: str) -> None:
    problem = passwords.problem(text, known=KNOWN)
    assert problem is None or problem.strip()
    if problem is None:
        assert passwords.SHORTEST <= len(text) <= passwords.LONGEST


@pytest.mark.parametrize("_", range(20))
def test_an_invented_password_is_always_good(_: int) -> None:
    assert passwords.problem(passwords.invented(), known=KNOWN) is None
