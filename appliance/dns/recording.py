"""Attempts, folded in memory and appended to the spool at most once a second.

On the answer path an attempt costs one addition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from appliance import clock
from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.dns.judge import Judge, Judged

_JUST_BEFORE: Final = 0.001  # seconds: spans are half-open, at the bell the next one holds


class Spool(Protocol):
    """Where attempts are appended (``attempts.spool.Spool``)."""

    def append(self, attempts: Iterable[Attempt]) -> None:
        """Append. Never raises, never waits: a full disk is the spool's own affair."""
        ...

    def close(self) -> None:
        """Close it, synchronised to the disk."""
        ...


class Recording:
    """Turns the counts of verdicts into attempts."""

    def __init__(self, spool: Spool, judge: Judge) -> None:
        self._spool = spool
        self._judge = judge
        self._settled: list[Attempt] = []
        self._settled_at = clock.monotonic()

    def note(self, attempt: Attempt) -> None:
        """Keep an attempt that no count tells of for the next append."""
        self._settled.append(attempt)

    def settle(self) -> None:
        """Turn the counts into attempts. Before anything that they rest on is forgotten."""
        now = clock.monotonic()
        for judged in self._judge.recorded():
            if judged.counts is not None:
                for source, count in judged.counts.items():
                    self._note(judged, source, count, now)
                judged.counts.clear()
        self._settled_at = now

    def flush(self) -> None:
        """Append what was counted."""
        self.settle()
        settled, self._settled = self._settled, []
        if settled:
            self._spool.append(settled)

    def close(self) -> None:
        """Append what was counted and close the spool. Nothing is counted after this."""
        self.flush()
        self._spool.close()

    def _note(self, judged: Judged, source: bytes, count: int, now: float) -> None:
        asker = self._judge.asker(source)
        if asker is None:
            return
        # Counted since the last settling, and never outside the verdict's own time.
        begun = max(judged.since, self._settled_at) - judged.since
        ended = max(min(now, judged.until - _JUST_BEFORE) - judged.since, begun)
        query = replace(judged.query, client=asker.client, host=judged.host)
        attempt = attempt_of(query, judged.verdict, Layer.DNS, Visit.LOOKUP)
        if attempt is not None:
            first = judged.query.at + timedelta(seconds=begun)
            last = judged.query.at + timedelta(seconds=ended if count > 1 else begun)
            self._settled.append(replace(attempt, at=first, last=last, count=count))
