"""Where each network card has lived: who changes its MAC keeps its address and what is open.
PURE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MOST_OF_ONE: Final = 32  # addresses of one card, and cards at one address; the newest count
MOST: Final = 65_536  # addresses of all


class Homes:
    """The addresses of MACs, now and before. Bounded: the oldest are forgotten first."""

    def __init__(self) -> None:
        self._seen: Mapping[str, str] | None = None
        self._last: dict[str, str] = {}
        self._homes: dict[str, dict[str, None]] = {}
        self._cards: dict[str, dict[str, None]] = {}

    def look(self, neighbours: Mapping[str, str]) -> set[str]:
        """Take in the neighbours' MACs by address. Return those that lost an address to another."""
        if neighbours is self._seen:
            return set()
        self._seen, left = neighbours, set()
        for address, mac in neighbours.items():
            before = self._last.get(address)
            if before == mac or "%" in address:
                continue
            if before is not None:
                left.add(before)
            self._last[address] = mac
            _put(self._homes.setdefault(mac, {}), address)
            _put(self._cards.setdefault(address, {}), mac)
        while len(self._last) > MOST:
            self._forget(next(iter(self._last)))
        return left

    def of(self, mac: str) -> tuple[str, ...]:
        """Return the addresses where a card has been seen."""
        return tuple(self._homes.get(mac, ()))

    def cards(self, address: str) -> tuple[str, ...]:
        """Return the cards that have been seen at an address."""
        return tuple(self._cards.get(address, ()))

    def others_now(self, mac: str, neighbours: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return (address, MAC) of who lives now where a card has lived."""
        found = ((address, neighbours.get(address)) for address in self.of(mac))
        return [(address, now) for address, now in found if now is not None and now != mac]

    def _forget(self, address: str) -> None:
        del self._last[address]
        for mac in self._cards.pop(address):
            homes = self._homes.get(mac, {})
            homes.pop(address, None)
            if not homes:
                self._homes.pop(mac, None)


def _put(some: dict[str, None], one: str) -> None:
    some.pop(one, None)
    some[one] = None
    if len(some) > MOST_OF_ONE:
        del some[next(iter(some))]
