"""Several lines about one name, and names above and below each other."""

from __future__ import annotations

import pytest

from appliance.lists.adblock import entries
from appliance.lists.entry import Kind
from appliance.lists.folding import folded, record
from appliance.policy.domains import Mark
from appliance.policy.names import key_of, name_of


def told(*lines: str) -> dict[str, tuple[Mark, int]]:
    """Return what adblock rules come to."""
    records = [
        record(key_of(name), kind, number)
        for number, line in enumerate(lines, 1)
        for name, kind in entries(line)
    ]
    return {name_of(key): (mark, line) for key, mark, line in folded(sorted(records))}


B, E, X = Mark.BELOW, Mark.EXACT, Mark.EXCEPT


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("||a.example^", "||a.example^"), {"a.example": (B, 1)}),
        (("a.example", "||a.example^"), {"a.example": (B, 2)}),
        (("||a.example^", "@@||a.example^"), {"a.example": (X, 2)}),
        (("||a.example^$important", "@@||a.example^"), {"a.example": (B, 1)}),
        (("@@||a.example^$important", "||a.example^$important"), {"a.example": (X, 1)}),
        # An exception opens what lies below it too, and importance closes it again.
        (("||x.a.example^", "@@||a.example^"), {"a.example": (X, 2)}),
        (("||x.a.example^$important", "@@||a.example^"),
         {"a.example": (X, 2), "x.a.example": (B, 1)}),
        (("||a.example^", "@@||x.a.example^"), {"a.example": (B, 1), "x.a.example": (X, 2)}),
        (("||a.example^$important", "@@||x.a.example^"), {"a.example": (B, 1)}),
        (("||x.a.example^$important", "@@||a.example^$important"), {"a.example": (X, 2)}),
        # An exact exception is for its name, and what is closed below it stays so.
        (("||x.a.example^", "@@|a.example^"), {"a.example": (X, 2), "x.a.example": (B, 1)}),
        # $denyallow spares a name from its own rule alone.
        (("||a.example^$denyallow=x.a.example",), {"a.example": (B, 1), "x.a.example": (X, 1)}),
        (("||a.example^$denyallow=x.a.example", "||x.a.example^"),
         {"a.example": (B, 1), "x.a.example": (B, 2)}),
        (("||a.example^$denyallow=x.a.example", "||a.example^"), {"a.example": (B, 2)}),
        (("||a.example^$denyallow=x.a.example", "||y.x.a.example^"),
         {"a.example": (B, 1), "x.a.example": (X, 1), "y.x.a.example": (B, 2)}),
        # Importance of the name alone beside a plain rule for all below it.
        (("a.example$important", "||a.example^"), {"a.example": (B, 2)}),
        (("a.example$important", "@@||a.example^"), {"a.example": (E, 1)}),
        # A name that only ends alike is not below.
        (("@@||a.example^", "||xa.example^"), {"a.example": (X, 1), "xa.example": (B, 2)}),
        (("@@||a.example^", "||z.example^", "||b.a.example^"),
         {"a.example": (X, 1), "z.example": (B, 2)}),
    ],
)  # fmt: skip
def test_rules_are_held_against_each_other(
    lines: tuple[str, ...], found: dict[str, tuple[Mark, int]]
) -> None:
    assert told(*lines) == found


def test_the_first_line_is_told_whatever_its_digits() -> None:
    records = sorted(record("example.a.", Kind.BELOW, line) for line in (100, 9, 25))
    assert list(folded(records)) == [("example.a.", Mark.BELOW, 9)]


def test_every_kind_has_its_mark_and_its_place() -> None:
    for kind in Kind:
        [(_, mark, _)] = folded([record("example.a.", kind, 1)])
        assert mark in Mark
        for other in Kind:
            assert len(list(folded(sorted(record("k.", one, 1) for one in (kind, other))))) == 1
