"""The policy's answers, kept for as long as they hold.

The engine is pure and answers anew each time; a page of a hundred requests asks the same
few questions. A verdict is kept per class of clients, URL and method until it expires,
the snapshot is swapped, or the clock falls out of trust.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol, TypeVar

from appliance import clock
from appliance.clock import Now
from appliance.policy import plan as planning
from appliance.policy.engine import decide
from appliance.policy.model import Verdict
from appliance.policy.plan import Plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.urls import Url
from proxy_addons import opening
from proxy_addons.connections import Connection
from proxy_addons.opening import Opening

KEPT: Final = 8192  # answers; a client that asks for ever new URLs must not fill the memory
T = TypeVar("T")


class Snapshots(Protocol):
    """The reading half of publish, as the faces use it."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that holds now."""

    @property
    def state(self) -> str:
        """``current``, ``last_good`` or ``closed``."""

    def refresh(self) -> bool:
        """Look for a newer one; True when it was swapped in."""


class _Kept(NamedTuple):
    since: datetime
    until: datetime | None
    answer: object


def now_of(contents: Contents) -> Now:
    """Return the instant that verdicts are made for: the rehearsal's, in a rehearsal."""
    return clock.now(
        contents.clock_offset,
        not_before=contents.built_at,
        need_synchronised=contents.need_synchronised_clock,
    )


class Judge:
    """Asks the engine on behalf of a connection."""

    def __init__(self, snapshots: Snapshots, now: Callable[[Contents], Now] = now_of) -> None:
        self._snapshots = snapshots
        self._now = now
        self._for: Snapshot | None = None
        self._kept: dict[tuple[object, ...], _Kept] = {}

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that holds now."""
        return self._snapshots.snapshot

    def now(self) -> Now:
        """Return the instant that holds for verdicts."""
        return self._now(self.snapshot.contents)

    def decide(self, connection: Connection, url: Url, method: str) -> tuple[Query, Verdict]:
        """Return the query made of a request, and the verdict on it."""
        query = self._query(connection, url.host, url, method)
        key = (connection.kind, query.clock_trusted, url, method)
        found = self._remembered(key, query, decide, lambda verdict: verdict.expires_at)
        return query, replace(found, record=False) if connection.unseen else found

    def plan(self, connection: Connection, host: str) -> tuple[Query, Plan]:
        """Return the query made of a host name, and how the host is carried."""
        query = self._query(connection, host, None, "GET")
        key = (connection.kind, query.clock_trusted, host)
        found = self._remembered(key, query, planning.plan, lambda plan: plan.verdict.expires_at)
        if connection.unseen:  # a self-test is no attempt of anybody's
            return query, replace(found, verdict=replace(found.verdict, record=False))
        return query, found

    def opening(self, connection: Connection, query: Query, verdict: Verdict) -> Opening:
        """Return when a blocked query will be allowed, in words that hold for the hour."""
        hour = query.at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        until = hour if verdict.expires_at is None else min(hour, verdict.expires_at)
        key = ("opens", connection.kind, query.clock_trusted, query.host, query.url, query.method)
        return self._remembered(key, query, opening.of, lambda _: until)

    def _query(self, connection: Connection, host: str, url: Url | None, method: str) -> Query:
        now = self.now()
        return Query(connection.client, host, now.at, url, method, now.trusted)

    def _remembered(
        self,
        key: tuple[object, ...],
        query: Query,
        ask: Callable[[Query, Snapshot], T],
        until: Callable[[T], datetime | None],
    ) -> T:
        snapshot = self.snapshot
        if self._for is not snapshot or len(self._kept) >= KEPT:
            self._kept.clear()
            self._for = snapshot
        kept = self._kept.get(key)
        # A clock set back makes what was kept "later" than now: asked anew.
        if kept and kept.since <= query.at and (kept.until is None or query.at < kept.until):
            return kept.answer  # type: ignore[return-value]  # filed under a key of its kind
        answer = ask(query, snapshot)
        self._kept[key] = _Kept(query.at, until(answer), answer)
        return answer
