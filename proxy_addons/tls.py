"""TLS with clients by our certificates, with web servers by mitmproxy's own settings.

A client's TLS is answered only where ``steer`` has said so; without its mark there is
no TLS context, and mitmproxy closes the connection. So whatever goes wrong before this
point ends closed.
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

    def configure(self, updated: set[str]) -> None:
        """Check mitmproxy's TLS options, but have it keep no store of certificates."""
        super().configure(set(updated) - _STORE)  # type: ignore[no-untyped-call]

    def running(self) -> None:
        """Do nothing: mitmproxy would read, or make, a CA of its own here."""

    def request(self, flow: object) -> None:
        """Do nothing: newer versions of mitmproxy answer for a revocation list here."""

    def tls_start_client(self, tls_start: tls.TlsData) -> None:
        """Give a TLS context to connections that ``steer`` has marked, to no other."""
        host = self._connections.of(tls_start.context.client).answered
        if not host:
            return
        secure = SSL.Connection(self._certificates.leaf(host).context)
        secure.set_app_data(AppData(client_alpn=None, server_alpn=None, http2=ctx.options.http2))
        secure.set_accept_state()
        tls_start.ssl_conn = secure
