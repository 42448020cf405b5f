"""What a list says of each name, once all its lines are held against each other. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.lists.entry import Kind
from appliance.policy.domains import Mark


def folded(records: Iterable[str]) -> Iterator[tuple[str, Mark, int]]:
    """Yield key, mark and first line of each name, from sorted ``key TAB kind line`` records."""
    before = ""
    for record in records:
        key, _, rest = record.partition("\t")
        if key != before:
            yield key, _mark(rest[0]), int(rest[1:])
        before = key


def _mark(kind: str) -> Mark:
    if kind in (Kind.EXACT, Kind.EXACT_IMPORTANT):
        return Mark.EXACT
    return Mark.BELOW if kind in (Kind.BELOW, Kind.BELOW_IMPORTANT) else Mark.EXCEPT
