"""What judging anew found, to be told to the kernel in as few statements as there are. PURE."""

from __future__ import annotations

from typing import Final

from appliance.firewall.learned import Pair

STEP: Final = 600  # seconds: times are told in steps, so that few statements carry many


class Changes:
    """What a slice of judging found: until when each pair holds, and which are to be cut."""

    def __init__(self) -> None:
        self.every: dict[Pair, float] = {}
        self.moved: dict[Pair, float] = {}
        self.sanctuary: list[Pair] = []
        self.blocked: dict[Pair, None] = {}

    def note(self, pair: Pair, until: float, sanctuary: bool, blocked: bool) -> None:
        """Note what holds for a client."""
        self.every[pair] = until
        if sanctuary:
            self.sanctuary.append(pair)
        if blocked:
            self.blocked[pair] = None

    def note_moved(self, pair: Pair, until: float, blocked: bool) -> None:
        """Note what holds for who came to an address after another."""
        self.moved[pair] = until
        if blocked:
            self.blocked[pair] = None


def by_step(pairs: list[Pair], untils: dict[Pair, float], now: float) -> dict[int, list[Pair]]:
    """Group pairs by the seconds that they still hold, in steps."""
    found: dict[int, list[Pair]] = {}
    for pair in pairs:
        left = max(1, int(untils[pair] - now))
        found.setdefault(-(-left // STEP) * STEP, []).append(pair)
    return found
