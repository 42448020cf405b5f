"""A thread that died is begun again, not at once, and never once all is to stop."""

from __future__ import annotations

import threading

import pytest

from appliance.kept_thread import AGAIN, KeptThread


class Clock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_died_is_begun_again_after_a_minute() -> None:
    clock, begun = Clock(), []

    def work() -> None:
        begun.append(clock.now)
        raise RuntimeError("whatever")

    thread = KeptThread("test", work, threading.Event(), clock)
    for seconds in (0.0, AGAIN - 1, 1.0):
        clock.now += seconds
        thread.look()
        thread.join(30.0)
    assert begun == [1000.0, 1000.0 + AGAIN]


def test_one_that_lives_is_left_alone_and_none_is_begun_at_the_end() -> None:
    clock, stopping, go, begun = Clock(), threading.Event(), threading.Event(), []

    def work() -> None:
        begun.append(threading.current_thread().name)
        go.wait(30.0)

    thread = KeptThread("test", work, stopping, clock)
    thread.join(0.0)  # nothing has begun yet
    thread.look()
    clock.now += 2 * AGAIN
    thread.look()
    stopping.set()
    go.set()
    thread.join(30.0)
    clock.now += 2 * AGAIN
    thread.look()
    assert begun == ["test"]
