"""Answers are kept while they hold, and not a moment longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appliance.clock import Now
from appliance.policy import urls
from appliance.policy.model import Action
from appliance.policy.plan import TlsPlan
from proxy_addons import judge as judging
from proxy_addons.connections import Connection, Face
from proxy_addons.judge import KEPT, Judge
from tests import builders
from tests.proxy_addons.world import Published

URL = urls.parse("https://x.com/home")


class Bench:
    """A judge whose clock and snapshot tests set, counting what the engine is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.published = Published(builders.snapshot())
        self.at, self.trusted, self.asked = builders.at("10:35"), True, 0
        self.judge = Judge(self.published, lambda _: Now(self.at, self.trusted))
        real = judging.decide

        def counted(*what: Any) -> Any:
            self.asked += 1
            return real(*what)

        monkeypatch.setattr(judging, "decide", counted)

    def link(self, address: str = builders.STAFF) -> Connection:
        snapshot = self.published.snapshot
        client = snapshot.register.resolve(address)
        kind = snapshot.class_of(client)
        return Connection("1", address, Face.TLS, 443, snapshot, client, kind)

    def action(self, address: str = builders.STAFF) -> Action:
        return self.judge.decide(self.link(address), URL, "GET")[1].action


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_the_same_question_is_asked_once(bench: Bench) -> None:
    assert bench.action() is bench.action() is Action.ALLOW
    assert bench.asked == 1


def test_clients_of_one_class_share_answers(bench: Bench) -> None:
    bench.action()
    bench.action("10.2.7.7")
    assert bench.asked == 1
    assert bench.action(builders.PUPIL) is Action.BLOCK


def test_at_the_bell_it_is_asked_anew(bench: Bench) -> None:
    bench.action()
    bench.at = builders.at("10:50") - timedelta(microseconds=1)
    assert bench.action() is Action.ALLOW
    bench.at = builders.at("10:50")
    assert bench.action() is Action.BLOCK


def test_a_clock_set_back_is_asked_anew(bench: Bench) -> None:
    bench.at = builders.at("10:51")
    assert bench.action() is Action.BLOCK
    bench.at = builders.at("10:49")
    assert bench.action() is Action.ALLOW


def test_a_clock_that_falls_out_of_trust_is_asked_anew(bench: Bench) -> None:
    assert bench.action() is Action.ALLOW
    bench.trusted = False
    assert bench.action() is Action.BLOCK


def test_a_new_snapshot_is_asked_anew(bench: Bench) -> None:
    assert bench.action() is Action.ALLOW
    bench.published.snapshot = builders.snapshot(sanctions=(builders.sanction("role:staff"),))
    assert bench.action() is Action.BLOCK


def test_urls_without_end_do_not_fill_the_memory(bench: Bench) -> None:
    for n in range(KEPT + 10):
        bench.judge.decide(bench.link(), urls.parse(f"https://x.com/{n}"), "GET")
    assert len(bench.judge._kept) <= KEPT


def test_a_plan_changes_with_the_bell_too(bench: Bench) -> None:
    assert bench.judge.plan(bench.link(), "x.com")[1].tls is TlsPlan.SPLICE
    bench.at = builders.at("10:50")
    assert bench.judge.plan(bench.link(), "x.com")[1].tls is TlsPlan.INSPECT


def test_an_opening_is_worded_anew_after_midnight(bench: Bench) -> None:
    tuesday = builders.date(2026, 11, 24)
    start, end = builders.at("12:00", tuesday), builders.at("13:00", tuesday)
    grant = builders.grant("service:x", "role:pupil", start=start, end=end)
    bench.published.snapshot = builders.snapshot(grants=(grant,))
    link = bench.link(builders.PUPIL)
    bench.at = builders.at("23:30")
    query, verdict = bench.judge.decide(link, URL, "GET")
    assert bench.judge.opening(link, query, verdict).words.startswith("It opens again tomorrow")
    bench.at = builders.at("00:10", tuesday)
    query, verdict = bench.judge.decide(link, URL, "GET")
    assert bench.judge.opening(link, query, verdict).words == "Lunch starts at 12:00."
