"""What a new body of a list brings and takes away, counted without holding either. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from appliance.policy.domains import Mark
from appliance.policy.names import name_of

SHOWN: Final = 10  # names of each kind that are kept to be looked at


@dataclass(frozen=True, slots=True)
class Difference:
    """come, gone: how many names; first_come, first_gone: the first of each, by key."""

    come: int
    gone: int
    first_come: tuple[str, ...] = ()
    first_gone: tuple[str, ...] = ()


def difference(old: Iterable[tuple[str, Mark]], new: Iterable[tuple[str, Mark]]) -> Difference:
    """Compare two lists of keys, each sorted and without repeats. Exceptions count as absent."""
    olds, news = _closed(old), _closed(new)
    first_come: list[str] = []
    first_gone: list[str] = []
    come = gone = 0
    left, right = next(olds, None), next(news, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left < right):
            assert left is not None
            gone += 1
            if gone <= SHOWN:
                first_gone.append(name_of(left))
            left = next(olds, None)
        elif left is None or right < left:
            come += 1
            if come <= SHOWN:
                first_come.append(name_of(right))
            right = next(news, None)
        else:
            left, right = next(olds, None), next(news, None)
    return Difference(come, gone, tuple(first_come), tuple(first_gone))


def _closed(items: Iterable[tuple[str, Mark]]) -> Iterator[str]:
    return (key for key, mark in items if mark is not Mark.EXCEPT)
