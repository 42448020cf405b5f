"""A child that never outlives its supervisor, not even a killed one."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def die_with_parent(parent: int | None) -> None:
    """Ask the kernel to kill this process when its parent dies.

    SIGKILL, because a process that hangs must not keep the ports; what matters has been
    given to the kernel by write(2) by then. A parent that is gone already ends us too.
    """
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the supervisor has gone")
