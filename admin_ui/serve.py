"""Serves the admin UI until the process is told to stop: cheroot, with or without TLS."""

from __future__ import annotations

import logging
import ssl
from dataclasses import replace
from threading import Event, Thread
from typing import Any, Final

from cheroot.ssl import Adapter
from cheroot.wsgi import Server as WsgiServer
from flask import Flask

from admin_ui import assets, limits
from admin_ui.app import create_app
from admin_ui.connection import IDLE, Connection, Door
from admin_ui.settings import Tls, WebSettings
from appliance.authority.files import AuthorityError

THREADS: Final = 32  # more than one address may hold (connection.EACH), so it keeps nobody out
LONGEST_HEAD: Final = 32 << 10  # bytes of request line and headers
LONGEST_BODY: Final = limits.UPLOAD + (64 << 10)  # bytes; what a page takes, limits.py says
RENEW_EVERY: Final = 3600.0  # seconds between two looks at the certificate

log = logging.getLogger(__name__)


class _TlsAdapter(Adapter):
    """TLS 1.2 and 1.3 with the certificate of now. The handshake is for the worker to do."""

    def __init__(self, tls: Tls) -> None:
        super().__init__(tls.certificate, tls.key)
        self._tls = tls
        self.load()

    def load(self) -> None:
        """Take the certificate as it lies on disk now, for the connections to come.

        Raises:
            OSError: it cannot be read, or is none.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self._tls.certificate, self._tls.key)
        self.context = context

    def bind(self, sock: Any) -> Any:
        """Return the listening socket as it is."""
        return sock

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        """Return a connection that will speak TLS, and what the application hears of it."""
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, str]:
        """Return what the application hears of TLS."""
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:
        """Return nothing: a connection makes its own files."""
        raise NotImplementedError


class Server(WsgiServer):
    """cheroot with bounded connections and a quiet log."""

    ConnectionClass = Connection
    max_request_header_size = LONGEST_HEAD
    max_request_body_size = LONGEST_BODY
    keep_alive_conn_limit = 200

    def __init__(self, app: Flask, settings: WebSettings) -> None:
        super().__init__(
            settings.listen, app, numthreads=THREADS, server_name="Bellgate",
            request_queue_size=64, timeout=IDLE, shutdown_timeout=2,
        )  # fmt: skip
        self._door = Door()
        if settings.tls is not None:
            self.ssl_adapter = _TlsAdapter(settings.tls)

    def process_conn(self, conn: Connection) -> None:
        """Give a connection a worker; a new one only once it has said something."""
        if not conn.fresh:
            super().process_conn(conn)
            return
        conn.fresh = False
        address = str(conn.remote_addr)
        if not self._door.enter(address):
            conn.close()  # fails closed, for this address alone
            return
        conn.on_close = lambda: self._door.leave(address)
        self.put_conn(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Say what went wrong here; what clients do wrong is no news. Never a request's text."""
        if level >= logging.ERROR:
            log.error("admin UI: %s", msg, exc_info=traceback)
        else:
            log.debug("admin UI: %s", msg)


def serve(settings: WebSettings) -> None:
    """Serve until SystemExit or KeyboardInterrupt is raised in this thread.

    Raises:
        OSError: the address is taken, or the certificate cannot be read.
        AuthorityError: the certificate is missing or too old and cannot be renewed.
    """
    if settings.tls is not None and settings.tls.renew is not None:
        settings.tls.renew()
    app = create_app(settings)
    app.config[limits.RATED] = True
    if not assets.built(app):
        log.error("%s", assets.AssetsMissingError())
    places = (settings.listen, *settings.also)
    servers = [Server(app, replace(settings, listen=place)) for place in places]
    stopping = Event()
    try:
        for server in servers:
            server.prepare()
            keeping = (server, settings.tls, stopping)
            Thread(target=keep_fresh, args=keeping, daemon=True).start()
        for server in servers[1:]:
            Thread(target=server.serve, daemon=True).start()
        servers[0].serve()
    finally:
        stopping.set()
        for server in servers:
            server.stop()


def keep_fresh(server: Server, tls: Tls | None, stopping: Event) -> None:
    """Renew the certificate in time. Fails open: the one that is served goes on."""
    adapter = server.ssl_adapter
    while tls is not None and isinstance(adapter, _TlsAdapter):
        if stopping.wait(RENEW_EVERY):
            return
        try:
            if tls.renew is not None:
                tls.renew()
            adapter.load()
        except (AuthorityError, OSError) as error:
            log.error("admin UI: the certificate could not be renewed: %s", error)
