"""From single attempts to what a safeguarding lead can read. PURE.

- A burst is one row: the same client asks for the same thing, gets the same answer by the
  same rule in the same period, and asks again within a minute, for a quarter of an hour at
  most. It has a count and the time of the last.
- A page that somebody opened (the proxy tells by Sec-Fetch headers) is a row for its URL.
  An app's background traffic is a row for its host.
- A look-up of a name says little by itself. Where the same client opens a page of that
  site within half a minute, the look-up is part of that visit and counted there.

Nothing is thrown away: counts and look-ups together are always the attempts that were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from appliance.attempts.attempt import Attempt, Visit
from appliance.policy.names import within

GAP: Final = timedelta(minutes=1)  # a longer silence ends a burst
LONGEST: Final = timedelta(minutes=15)
NEAR: Final = timedelta(seconds=30)  # from a look-up to the page it was for, or back
OPEN: Final = max(GAP, NEAR)  # how long after its last attempt a row may still change

Who = tuple[str, str]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log: a burst, and how many look-ups its page explains."""

    attempt: Attempt
    lookups: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch of attempts does to the rows: new ones, those that grew, those folded away."""

    added: tuple[Entry, ...]
    grown: tuple[tuple[int, Entry], ...]
    removed: tuple[int, ...]


@dataclass(slots=True, eq=False)  # told apart by identity: two bursts may look the same
class _Row:
    attempt: Attempt
    lookups: int = 0
    id: int | None = None


_Client = dict[Visit, dict[Key, _Row]]


class Folding:
    """The rows that may still change, and what the attempts taken so far did to them."""

    def __init__(self, kept: Iterable[tuple[int, Entry]] = ()) -> None:
        """Begin with rows that are in the store already, by id."""
        self._clients: dict[Who, _Client] = {}
        self._added: dict[_Row, None] = {}
        self._grown: dict[_Row, None] = {}
        self._removed: list[int] = []
        self._latest: datetime | None = None
        for id_, entry in kept:
            row = _Row(entry.attempt, entry.lookups, id_)
            self._client(entry.attempt)[entry.attempt.visit][_key(entry.attempt)] = row
            self._see(entry.attempt.last)

    def take(self, attempts: Iterable[Attempt]) -> None:
        """Fold attempts in, in the order in which they were made."""
        for attempt in sorted(attempts, key=lambda a: a.at):
            self._see(attempt.last)
            client = self._client(attempt)
            if attempt.visit is Visit.LOOKUP and self._explained(client, attempt):
                continue
            rows, key = client[attempt.visit], _key(attempt)
            row = rows.get(key)
            if row is not None and _continues(attempt, row.attempt):
                row.attempt = _together(row.attempt, attempt)
                self._touch(row)
            else:
                row = rows[key] = _Row(attempt)
                self._added[row] = None
            if attempt.visit is Visit.PAGE:
                self._explain(client, row, attempt)

    def changes(self) -> Changes:
        """Return what has to be written."""
        grown = ((row.id, Entry(row.attempt, row.lookups)) for row in self._grown)
        return Changes(
            added=tuple(Entry(row.attempt, row.lookups) for row in self._added),
            grown=tuple((id_, entry) for id_, entry in grown if id_ is not None),
            removed=tuple(self._removed),
        )

    def written(self, ids: Sequence[int]) -> None:
        """Take note that the changes are in the store: the new rows got these ids, in order."""
        for row, id_ in zip(self._added, ids, strict=True):
            row.id = id_
        self._added, self._grown, self._removed = {}, {}, []
        for who, client in tuple(self._clients.items()):
            for rows in client.values():
                for key in [key for key, row in rows.items() if not self._open(row)]:
                    del rows[key]
            if not any(client.values()):
                del self._clients[who]

    def _explained(self, client: _Client, lookup: Attempt) -> bool:
        """Whether a page explains a look-up; then it is counted there."""
        for row in client[Visit.PAGE].values():
            if _explains(row.attempt, lookup):
                row.lookups += lookup.count
                self._touch(row)
                return True
        return False

    def _explain(self, client: _Client, page: _Row, visit: Attempt) -> None:
        """Fold away the look-ups that a page just opened explains."""
        lookups = client[Visit.LOOKUP]
        for key in [key for key, row in lookups.items() if _explains(visit, row.attempt)]:
            row = lookups.pop(key)
            page.lookups += row.attempt.count
            self._touch(page)
            self._added.pop(row, None)
            self._grown.pop(row, None)
            if row.id is not None:
                self._removed.append(row.id)

    def _touch(self, row: _Row) -> None:
        if row.id is not None:
            self._grown[row] = None

    def _client(self, attempt: Attempt) -> _Client:
        return self._clients.setdefault(_who(attempt), {visit: {} for visit in Visit})

    def _see(self, at: datetime) -> None:
        self._latest = at if self._latest is None else max(self._latest, at)

    def _open(self, row: _Row) -> bool:
        return self._latest is not None and row.attempt.last >= self._latest - OPEN


def _who(attempt: Attempt) -> Who:
    return attempt.device or attempt.mac or attempt.address, attempt.person


def _key(attempt: Attempt) -> Key:
    page = attempt.visit is Visit.PAGE
    return (
        attempt.layer, attempt.visit, attempt.host, attempt.verdict, attempt.reason, attempt.rule,
        attempt.role, attempt.period, attempt.period_kind, attempt.search,
        attempt.signal,
        (attempt.url, attempt.method) if page else (),
    )  # fmt: skip


def _continues(attempt: Attempt, burst: Attempt) -> bool:
    near = burst.at - GAP <= attempt.at and attempt.at <= burst.last + GAP
    return near and max(burst.last, attempt.last) - min(burst.at, attempt.at) <= LONGEST


def _together(burst: Attempt, attempt: Attempt) -> Attempt:
    first = min(burst.at, attempt.at)
    last, count = max(burst.last, attempt.last), burst.count + attempt.count
    return replace(burst, at=first, last=last, count=count)


def _explains(page: Attempt, lookup: Attempt) -> bool:
    """Whether a look-up, or a burst of them, was for a page and what the page loads."""
    if not page.at - NEAR <= lookup.at <= page.last + NEAR or lookup.last > page.last + NEAR:
        return False
    if page.service and page.service == lookup.service:
        return True
    site = page.host.removeprefix("www.").removeprefix("m.")
    return within(lookup.host, site) or within(page.host, lookup.host)
