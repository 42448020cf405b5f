"""Whatever is done to a chain, the first entry that does not hold is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.audit import chain
from appliance.audit.chain import Entry, Link
from appliance.audit.verify import Anchor, verify

BEGUN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def made(count: int, start: int = 1, previous: str = chain.START) -> list[Link]:
    """Return a chain that holds."""
    links = []
    for number in range(start, start + count):
        entry = Entry(at=BEGUN + timedelta(minutes=number), actor="head", action="a.b")
        digest = chain.digest(number, entry, previous)
        links.append(Link(number=number, entry=entry, previous=previous, digest=digest))
        previous = digest
    return links


GOOD = made(9)


def _changed(links: list[Link]) -> list[Link]:
    entry = replace(links[4].entry, actor="somebody else")
    return [*links[:4], replace(links[4], entry=entry), *links[5:]]


def _changed_with_its_digest(links: list[Link]) -> list[Link]:
    entry = replace(links[4].entry, actor="somebody else")
    digest = chain.digest(5, entry, links[4].previous)
    return [*links[:4], replace(links[4], entry=entry, digest=digest), *links[5:]]


def _taken_out(links: list[Link]) -> list[Link]:
    return [*links[:4], *links[5:]]


def _swapped(links: list[Link]) -> list[Link]:
    return [*links[:4], links[5], links[4], *links[6:]]


def _put_between(links: list[Link]) -> list[Link]:
    return [*links[:5], *made(1, 5, links[3].digest), *links[5:]]


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        (_changed, 5), (_changed_with_its_digest, 6), (_taken_out, 5), (_swapped, 5),
        (_put_between, 6), (lambda links: links[1:], 1),
    ],
)  # fmt: skip
def test_harm_is_named(harm: Callable[[list[Link]], list[Link]], broken: int) -> None:
    found = verify(harm(GOOD))
    assert (found.holds, found.broken) == (False, broken)
    assert str(broken) in found.words


def test_a_whole_chain_holds() -> None:
    assert verify(GOOD).holds
    assert verify([]).holds
    assert verify(GOOD).entries == 9


def test_entries_cut_off_at_the_end_show_by_the_anchor_alone() -> None:
    anchors = [Anchor("2026-11-23", 8, GOOD[7].digest)]
    assert verify(GOOD[:6]).holds
    found = verify(GOOD[:6], anchors)
    assert found.broken == 7
    assert "2026-11-23" in found.words


def test_a_chain_computed_afresh_shows_by_the_anchor_alone() -> None:
    other = made(4, 6, replace(GOOD[4], digest="f" * 64).digest)
    forged = [*GOOD[:5], *made(4, 6, GOOD[4].digest)]
    forged[6] = replace(forged[6], entry=replace(forged[6].entry, reason="never happened"))
    for place in range(6, 9):
        before = forged[place - 1].digest
        digest = chain.digest(place + 1, forged[place].entry, before)
        forged[place] = replace(forged[place], previous=before, digest=digest)
    assert verify(forged).holds
    assert verify(forged, [Anchor("2026-11-23", 9, GOOD[8].digest)]).broken == 9
    assert not verify([*GOOD[:5], *other]).holds


@given(st.integers(0, 8), st.sampled_from(["actor", "action", "subject", "reason", "address"]))
def test_any_change_anywhere_is_found_at_its_place(place: int, name: str) -> None:
    changed = [*GOOD]
    entry = replace(GOOD[place].entry, **{name: "changed"})
    changed[place] = replace(GOOD[place], entry=entry)
    assert verify(changed).broken == place + 1
