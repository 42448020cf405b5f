"""A connection on which something comes all the time, watched: is it alive, when did it end?"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time


class Ticker:
    """Reads a connection in a thread. Times are monotonic seconds."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self.received = b""
        self.last_at = 0.0
        self.ended_at: float | None = None
        self._connection = connection
        self._connection.settimeout(5.0)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def ticks(self) -> int:
        """How many ticks have come."""
        return self.received.count(b"tick")

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):  # the other side was first
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._connection.close()

    def _read(self) -> None:
        try:
            while piece := self._connection.recv(65536):
                self.received += piece
                self.last_at = time.monotonic()
        except (OSError, ssl.SSLError):
            pass  # cut, which is an end like any other
        self.ended_at = time.monotonic()
