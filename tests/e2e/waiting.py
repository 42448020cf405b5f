"""Waiting for something to become true: by looking again, with an end to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

Found = TypeVar("Found")
AGAIN: Final = 0.02  # seconds between two looks


def until(look: Callable[[], Found], what: str, within: float = 10.0) -> Found:
    """Return the first true answer of ``look``.

    Raises:
        AssertionError: none came within so many seconds; with the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within} s: {what} (last: {found!r})"
        time.sleep(AGAIN)
