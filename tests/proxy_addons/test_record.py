"""Attempts are folded in memory and written off the path of requests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from appliance.attempts.attempt import Layer, Visit
from appliance.policy.engine import decide
from proxy_addons.record import Folded
from tests import builders
from tests.proxy_addons.world import Kept


def noted(*asked: builders.Query, layer: Layer = Layer.HTTP) -> Kept:
    sink = Kept()
    folded = Folded(sink)
    for query in asked:
        verdict = decide(query, builders.snapshot())
        folded.note(query, verdict, layer, Visit.PAGE)
    assert sink.attempts == []
    asyncio.run(folded.flush())
    asyncio.run(folded.flush())  # nothing is written twice
    return sink


def test_repeats_are_one_row_with_a_count_and_both_times() -> None:
    first = builders.query("https://x.com/a?one=1", when="09:30")
    again = builders.query("https://x.com/a?two=2", when="09:31")
    (row,) = noted(first, again).attempts
    assert (row.count, row.url) == (2, "https://x.com/a")
    assert row.last - row.at == timedelta(minutes=1)


def test_different_things_are_different_rows() -> None:
    rows = noted(
        builders.query("https://x.com/a"),
        builders.query("https://x.com/b"),
        builders.query("https://x.com/a", builders.PUPIL),
        builders.query("https://x.com/a", method="POST"),
        builders.query("https://x.com/a", when="10:35"),
    ).attempts
    assert [row.count for row in rows] == [1] * 5


def test_sanctuary_and_what_no_rule_speaks_of_leave_nothing() -> None:
    asked = (builders.query("https://childline.org.uk/"), builders.query("https://other.example/"))
    assert noted(*asked).attempts == []


def test_the_illegal_is_recorded_without_its_name() -> None:
    (row,) = noted(builders.query("https://illegal.example/x")).attempts
    assert (row.host, row.url, row.reason) == ("withheld", "", "illegal")
