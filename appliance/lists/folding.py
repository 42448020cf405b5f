"""What a list says of each name, once all its lines are held against each other. PURE.

Of several lines about one name the strongest holds. An adblock exception opens whatever
lies below its name too, and ``$important`` closes it again; a name that is overruled so is
left out. In the formats without such rules the longer name wins, as it does between lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from appliance.lists.entry import Kind
from appliance.policy.domains import Mark

# Of two lines about the same name the one that stands further left holds.
_STRENGTH: Final = "".join(
    (
        Kind.SWEEPING_IMPORTANT, Kind.BELOW_IMPORTANT, Kind.EXACT_IMPORTANT, Kind.SWEEPING,
        Kind.SPECIFIC, Kind.BELOW, Kind.BELOW_PARTLY, Kind.EXACT, Kind.SPARED,
    )
)  # fmt: skip
_WIDE: Final = frozenset(  # what is said of a name is said of all below it
    {Kind.SWEEPING_IMPORTANT, Kind.SWEEPING, Kind.BELOW_IMPORTANT, Kind.BELOW}
)
# A line about a name comes to nothing where one of these was said of a name above it.
_OVERRULED_BY: Final = MappingProxyType(
    {
        Kind.BELOW: frozenset({Kind.SWEEPING, Kind.SWEEPING_IMPORTANT}),
        Kind.BELOW_PARTLY: frozenset({Kind.SWEEPING, Kind.SWEEPING_IMPORTANT}),
        Kind.EXACT: frozenset({Kind.SWEEPING, Kind.SWEEPING_IMPORTANT}),
        Kind.BELOW_IMPORTANT: frozenset({Kind.SWEEPING_IMPORTANT}),
        Kind.EXACT_IMPORTANT: frozenset({Kind.SWEEPING_IMPORTANT}),
        Kind.SWEEPING: frozenset({Kind.BELOW_IMPORTANT}),
        Kind.SPECIFIC: frozenset({Kind.BELOW_IMPORTANT}),
        Kind.SPARED: frozenset({Kind.BELOW}),
        Kind.SWEEPING_IMPORTANT: frozenset[Kind](),
    }
)
_MARKS: Final = MappingProxyType(
    {
        Kind.BELOW: Mark.BELOW, Kind.BELOW_PARTLY: Mark.BELOW, Kind.BELOW_IMPORTANT: Mark.BELOW,
        Kind.EXACT: Mark.EXACT, Kind.EXACT_IMPORTANT: Mark.EXACT,
        Kind.SWEEPING: Mark.EXCEPT, Kind.SPECIFIC: Mark.EXCEPT, Kind.SPARED: Mark.EXCEPT,
        Kind.SWEEPING_IMPORTANT: Mark.EXCEPT,
    }
)  # fmt: skip
_KINDS: Final = MappingProxyType({str(kind): kind for kind in Kind})


def record(key: str, kind: Kind, line: int) -> str:
    """Return what ``folded`` reads, as text: records sort by key, parents first."""
    return f"{key}\t{kind}{line}"


def folded(records: Iterable[str]) -> Iterator[tuple[str, Mark, int]]:
    """Yield key, mark and line of each name that stands, from sorted records.

    The line is the first that said what holds.
    """
    above: list[tuple[str, Kind]] = []  # names above this one of which something wide is said
    for key, said in _grouped(records):
        while above and not key.startswith(above[-1][0]):
            above.pop()
        kind, line = _strongest(said)
        if above and any(other in _OVERRULED_BY[kind] for _, other in above):
            continue
        if kind in _WIDE:
            above.append((key, kind))
        yield key, _MARKS[kind], line


def _grouped(records: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each key with what its lines say (``groupby`` takes twice the time for it)."""
    before, said = "", list[str]()
    for one in records:
        key, _, what = one.partition("\t")
        if key == before:
            said.append(what)
            continue
        if said:
            yield before, said
        before, said = key, [what]
    if said:
        yield before, said


def _strongest(said: list[str]) -> tuple[Kind, int]:
    """Return the kind that holds among several, and the first line that said it."""
    if len(said) == 1:
        return _KINDS[said[0][0]], int(said[0][1:])
    letters = {one[0] for one in said}
    first = min(letters, key=_STRENGTH.index)
    if first == Kind.EXACT_IMPORTANT and Kind.BELOW in letters and not letters & {"x", "s"}:
        return Kind.BELOW_IMPORTANT, min(int(one[1:]) for one in said if one[0] == Kind.BELOW)
    return _KINDS[first], min(int(one[1:]) for one in said if one[0] == first)
