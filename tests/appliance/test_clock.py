"""The only clock: rehearsed, real, and in which direction it is doubted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance import clock

REAL = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's time stands still."""
    monkeypatch.setattr(clock, "real", lambda: REAL)


def test_a_rehearsal_moves_the_instant_that_holds() -> None:
    assert clock.now() == clock.Now(REAL, trusted=True)
    assert clock.now(-3600.0).at == REAL - timedelta(hours=1)


@pytest.mark.parametrize(
    ("built", "trusted"),
    [
        (REAL - timedelta(days=300), True),
        (REAL + timedelta(hours=23), True),
        (REAL + timedelta(days=2), False),  # a Pi without a battery woke up in the past
    ],
)
def test_a_clock_before_the_snapshot_was_built_is_in_doubt(built: datetime, trusted: bool) -> None:
    assert clock.now(not_before=built).trusted is trusted
    assert clock.now(1e7, not_before=built).trusted is trusted  # no rehearsal mends the real one


@pytest.mark.parametrize(
    ("needed", "synchronised", "trusted"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
def test_a_clock_that_must_be_synchronised_is_in_doubt_until_it_is(
    monkeypatch: pytest.MonkeyPatch, needed: bool, synchronised: bool, trusted: bool
) -> None:
    monkeypatch.setattr(clock, "kernel_synchronised", lambda: synchronised)
    assert clock.now(need_synchronised=needed).trusted is trusted


def test_the_kernel_is_asked_and_answers() -> None:
    assert clock.kernel_synchronised() in (True, False)


def test_monotonic_never_runs_backwards() -> None:
    first = clock.monotonic()
    assert clock.monotonic() >= first
