"""The admin UI behind its real server, on a free port of loopback, in threads of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask

from admin_ui.serve import Server, keep_fresh
from admin_ui.settings import WebSettings


@dataclass(frozen=True)
class Site:
    """Where an application is served."""

    host: str
    port: int
    scheme: str

    def url(self, path: str = "/") -> str:
        """Return the address of a page."""
        return f"{self.scheme}://{self.host}:{self.port}{path}"


@contextmanager
def served(app: Flask, settings: WebSettings | None = None) -> Iterator[Site]:
    """Serve an application as ``bellgate run web`` does; settings: its own, for TLS."""
    wanted = settings or app.extensions["gate"].settings
    server = Server(app, replace(wanted, listen=(wanted.listen[0], 0)))
    server.prepare()
    host, port = server.socket.getsockname()[:2]
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    stopping = threading.Event()
    fresh = threading.Thread(target=keep_fresh, args=(server, wanted.tls, stopping), daemon=True)
    fresh.start()
    try:
        yield Site(host, port, "https" if server.ssl_adapter else "http")
    finally:
        stopping.set()
        server.stop()
        thread.join(10)
