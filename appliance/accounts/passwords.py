"""Passwords: what may be one, and how it is kept (Cyber Essentials; NIST SP 800-63B, 3.1.1).

Long, not complicated: 12 characters at least, any characters, blanks too. What is guessed
first does not count towards them. There is no expiry.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from importlib import resources
from string import punctuation
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12  # characters
LONGEST: Final = 256  # characters: a sentence fits, a flood does not
UNGUESSED: Final = 7  # characters that must be left beside what is guessed first
DIFFERENT: Final = 6  # different characters

# RFC 9106 in the size of a Raspberry Pi: 19 MiB and three passes are about 0.1 to 0.3 s
# there, and sixteen sign-ins at once fit into its memory (OWASP: 19 MiB, t=2 at least).
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=19 << 10, parallelism=1)
_LEET: Final = str.maketrans("@4301!|$57+", "aaeoiiisstt")
_WALKS: Final = (
    "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "abcdefghijklmnopqrstuvwxyz", "qwertzuiop",
    "azertyuiop", "147258369", "741852963", "!\"£$%^&*()", "!@#$%^&*()",
)  # fmt: skip
_LONGEST_WALK: Final = max(map(len, _WALKS))
_WORDS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no character is mistaken for another


def hashed(password: str) -> str:
    """Return the Argon2id hash that is kept of a password."""
    return _HASHER.hash(_normal(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether a password is the one that was kept.

    Takes as long where nothing was kept, so that nobody learns who has an account. Fails
    closed: what is kept cannot be read, or the password is over-long: False.
    """
    given = password if len(password) <= LONGEST else ""
    try:
        right = _HASHER.verify(stored or _nobody(), _normal(given))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None and given == password


def outdated(stored: str) -> bool:
    """Whether a hash was made in a weaker way than today's, and should be made anew."""
    return _HASHER.check_needs_rehash(stored)


def problem(password: str, *, known: tuple[str, ...] = ()) -> str | None:
    """Return what speaks against a password, in words for its owner; None: it is fine.

    known: what an attacker knows of them: login, name, e-mail address, school.
    """
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Three or four words in a row are easy to keep"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    if not password.isprintable():
        return "Use characters that can be seen: no tabs or line breaks"
    if len(set(password.casefold())) < DIFFERENT:
        return f"Use at least {DIFFERENT} different characters"
    if _unguessed(password, known) < UNGUESSED:
        return (
            "This is too easy to guess. It is made of words that are tried first, of names, "
            "of keys in a row or of repeats. Add words that nobody would expect"
        )
    return None


def invented(groups: int = 6, size: int = 4) -> str:
    """Return a random password to print: 24 characters, about 119 bits, in groups."""
    made = ["".join(secrets.choice(_WORDS) for _ in range(size)) for _ in range(groups)]
    return "-".join(made)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # the same on every keyboard


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


@cache
def _common() -> tuple[str, ...]:
    text = resources.files("appliance.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    words = {word for line in text.splitlines() if line[:1] != "#" for word in line.split()}
    return tuple(sorted(words, key=len, reverse=True))


def _unguessed(password: str, known: tuple[str, ...]) -> int:
    """Return how many characters are left when all that is guessed first is taken away."""
    plain = _normal(password).casefold()
    own = {part for text in known for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 2}
    own |= {re.sub(r"[\W_]+", "", text.casefold()) for text in known}
    words = sorted((word for word in own if len(word) > 2), key=len, reverse=True)
    counts = [_left(plain, tuple(words)), _left(plain.translate(_LEET), tuple(words))]
    return min(counts)


def _left(text: str, own: tuple[str, ...]) -> int:
    text = _without_walks(text)
    for word in (*own, *_common()):
        if word in text:
            text = text.replace(word, " ")
    text = re.sub(r"(?:19|20)\d\d", " ", text)  # years
    text = re.sub(r"(.{1,12}?)\1+", r"\1", text)  # repeats count once
    return sum(1 for character in text if not (character.isspace() or character in punctuation))


def _without_walks(text: str, shortest: int = 4) -> str:
    """Take away runs of keys or letters that lie in a row, forwards or backwards."""
    rows = [row for walk in _WALKS for row in (walk, walk[::-1])]
    kept, at = [], 0
    while at < len(text):
        end = at
        for length in range(min(len(text) - at, _LONGEST_WALK), shortest - 1, -1):
            if any(text[at : at + length] in row for row in rows):
                end = at + length
                break
        if end > at:
            kept.append(" ")
            at = end
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)
