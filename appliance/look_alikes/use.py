"""How many clients use a site, and whether that is sudden. PURE.

Counting is approximate and names nobody: each client sets one of ``PLACES`` bits, chosen by
a salted hash (linear counting: Whang, Vander-Zanden and Taylor, 1990). Two clients may share
a bit, so that a bit never says who it was; the error is a few in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import Final

PLACES: Final = 1024  # bits for each site: good up to some 2,000 clients
FEW: Final = 3  # clients: a number below it is neither kept nor shown
SUDDEN: Final = 8  # clients on a day, about a third of a class
TIMES: Final = 4  # as many as on the busiest of the days before
HISTORY: Final = 5  # days counted before anything can be sudden
_SCORE, _LIKE_ONE, _WHOLE_CLASS = 50, 10, 5
_CLASS: Final = 25
# Sub-domains by which platforms carry talk, streams and uploads.
_TELLING: Final = frozenset(
    {"chat", "edge-chat", "msg", "messages", "im", "dm", "ws", "wss", "socket", "realtime", "rtc",
     "turn", "stun", "signalling", "signaling", "live", "stream", "rtmp", "upload", "uploads",
     "feed", "stories", "gateway", "voice", "lobby", "multiplayer", "friends", "comments"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sudden:
    """A use that is sudden: the score it earns by itself, and why."""

    score: int
    reason: str


def place(source: bytes, salt: bytes) -> int:
    """Return the bit that stands for a client (packed address) today. salt: 1 to 64 bytes."""
    digest = blake2b(source, digest_size=4, key=salt).digest()
    return 1 << int.from_bytes(digest) % PLACES


def clients(bits: int) -> int:
    """Return about how many clients set the bits."""
    empty = PLACES - bits.bit_count()
    return round(PLACES * log(PLACES / max(empty, 1)))


def telling(fronts: Iterable[str]) -> frozenset[str]:
    """Return the labels in front of a site that platforms have for talk, streams and uploads."""
    return _TELLING.intersection(fronts)


def sudden(today: int, before: Sequence[int], fronts: Iterable[str] = ()) -> Sudden | None:
    """Return whether so many clients today are sudden after the counted days before.

    before: clients on each day that was counted at all. fronts: labels in front of the site.
    """
    if len(before) < HISTORY or today < SUDDEN or today < TIMES * max(before):
        return None
    told = sorted(telling(fronts))
    busiest = max(before)
    known = "nobody" if busiest == 0 else f"at most {busiest}" if busiest >= FEW else "hardly any"
    words = f"About {today} devices used it on one day; on the {len(before)} counted days before"
    words = f"{words}, {known}"
    score = _SCORE + _LIKE_ONE * bool(told) + _WHOLE_CLASS * (today >= _CLASS)
    if told:
        return Sudden(score, f"{words}. It works as platforms do: “{told[0]}” is part of it.")
    return Sudden(score, f"{words}.")
