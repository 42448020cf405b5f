"""What is in the static sets and maps: elements by set. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from appliance.firewall.document import Expression, Statement, concat, elements, flush, jump, span
from appliance.firewall.intervals import collapsed, disjoint, version
from appliance.firewall.sets import FAMILIES, closed_name
from appliance.firewall.settings import Placed, Wanted

# Sets of intervals: filled anew as a whole, since one prefix may change its neighbours.
INTERVALS: Final = ("network", "ranges", "resolvers", "manage", "school", "local")

Key = str | int | tuple[str, int] | tuple[str, str]
Filled = dict[str, dict[Key, Expression]]


def filled(wanted: Wanted) -> Filled:
    """Return what every static set and map holds: key to element, in a steady order."""
    found: Filled = {}
    for number, _, _ in FAMILIES:
        found |= _addresses(wanted, number)
    judged, known = wanted.judged, wanted.known
    marks = {"watched": judged.watched, "answered_only": judged.answered_only, "shut": judged.shut}
    marks |= {closed_name(id_): numbers for id_, numbers in judged.closed}
    for name, numbers in marks.items():
        found[name] = {mark: mark for mark in sorted(numbers)}
    for name, spans in (("tunnels", known.tunnels), ("spared", known.spared)):
        # Ports one by one: a plain table of them is met faster than intervals.
        every = ((protocol, port) for protocol, a, b in spans for port in range(a, b + 1))
        found[name] = {pair: concat(*pair) for pair in every}
    found["protocols"] = {number: number for number in known.protocols}
    return found


def filling(found: Filled) -> list[Statement]:
    """Return statements that fill empty sets."""
    return [s for name, values in found.items() for s in elements(name, values.values())]


def refilling(before: Filled, after: Filled) -> list[Statement]:
    """Return statements that lead from one filling to another: few changes, few statements."""
    found: list[Statement] = []
    for name, values in after.items():
        old = before[name]
        if old == values:
            continue
        if name[:-1] in INTERVALS:
            kind = "map" if name[:-1] in ("network", "ranges") else "set"
            found += [flush(kind, name), *elements(name, values.values())]
            continue
        gone = [value for key, value in old.items() if values.get(key) != value]
        new = [value for key, value in values.items() if old.get(key) != value]
        found += [*elements(name, gone, "delete"), *elements(name, new)]
    return found


def _addresses(wanted: Wanted, number: int) -> Filled:
    gateway, known = wanted.gateway, wanted.known
    ranges = ((p, jump(f"range_{r.id}")) for r in known.ranges for p in r.prefixes)
    return {
        f"device{number}": {
            address: [address, one.number]
            for one in wanted.every
            for address in one.addresses
            if version(address) == number
        },
        f"network{number}": _map(_prefixes(wanted.every), number),
        f"ranges{number}": _map(ranges, number),
        f"resolvers{number}": _set(known.resolvers, number),
        f"manage{number}": _set(gateway.manage, number),
        f"school{number}": _set(wanted.school, number),
        f"local{number}": _set(known.local, number),
    }


def _prefixes(every: Iterable[Placed]) -> Iterable[tuple[str, Expression]]:
    return ((text, one.number) for one in every for text in one.prefixes)


def _map(pairs: Iterable[tuple[str, Expression]], number: int) -> dict[Key, Expression]:
    return {(a, b): [span(a, b), value] for a, b, value in disjoint(pairs, number)}


def _set(texts: Iterable[str], number: int) -> dict[Key, Expression]:
    return {pair: span(*pair) for pair in collapsed(texts, number)}
