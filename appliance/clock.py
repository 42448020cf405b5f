"""The only place that asks what time it is.

A rehearsal offset, published in the snapshot, moves every part of the appliance to
another moment together. The clock is in doubt when it stands before the snapshot was
built (a Pi without a battery-backed clock wakes up in the past), or when the kernel says
that it is not synchronised and the school's settings ask for that.
"""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

ALLOWED_BEHIND: Final = timedelta(days=1)
_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised


@dataclass(frozen=True, slots=True)
class Now:
    """The instant that holds (rehearsed or real), and whether it can be relied on."""

    at: datetime
    trusted: bool


def real() -> datetime:
    """Return the system's time, in UTC. For stamps and ages, never for verdicts."""
    return datetime.now(UTC)


def now(
    offset: float = 0.0, *, not_before: datetime | None = None, need_synchronised: bool = False
) -> Now:
    """Return the instant that verdicts are made for.

    offset: rehearsal, in seconds. not_before: when the snapshot was built (real time).
    """
    system = real()
    behind = not_before is not None and system < not_before - ALLOWED_BEHIND
    doubtful = behind or (need_synchronised and not kernel_synchronised())
    return Now(system + timedelta(seconds=offset), trusted=not doubtful)


def monotonic() -> float:
    """Return seconds that never run backwards, for time-outs and the age of things."""
    return time.monotonic()


def kernel_synchronised() -> bool:
    """Whether the kernel says that a time source steers its clock. Unknown counts as no."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(512)  # struct timex, zeroed: modes=0 only reads
    return bool(0 <= libc.adjtimex(buffer) != _TIME_ERROR)
