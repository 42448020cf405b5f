"""What is asked of the filter behind the gate, and what is kept of the answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.store import filter_checks
from appliance.store.filter_checks import Expect, FilterTest, Look
from appliance.store.session import Store

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_test_names_are_kept_in_one_form(store: Store) -> None:
    given = [
        FilterTest("Blocked.Filter.example"),
        FilterTest("page.filter.example", Expect.ADDRESS, ("192.0.2.7", "2001:db8::/32")),
    ]
    with store.session() as session:
        filter_checks.put_tests(session, given)
        assert filter_checks.tests(session) == (
            FilterTest("blocked.filter.example"),
            FilterTest("page.filter.example", Expect.ADDRESS, ("192.0.2.7/32", "2001:db8::/32")),
        )
        filter_checks.put_tests(session, [])
        assert filter_checks.tests(session) == ()


@pytest.mark.parametrize(
    "tests",
    [
        [FilterTest("no name")], [FilterTest("com")], [FilterTest("")],
        [FilterTest("a.example", Expect.ADDRESS)],
        [FilterTest("a.example", Expect.ADDRESS, ("nowhere",))],
        [FilterTest("a.example", Expect.BLOCKED, ("192.0.2.1",))],
        [FilterTest(f"n{i}.example") for i in range(11)],
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(store: Store, tests: list[FilterTest]) -> None:
    with store.session() as session:
        with pytest.raises(ValueError, match=r"^\w+: "):
            filter_checks.put_tests(session, tests)
        assert filter_checks.tests(session) == ()


def test_the_oldest_looks_go_and_a_day_of_the_same_trouble_is_one(store: Store) -> None:
    with store.session() as session:
        for hour in range(20):
            filter_checks.note(session, Look(NOW + timedelta(hours=hour), False, "Silent."))
        assert [one.at.date().day for one in filter_checks.history(session, 99)] == [24, 23]
        for day in range(filter_checks.KEPT + 5):
            filter_checks.note(session, Look(NOW + timedelta(days=3 + day), True, "There."))
        assert len(filter_checks.history(session, 10_000)) == filter_checks.KEPT
        newest = filter_checks.newest(session)
        assert newest is not None
        assert newest.good
