"""A thread of the core that is begun again when it has died, whatever of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from appliance import clock

AGAIN: Final = 60.0  # seconds between two threads


class KeptThread:
    """Keeps ``work`` running in a thread until ``stopping`` is set. It never holds anybody up.

    Fails to a pause: what died is not begun again within a minute, and what it did before
    stays in force meanwhile.
    """

    def __init__(
        self, name: str, work: Callable[[], None], stopping: threading.Event,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:  # fmt: skip
        self._name, self._work, self._stopping = name, work, stopping
        self._monotonic = monotonic
        self._thread: threading.Thread | None = None
        self._begun = -AGAIN

    def look(self) -> None:
        """See that the thread runs. Never waits."""
        if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        now = self._monotonic()
        if now - self._begun >= AGAIN:
            self._begun = now
            # A daemon: nothing that it waits for keeps the appliance from stopping.
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def join(self, longest: float) -> None:
        """Wait for the thread to end, so many seconds at most."""
        if self._thread is not None:
            self._thread.join(longest)
