"""Finished answers, ready to be sent, on one shelf for each class of clients."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from math import inf
from typing import Final

from appliance import clock
from appliance.dns.answers import Answer, stamp
from appliance.dns.batch import where
from appliance.dns.handler import Reply

MOST: Final = 50_000  # finished answers; some 20 MB
_LONGEST: Final = 600.0  # seconds after which an answer is worked out anew in any case
_LEAST: Final = 0.001  # seconds between two stampings

Answers = dict[bytes, "Finished"]


class Finished:
    """An answer as bytes in memory that stays where it is.

    iovec: where they lie. until: the monotonic instant up to which it is good as it
    stands; then it is stamped again, or dead. counts, used: see ``Judged``; used is None where
    the answer holds nothing.
    """

    __slots__ = ("_answer", "_bell", "_born", "_dead", "_message", "_room", "counts", "iovec",
                 "until", "used")  # fmt: skip

    def __init__(self, reply: Reply, now: float) -> None:
        self._answer: Answer = reply.answer
        self._born, self._bell = reply.born, reply.until
        self._dead = min(self._born + self._answer.keep, self._bell, now + _LONGEST)
        self._message = bytearray(self._answer.message)
        self._room = (ctypes.c_char * len(self._message)).from_buffer(self._message)
        self.iovec = where(self._room)
        self.counts: dict[bytes, int] | None = None  # of a missing source it says 0
        self.used: Callable[[bytes], None] | None = None
        if reply.judged is not None:
            self.counts = reply.judged.counts
            if any(self._message[6:8]):  # RFC 1035 section 4.1.1: how many answers there are
                self.used = reply.judged.used
        self._stamp(now)

    @property
    def message(self) -> bytes:
        """The whole answer, with the id it was first asked with."""
        return bytes(self._message)

    @property
    def kept(self) -> bool:
        """Whether it may be given again at all."""
        return self._dead > self._born

    def still_good(self, now: float) -> bool:
        """Stamp it for this instant. False: its time is up."""
        if now >= self._dead:
            return False
        self._stamp(now)
        return True

    def _stamp(self, now: float) -> None:
        age, left = max(now - self._born, 0.0), max(self._bell - now, 0.0)
        stamp(self._message, self._answer, age, left)
        next_second = now + 1.0 - age % 1.0
        if left < inf:
            next_second = min(next_second, now + max(left % 1.0, _LEAST))
        self.until = min(self._dead, max(next_second, now + _LEAST))


class Shelf:
    """Finished answers by class of clients and question bytes (all of a packet but its id)."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._by_class: dict[tuple[object, ...], Answers] = {}
        self.by_source: dict[bytes, Answers] = {}

    def admit(self, source: bytes, shares: tuple[object, ...]) -> None:
        """From now on a source (packed address) is answered from its class's shelf."""
        self.by_source[source] = self._by_class.setdefault(shares, {})

    def put(self, shares: tuple[object, ...], key: bytes, finished: Finished) -> None:
        """Keep an answer, if there is room. Nothing is thrown out here: a batch may be using it."""
        if self._size < self._most and finished.kept:
            answers = self._by_class.setdefault(shares, {})
            self._size += key not in answers
            answers[key] = finished

    @property
    def full(self) -> bool:
        """Whether nothing more can be put on it."""
        return self._size >= self._most

    def clear(self) -> None:
        """Throw every answer away."""
        self._by_class.clear()
        self.by_source.clear()
        self._size = 0

    def forget_sources(self) -> None:
        """Forget which class each source belongs to."""
        self.by_source.clear()


def finish(reply: Reply) -> Finished:
    """Return a reply, stamped for this instant."""
    return Finished(reply, clock.monotonic())
