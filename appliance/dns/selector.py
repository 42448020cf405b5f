"""An event loop's selector that serves the busy UDP sockets itself.

A datagram that has a finished answer needs none of asyncio's machinery, which costs more
than the answer. So these sockets are served right where the process waits, and the loop
wakes only for its own affairs: upstream answers, TCP, timers, signals.
"""

from __future__ import annotations

import select
import selectors
from collections.abc import Callable

from appliance import clock

Serve = Callable[[], bool]
Ready = list[tuple[selectors.SelectorKey, int]]


class ServingSelector(selectors.EpollSelector):
    """``serve`` callbacks answer what waits and say whether they left work to the loop."""

    def __init__(self) -> None:
        super().__init__()
        self._outer = select.epoll()
        self._loop_fd = self.fileno()
        self._outer.register(self._loop_fd, select.EPOLLIN)
        self._serve: dict[int, Serve] = {}

    def add(self, fd: int, serve: Serve) -> None:
        """Serve a socket from now on."""
        self._serve[fd] = serve
        self._outer.register(fd, select.EPOLLIN)

    def drop(self, fd: int) -> None:
        """Serve a socket no longer."""
        del self._serve[fd]
        self._outer.unregister(fd)

    def select(self, timeout: float | None = None) -> Ready:
        """Serve until the loop has something to do, at most ``timeout`` seconds."""
        deadline = None if timeout is None else clock.monotonic() + max(timeout, 0.0)
        poll, serve, loop_fd = self._outer.poll, self._serve, self._loop_fd
        while True:
            awake = False
            events = poll(timeout)
            for fd, _ in events:
                awake = (fd == loop_fd or serve[fd]()) or awake
            if awake or not events:
                return super().select(0) if awake else []
            if deadline is not None:
                timeout = deadline - clock.monotonic()
                if timeout <= 0:
                    return []

    def close(self) -> None:
        """Close both epolls."""
        self._outer.close()
        super().close()
