"""What counts after somebody has said something: news does, what was spoken of does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.circumvention.rulings import Ruling, State, counted
from appliance.circumvention.signals import Signal
from appliance.circumvention.weigh import Event

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VPN, TOR = Signal.VPN_NAME, Signal.TOR_NAME


def event(hours: float, signal: Signal = VPN) -> Event:
    at = NOW + hours * HOUR
    return Event(signal, at, at, 1, f"{signal} {hours}")


BEFORE, AFTER, LATE, NEWS = event(-2), event(2), event(50), event(1, TOR)
EVERY = (BEFORE, NEWS, AFTER, LATE)
SEEN = Ruling(state=State.SEEN, at=NOW, kinds=frozenset({VPN}))
FALSE = Ruling(
    state=State.FALSE_ALARM, at=NOW, until=NOW + 48 * HOUR, kinds=frozenset({VPN})
)  # fmt: skip


@pytest.mark.parametrize(
    ("ruling", "left"),
    [(None, EVERY), (SEEN, (NEWS, AFTER, LATE)), (FALSE, (NEWS, LATE))],
    ids=["none", "seen", "false alarm"],
)
def test_what_counts(ruling: Ruling | None, left: tuple[Event, ...]) -> None:
    assert counted(EVERY, ruling, NOW + 60 * HOUR) == left


def test_signs_that_go_on_beyond_the_ruling_count() -> None:
    long = Event(VPN, NOW - HOUR, NOW + HOUR, 40, "vpn.example")
    assert counted([long], SEEN, NOW) == (long,)
    assert counted([long], FALSE, NOW) == ()


def test_a_false_alarm_without_an_end_quiets_nothing_for_good() -> None:
    """Fails open: what a damaged row says must not hide a client for ever."""
    broken = Ruling(state=State.FALSE_ALARM, at=NOW, until=None, kinds=frozenset(Signal))
    assert counted(EVERY, broken, NOW) == (NEWS, AFTER, LATE)
