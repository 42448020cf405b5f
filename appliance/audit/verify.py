"""Whether a chain holds, and the first entry that does not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.audit import chain
from appliance.audit.chain import Link


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was written down outside the database: the newest entry of a day, and its digest."""

    day: str  # ISO date, UTC
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How far a chain holds. broken: the first number that does not, None where all do.

    entries: how many there are. words: one sentence for people.
    """

    entries: int
    broken: int | None
    words: str

    @property
    def holds(self) -> bool:
        """Whether every entry holds."""
        return self.broken is None


def verify(links: Iterable[Link], anchors: Iterable[Anchor] = ()) -> Finding:
    """Return how far a chain holds, reading it once from its first entry.

    Finds an entry that was changed, moved, put between, or taken out; and, by the anchors,
    entries cut off at the end, and a chain that was computed afresh from some entry on.
    """
    kept: dict[int, Anchor] = {anchor.number: anchor for anchor in anchors}
    previous, count = chain.START, 0
    for link in links:
        wrong = _wrong(link, count + 1, previous, kept)
        if wrong:
            return Finding(count, count + 1, wrong)
        count, previous = link.number, link.digest
    missing = [number for number in kept if number > count]
    if missing:
        last = kept[max(missing)]
        return Finding(
            count, count + 1,
            f"Entry {count + 1} and all after it are missing: on {last.day} there were "
            f"{last.number} entries.",
        )  # fmt: skip
    return Finding(count, None, _good(count, kept))


def _wrong(link: Link, number: int, previous: str, anchors: Mapping[int, Anchor]) -> str:
    if link.number != number:
        return f"Entry {number} is missing: {link.number} comes next."
    if link.previous != previous:
        return f"Entry {number} does not follow from the one before it."
    if link.digest != chain.digest(link.number, link.entry, link.previous):
        return f"Entry {number} was changed after it was written."
    anchor = anchors.get(number)
    if anchor is not None and anchor.digest != link.digest:
        return f"Entry {number} is not the one that was anchored on {anchor.day}."
    return ""


def _good(count: int, anchors: Mapping[int, Anchor]) -> str:
    days = f"{len(anchors)} daily anchor{'' if len(anchors) == 1 else 's'}"
    return f"All {count} entries hold, and agree with {days}."
