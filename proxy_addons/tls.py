"""TLS with clients by our certificates, with web servers by mitmproxy's own settings.

A client's TLS is answered only where ``steer`` has said so. Without its mark it meets a
context that has no certificate, which ends the handshake with an alert; so whatever goes
wrong before this point ends closed.
"""

from __future__ import annotations

from typing import Final

from mitmproxy import ctx, tls
from mitmproxy.addons.tlsconfig import AppData, TlsConfig
from OpenSSL import SSL

from proxy_addons.certificates import Certificates
from proxy_addons.connections import Connections

_STORE: Final = frozenset({"certs", "confdir", "key_size", "cert_passphrase"})


class SchoolTls(TlsConfig):
    """mitmproxy's TLS settings; what clients are shown comes from ``Certificates``."""

    name = "tlsconfig"

    def __init__(self, certificates: Certificates, connections: Connections) -> None:
        self._certificates = certificates
        self._connections = connections
        self._refusing = SSL.Context(SSL.TLS_SERVER_METHOD)

    def configure(self, updated: set[str]) -> None:
        """Check mitmproxy's TLS options, but have it keep no store of certificates."""
        super().configure(set(updated) - _STORE)  # type: ignore[no-untyped-call]

    def running(self) -> None:
        """Do nothing: mitmproxy would read, or make, a CA of its own here."""

    def request(self, flow: object) -> None:
        """Do nothing: newer versions of mitmproxy answer for a revocation list here."""

    def tls_start_client(self, tls_start: tls.TlsData) -> None:
        """Show a certificate to connections that ``steer`` has marked, to no other."""
        link = self._connections.by_id(tls_start.context.client.id)
        host = link.answered if link is not None else ""
        context = self._certificates.leaf(host).context if host else self._refusing
        secure = SSL.Connection(context)
        secure.set_app_data(AppData(client_alpn=None, server_alpn=None, http2=ctx.options.http2))
        secure.set_accept_state()
        tls_start.ssl_conn = secure
