"""Attempts on their way to the spool: folded in memory, written at most once a second.

The hooks only count; ``flush`` is called by a timer and writes in a thread, so that no
request ever waits for the card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.attempts.spool import SpoolState
from appliance.policy.model import Verdict
from appliance.policy.situation import Query


class Sink(Protocol):
    """The writing half of the spool. It keeps what cannot be written, and never raises."""

    @property
    def state(self) -> SpoolState:
        """Whether attempts wait or were dropped, and why."""

    def append(self, attempts: Iterable[Attempt]) -> None:
        """Write attempts in one go."""


class _Row:
    __slots__ = ("count", "last", "layer", "query", "search", "verdict", "visit")

    def __init__(
        self, query: Query, verdict: Verdict, layer: Layer, visit: Visit, search: str
    ) -> None:
        self.query, self.verdict, self.layer, self.visit = query, verdict, layer, visit
        self.search = search
        self.last: datetime = query.at
        self.count = 1


class Folded:
    """Attempts since the last flush, repeats counted on one row."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._rows: dict[tuple[object, ...], _Row] = {}
        self._signs: dict[tuple[str, ...], Attempt] = {}

    @property
    def spool(self) -> SpoolState:
        """How writing goes."""
        return self._sink.state

    def note(
        self, query: Query, verdict: Verdict, layer: Layer, visit: Visit, search: str = ""
    ) -> None:
        """Take down one access tried, where anything of it may be kept."""
        if not verdict.record:
            return
        client, url = query.client, query.url
        key = (
            client.address, client.mac, client.person, query.host, url and url.path,
            url and url.scheme, query.method, verdict.action, verdict.rule, verdict.period,
            layer, visit, search,
        )  # fmt: skip
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = _Row(query, verdict, layer, visit, search)
        else:
            row.count += 1
            row.last = query.at

    def sign(self, attempt: Attempt) -> None:
        """Take down a sign of a way round the gate; repeats of it are counted."""
        key = (attempt.address, attempt.person, attempt.host, attempt.signal, attempt.evidence)
        held = self._signs.get(key, replace(attempt, count=0))
        self._signs[key] = replace(held, last=attempt.last, count=held.count + attempt.count)

    async def flush(self) -> None:
        """Hand on what has gathered."""
        rows, self._rows = self._rows, {}
        signs, self._signs = self._signs, {}
        batch = [found for row in rows.values() if (found := _attempt(row))]
        batch += signs.values()
        if batch:
            await asyncio.to_thread(self._sink.append, batch)


def _attempt(row: _Row) -> Attempt | None:
    found = attempt_of(row.query, row.verdict, row.layer, row.visit, row.search)
    return found and replace(found, last=row.last, count=row.count)
