"""Closes the socket of a client that mitmproxy has finished with.

From Python 3.12 on, where tasks start eagerly, a second close can reach mitmproxy's
connection handler while it is closing; it then ends with the socket still open, and the
client waits for ever (seen with 12.2.3 on 3.13). What it has let go of is closed here.
"""

from __future__ import annotations

from collections.abc import Callable

from mitmproxy import connection


class HangUp:
    """Closes what is left open."""

    def __init__(self) -> None:
        self._close: Callable[[connection.Client], None] = lambda _: None

    def closes_by(self, close: Callable[[connection.Client], None]) -> None:
        """Say how a client's socket is closed. Known once the server runs."""
        self._close = close

    def client_disconnected(self, client: connection.Client) -> None:
        """Close the client's socket if it is still open."""
        self._close(client)
