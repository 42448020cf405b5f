"""The facts that scoring rests on, read once from the text files beside this one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources


@cache
def suffixes() -> frozenset[str]:
    """Return the endings of more than one label below which others register names."""
    return frozenset(word for line in _lines("suffixes.txt") for word in line.split())


@cache
def good() -> frozenset[str]:
    """Return the suffixes below which nothing counts as a look-alike."""
    return frozenset(word for line in _lines("good.txt") for word in line.split())


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of a kind: ``login``, ``added``, ``ordinary`` or ``words``."""
    found = (*_lines("words.txt"), *_lines("friends.txt"))
    split = (line.partition(": ") for line in found)
    return frozenset(word for name, _, rest in split if name == kind for word in rest.split())


@cache
def confusables() -> dict[int, str]:
    """Return the letters of other scripts and the Latin letter each looks like."""
    found: dict[int, str] = {}
    for line in _lines("confusables.txt"):
        letter, _, others = line.partition(" ")
        for other in others:
            found.setdefault(ord(other), letter)
    return found


def _lines(file: str) -> Iterator[str]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
