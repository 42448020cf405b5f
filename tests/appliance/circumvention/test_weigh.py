"""Weighing: one burst counts once, repetition little, age less, nothing weak becomes strong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.circumvention.signals import Signal
from appliance.circumvention.weigh import Assessment, Event, Level, assess, level_of, ordinary
from appliance.circumvention.weights import shipped

W = shipped()
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
V = Signal.VPN_NAME


def event(minutes: float, signal: Signal = V, target: str = "vpn.example", count: int = 1) -> Event:
    """Return signs so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return Event(signal, at, at, count, target)


def weighed(*events: Event) -> Assessment:
    return assess(events, NOW, replace(W, half_life_hours=1e9))  # age is looked at by itself


def test_of_nothing_comes_nothing() -> None:
    assert weighed() == Assessment(0, Level.NONE, ())
    assert weighed().last is None


def test_a_burst_counts_once_however_many_signs_it_has() -> None:
    once = weighed(event(60))
    many = weighed(*(event(60 + n, count=7) for n in range(40)))
    assert once.score == pytest.approx(W.signals[V].weight)
    assert many.score == pytest.approx(once.score)
    (reason,) = many.reasons
    assert (reason.bursts, reason.count) == (1, 280)
    assert reason.words == "Asked for a VPN by name: 280 times (vpn.example)"


@pytest.mark.parametrize(("gap", "bursts"), [(14, 1), (15, 1), (16, 2)])
def test_where_a_burst_ends(gap: float, bursts: int) -> None:
    assert weighed(event(60), event(60 + gap)).reasons[0].bursts == bursts


def test_the_same_again_within_a_day_counts_little_and_something_else_counts_whole() -> None:
    weight = W.signals[V].weight
    again = weighed(event(200), event(100))
    other = weighed(event(200), event(100, target="other.example"))
    next_day = weighed(event(60 * 26), event(60))
    assert again.score == pytest.approx(weight * (1 + W.again))
    assert other.score == pytest.approx(weight * 2)
    assert next_day.score == pytest.approx(weight * 2)


def test_an_app_that_asks_every_half_hour_for_a_fortnight_is_no_more_than_its_kind_gives() -> None:
    found = weighed(*(event(30 * n) for n in range(600)))
    assert found.score == W.signals[V].most
    assert found.level is Level.LOOK


def test_points_halve_and_end() -> None:
    weight = W.signals[V].weight
    for half_lives in (0, 1, 1.5):
        found = assess([event(60 * W.half_life_hours * half_lives)], NOW, W)
        assert found.score == pytest.approx(weight / 2**half_lives)
    assert assess([event(60 * 24 * W.days)], NOW, W).reasons == ()


def test_kinds_add_up_and_what_weighs_most_comes_first() -> None:
    found = weighed(
        event(60, Signal.VPN_PORT, "192.0.2.1"), event(61), event(62, Signal.NO_DNS, ""),
        event(2000, Signal.VPN_PORT, "192.0.2.2"),
    )  # fmt: skip
    assert [reason.signal for reason in found.reasons] == [Signal.VPN_PORT, Signal.NO_DNS, V]
    assert found.score == pytest.approx(6 + 4 + 1.5)  # the ports gave all that they may
    assert found.level is Level.LIKELY
    assert found.last == NOW - timedelta(minutes=60)


def test_a_tunnel_is_likely_by_itself() -> None:
    assert assess([event(60, Signal.DNS_TUNNEL, "t.example")], NOW, W).level is Level.LIKELY


def test_what_devices_ask_for_by_themselves_weighs_nothing() -> None:
    for target in ("doh.dns.apple.com", "epdg.epc.mnc010.mcc234.pub.3gppnetwork.org"):
        assert ordinary(target, W)
        assert weighed(event(60, Signal.DOH_NAME, target)).reasons == ()
    assert not ordinary("notgithub.com", W)


def test_a_canary_is_a_reason_without_weight() -> None:
    found = weighed(event(60, Signal.CANARY_NAME, "use-application-dns.net"))
    assert (found.score, len(found.reasons)) == (0, 1)


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, Level.NONE), (2.99, Level.NONE), (3, Level.LOOK), (7.99, Level.LOOK), (8, Level.LIKELY)],
)
def test_the_levels(score: float, level: Level) -> None:
    assert level_of(score, W) is level


def test_reasons_name_the_commonest_few() -> None:
    found = weighed(*(event(60, target=f"{n}.example", count=n) for n in range(1, 6)))
    assert found.reasons[0].words == (
        "Asked for a VPN by name: 15 times (5.example, 4.example, 3.example and 2 more)"
    )


EVENTS = st.builds(
    lambda signal, ago, length, count, target: Event(
        signal, NOW - timedelta(minutes=ago), NOW - timedelta(minutes=ago - length), count, target
    ),
    st.sampled_from(Signal), st.floats(-100, 60 * 24 * 20), st.floats(0, 60),
    st.integers(1, 1000), st.sampled_from(["", "a.example", "b.example", "192.0.2.1"]),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=30))
def test_any_signs_come_to_something_bounded_in_any_order(events: list[Event]) -> None:
    found = assess(events, NOW, W)
    assert 0 <= found.score <= sum(weight.most for weight in W.signals.values())
    assert all(r.points <= W.signals[r.signal].most for r in found.reasons)
    assert sum(r.count for r in found.reasons) <= sum(e.count for e in events)
    backwards = assess(events[::-1], NOW, W)
    assert backwards.score == pytest.approx(found.score)
    assert found.level is level_of(found.score, W)
