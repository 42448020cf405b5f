"""Serves the admin UI with waitress until the process is told to stop."""

from __future__ import annotations

from typing import Final

from waitress import create_server

from admin_ui.app import create_app
from admin_ui.settings import WebSettings

THREADS: Final = 4
LONGEST_REQUEST: Final = 1 << 20  # bytes: nothing here takes more than a form


def serve(settings: WebSettings) -> None:
    """Serve until SystemExit or KeyboardInterrupt is raised in this thread."""
    host, port = settings.listen
    server = create_server(
        create_app(settings),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LONGEST_REQUEST,
    )
    try:
        server.run()
    finally:
        server.close()
