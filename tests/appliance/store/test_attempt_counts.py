"""What the charts show is what the log holds."""

from __future__ import annotations

from datetime import timedelta

from appliance.attempts.attempt import Visit
from appliance.attempts.visits import Changes, Entry
from appliance.store import attempt_counts, attempts
from appliance.store.attempt_counts import Counted
from appliance.store.session import Store
from tests.builders import at, attempt

DAY = Counted(since=at("00:00"), until=at("00:00") + timedelta(days=1))


def test_counts_by_hour_and_by_sort(store: Store) -> None:
    rows = [
        attempt(at=at("09:10"), count=3), attempt(at=at("09:50"), role="pupil", service="x"),
        attempt(at=at("11:00"), role="pupil", verdict="allow"),
        attempt(at=at("11:30"), visit=Visit.BACKGROUND, count=50),
        attempt(at=at("09:00") + timedelta(days=1)),
    ]  # fmt: skip
    with store.session() as s:
        attempts.write(s, Changes(tuple(map(Entry, rows)), (), ()))
    with store.reading() as s:
        assert attempt_counts.by_hour(s, DAY) == {at("09:00"): 4, at("11:00"): 1}
        assert list(attempt_counts.by(s, DAY, "role").items()) == [("staff", 3), ("pupil", 2)]
        assert attempt_counts.by(s, DAY, "service") == {"facebook": 4, "x": 1}
        assert attempt_counts.total(s, DAY) == 5
        noise = Counted(since=DAY.since, until=DAY.until, noise=True, role="staff")
        assert attempt_counts.total(s, noise) == 53
        allowed = Counted(since=DAY.since, until=DAY.until, verdict="allow", visit="lookup")
        assert attempt_counts.by(s, allowed, "verdict") == {"allow": 1}
        assert attempt_counts.by_hour(s, Counted(since=DAY.until, until=DAY.since)) == {}
