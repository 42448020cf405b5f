"""Reading the log, following it, and taking away what is too old."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.attempts.visits import Changes, Entry
from appliance.store import attempts as log
from appliance.store.session import Store
from tests.builders import at, attempt

MINUTE = timedelta(minutes=1)


def fill(store: Store, *minutes: int, **more: object) -> None:
    """Write a row for each minute."""
    made = tuple(Entry(attempt(f"{n}.example", at=at() + n * MINUTE, **more)) for n in minutes)
    with store.session() as s:
        log.write(s, Changes(made, (), ()))


def hosts(found: tuple[log.KeptAttempt, ...]) -> list[str]:
    """Return the hosts of rows, without what they have in common."""
    return [kept.attempt.host.partition(".")[0] for kept in found]


def test_rows_are_chosen_by_time_person_and_verdict(store: Store) -> None:
    fill(store, 3, 1)
    fill(store, 2, person="sam", verdict="allow")
    with store.reading() as s:
        assert hosts(log.select(s)) == ["1", "2", "3"]
        assert hosts(log.select(s, since=at() + 2 * MINUTE)) == ["2", "3"]
        assert hosts(log.select(s, until=at() + 2 * MINUTE)) == ["1"]
        assert hosts(log.select(s, person="sam")) == ["2"]
        assert hosts(log.select(s, verdict="block")) == ["1", "3"]
        assert hosts(log.select(s, limit=2)) == ["2", "3"]
        assert log.count(s) == 3
        assert log.count(s, since=at() + 2 * MINUTE, verdict="block") == 1


def test_the_log_can_be_followed(store: Store) -> None:
    fill(store, 5)
    with store.reading() as s:
        last = log.select(s)[-1].id
    fill(store, 4, 6)  # by id, not by time: what comes late is seen too
    with store.reading() as s:
        assert hosts(log.select(s, after_id=last)) == ["4", "6"]
        assert hosts(log.select(s, after_id=last, limit=1)) == ["4"]


def test_an_id_is_never_used_twice(store: Store) -> None:
    with store.session() as s:
        (first,) = log.write(s, Changes((Entry(attempt()),), (), ()))
        log.write(s, Changes((), (), (first,)))
        (second,) = log.write(s, Changes((Entry(attempt()),), (), ()))
    assert second > first


def test_what_is_too_old_goes_in_turns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, *range(10))
    monkeypatch.setattr(log, "ROWS_AT_ONCE", 3)
    with store.session() as s:
        assert log.purge(s, at() + 4 * MINUTE) == 3
        assert log.purge(s, at() + 4 * MINUTE) == 1
        assert log.purge(s, at() + 4 * MINUTE) == 0
        assert log.count(s) == 6
