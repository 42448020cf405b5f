"""The upstream's answers, kept for as long as they say, and a day longer for bad times.

An expired answer is given only when the upstream cannot be had (RFC 8767).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.dns.records import Response
from appliance.dns.wire import CD, Question

MOST: Final = 20_000  # answers; some 10 MB
LONGEST: Final = 86_400  # seconds: a TTL above a day is taken for a day (RFC 8767)
STALE_FOR: Final = 86_400  # seconds

Key = tuple[bytes, int, bool, bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and the monotonic instants at which it was got and ceases to be fresh."""

    response: Response
    got: float
    until: float


def key_of(question: Question) -> Key:
    """Return what the upstream's answer depends on: never on who asks."""
    return (
        question.name.lower(), question.type, question.dnssec_ok, bool(question.flags & CD),
    )  # fmt: skip


class AnswerCache:
    """Answers by question. Bounded: the one that was got longest ago goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Key, Kept] = {}

    def fresh(self, key: Key, now: float) -> Kept | None:
        """Return an answer whose time is not up."""
        kept = self._kept.get(key)
        return kept if kept is not None and now < kept.until else None

    def stale(self, key: Key, now: float) -> Kept | None:
        """Return an answer that is at most a day over its time."""
        kept = self._kept.get(key)
        return kept if kept is not None and now < kept.until + STALE_FOR else None

    def keep(self, key: Key, response: Response, now: float) -> Kept:
        """Keep an answer, and return it with its times. One that may not be kept is not."""
        kept = Kept(response, now, now + min(response.lifetime(), LONGEST))
        if kept.until > now:
            self._kept.pop(key, None)  # so that it goes to the end of the line
            self._kept[key] = kept
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return kept
