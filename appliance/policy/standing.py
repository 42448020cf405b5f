"""Which entries of lists count for a host. The order, and why, is in ``precedence``."""

from __future__ import annotations

from enum import StrEnum

from appliance.policy.domains import ListMatch
from appliance.policy.model import CategoryClass
from appliance.policy.snapshot import Snapshot


class Standing(StrEnum):
    """Whether an entry of a list counts for a host, or what it is passed over for."""

    COUNTS = "counts"
    NEVER_BLOCK = "never_block"  # no list closes the host, whatever it says
    OWN = "own"  # the school or the catalogue says itself what the host is
    LONGER = "longer"  # a longer entry of another list says what the host is


def weighed(host: str, snapshot: Snapshot) -> tuple[tuple[ListMatch, Standing], ...]:
    """Return every entry of a list that names a canonical host, and whether it counts."""
    matches = snapshot.lists.find(host)
    if not matches:
        return ()
    never, own = snapshot.never_blocks(host), snapshot.catalogue.own_word(host)
    found = [(match, _alone(match, host, snapshot, never=never, own=own)) for match in matches]
    longest = max(
        (len(m.entry) for m, s in found if s is Standing.COUNTS and not _lawful(m, snapshot)),
        default=0,
    )
    return tuple(
        (match, Standing.LONGER)
        if standing is Standing.COUNTS and _length(match, host, snapshot) < longest
        else (match, standing)
        for match, standing in found
    )


def _alone(match: ListMatch, host: str, snapshot: Snapshot, *, never: bool, own: int) -> Standing:
    """What becomes of an entry, the other lists left aside."""
    if _lawful(match, snapshot):
        return Standing.NEVER_BLOCK if snapshot.essential(host) else Standing.COUNTS
    if never:
        return Standing.NEVER_BLOCK
    return Standing.OWN if _length(match, host, snapshot) <= own else Standing.COUNTS


def _lawful(match: ListMatch, snapshot: Snapshot) -> bool:
    return snapshot.class_of_category(match.category) is CategoryClass.ILLEGAL


def _length(match: ListMatch, host: str, snapshot: Snapshot) -> int:
    """How closely an entry points; one that is kept secret may be the host itself."""
    return len(match.entry) if match.entry and not _lawful(match, snapshot) else len(host)
