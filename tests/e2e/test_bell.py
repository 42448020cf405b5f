"""At the bell: what was open is cut, what is new is blocked, within one second."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from appliance.policy.model import Target, TargetKind
from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4, Lab
from tests.e2e.ticker import Ticker
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
BEFORE = 6.0  # seconds between the rehearsed start and the bell of 10:50


@pytest.fixture
def break_again(gate: Gate) -> Iterator[None]:
    """Put the clock back to break when the test is over."""
    yield
    gate.rehearse(school.BREAK)


def _ring(gate: Gate, open_things: dict[str, Ticker], bell: float) -> None:
    for what, ticker in open_things.items():
        until(lambda t=ticker: t.ticks > 3, f"{what} is alive before the bell")  # type: ignore[misc]
    assert time.monotonic() < bell, "the test bed was too slow for this bell"
    for what, ticker in open_things.items():
        until(lambda t=ticker: t.ended_at is not None, f"{what} is cut", BEFORE + 5)  # type: ignore[misc]
        assert ticker.ended_at is not None
        assert ticker.last_at > bell - 0.5, f"{what} died before the bell"
        assert ticker.ended_at - bell < 1.0, f"{what} lived on"
        ticker.close()


@pytest.mark.parametrize("inspected", [False, True], ids=["spliced", "inspected"])
def test_what_is_open_is_cut_at_the_bell(
    gate: Gate, lab: Lab, break_again: None, inspected: bool
) -> None:
    if inspected:  # a URL of the host is spoken of: from now on it is read
        target = Target(TargetKind.URL, "x.com/reported")
        gate.change(lambda session: school.report(session, target))
    bell = gate.rehearse("10:49:54") + BEFORE
    assert lab.staff.dig("x.com").ttls[0] <= BEFORE  # no answer outlives the period
    reply = lab.staff.curl("https://x.com/")
    assert reply.from_origin
    open_things = {
        "a download": lab.staff.ticker("x.com", "/stream"),
        "a WebSocket": lab.staff.ticker("x.com", "/ws", websocket=True),
    }
    _ring(gate, open_things, bell)
    assert time.monotonic() > bell
    reply = lab.staff.curl("https://x.com/")
    assert reply.status == 403
    assert lab.staff.dig("x.com").answers == (GATE4,)


def test_the_first_request_after_the_bell_is_blocked(
    gate: Gate, lab: Lab, break_again: None
) -> None:
    """On a connection that was opened, and used, in break."""
    bell = gate.rehearse("10:49:57") + 3.0
    seen: list[tuple[float, int]] = []
    while not seen or seen[-1][0] < bell + 0.5:
        began = time.monotonic()
        seen.append((began, lab.staff.curl("https://x.com/").status))
    assert 200 in [status for at, status in seen if at < bell - 0.3]
    assert {status for at, status in seen if at >= bell} == {403}


def test_break_opens_again_by_itself(gate: Gate, lab: Lab, break_again: None) -> None:
    bell = gate.rehearse("12:09:57") + 3.0
    blocked = lab.staff.curl("https://x.com/")
    assert blocked.status == 403
    assert "12:10" in blocked.body  # it says when it opens
    until(lambda: lab.staff.curl("https://x.com/").from_origin, "lunch opens it")
    assert 0 <= time.monotonic() - bell < 1.5


def test_without_the_heads_permission_break_opens_nothing(gate: Gate, lab: Lab) -> None:
    assert lab.staff.curl("https://x.com/").from_origin
    gate.change(school.withdraw_wifi)
    reply = lab.staff.curl("https://x.com/")
    assert reply.status == 403
    assert "5.10" in reply.body
