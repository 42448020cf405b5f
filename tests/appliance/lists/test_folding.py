"""Several lines about one name, and names above and below each other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lists.adblock import entries
from appliance.lists.entry import Kind
from appliance.lists.folding import folded, record
from appliance.policy.domains import Mark
from appliance.policy.names import key_of, name_of, suffixes, within


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


NAMES = [f"{below}a.example" for below in ("", "a.", "b.", "a.a.", "b.a.", "a.b.", "x.b.a.")]
NAME = st.sampled_from(NAMES)
PLAIN = st.builds("||{}^".format, NAME)
RULES = st.lists(
    PLAIN
    | st.builds("@@||{}^".format, NAME)
    | st.builds("||{}^$important".format, NAME)
    | st.builds("@@||{}^$important".format, NAME)
    | st.builds("|{}^".format, NAME),
    max_size=6,
)
# One rule that spares a name, among others that spare none.
PARTLY = st.builds(
    lambda spared, rules: [f"||a.example^$denyallow={spared}", *rules],
    st.sampled_from(NAMES[1:]), st.lists(PLAIN, max_size=4),
)  # fmt: skip


def closed_by_rules(rules: list[str], host: str) -> bool:
    """Judge a host as adblock rules are meant, one after the other."""

    def hit(rule: str) -> bool:
        name = rule.removeprefix("@@").strip("|").partition("^")[0]
        _, _, spared = rule.partition("denyallow=")
        if spared and within(host, spared):
            return False
        return within(host, name) if "||" in rule else host == name

    found = {(rule.startswith("@@"), "important" in rule) for rule in rules if hit(rule)}
    for important in (True, False):
        if (True, important) in found:
            return False
        if (False, important) in found:
            return True
    return False


def closed_by_marks(marks: dict[str, tuple[Mark, int]], host: str) -> bool:
    """Judge a host as a snapshot does: the longest entry wins."""
    for name in suffixes(host):
        mark, _ = marks.get(name, (None, 0))
        if mark is X:
            return False
        if mark is B or (mark is E and name == host):
            return True
    return False


@settings(deadline=None, max_examples=400)
@given(RULES | PARTLY)
def test_marks_close_what_the_rules_close(rules: list[str]) -> None:
    """On every name in reach of them. (An exact exception, which no mark can tell, is left out.)"""
    marks = told(*rules)
    for host in [*NAMES, *(f"z.{name}" for name in NAMES), "example", "za.example"]:
        assert closed_by_marks(marks, host) is closed_by_rules(rules, host), host
