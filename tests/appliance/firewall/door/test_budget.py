"""Rows for the log: few of one client and sign, and none of what was tried lost from the count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.door.budget import Budget

KEY, OTHER = ("10.1.0.5", "vpn_port"), ("10.1.0.6", "vpn_port")


def test_few_are_rows_of_their_own_and_the_last_stands_for_the_rest() -> None:
    budget: Budget[int] = Budget(rows=3, span=60)
    for one in range(7):
        budget.add(KEY, one)
    budget.add(OTHER, 9)
    assert list(budget.spent(0.0)) == [(0, 0), (1, 0), (2, 4), (9, 0)]
    assert list(budget.spent(1.0)) == []


def test_what_has_no_room_waits_and_is_counted() -> None:
    budget: Budget[int] = Budget(rows=2, span=60)
    for one in range(2):
        budget.add(KEY, one)
    assert list(budget.spent(0.0)) == [(0, 0), (1, 0)]
    for one in range(2, 5):
        budget.add(KEY, one)
        assert list(budget.spent(float(one))) == []
    assert list(budget.spent(60.0)) == [(2, 2)]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 40)), max_size=40))
def test_every_try_is_counted_once(steps: list[tuple[int, int, int]]) -> None:
    budget: Budget[int] = Budget(rows=3, span=60)
    now, put, rows = 0.0, 0, []
    for client, many, pause in steps:
        for _ in range(many):
            budget.add((str(client), "x"), client)
            put += 1
        rows += [(one, others, now) for one, others in budget.spent(now)]
        now += pause
    rows += [(one, others, now + 100) for one, others in budget.spent(now + 100)]
    assert sum(1 + others for _, others, _ in rows) == put
    for one, _, at in rows:
        assert sum(1 for who, _, when in rows if who == one and at - 60 < when <= at) <= 3
