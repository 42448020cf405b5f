"""Of the protocols that a connection can be upgraded to, only WebSocket passes.

Anything else, HTTP/2 without TLS (h2c) above all, would become bytes that nobody reads.
"""

from __future__ import annotations

from mitmproxy import http

from proxy_addons.gate import passage_of


class Upgrades:
    """Drops the offer of an upgrade from allowed requests."""

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Drop an ``Upgrade`` to anything but WebSocket; the request itself goes on."""
        offered = flow.request.headers.get("upgrade")
        if offered is None or passage_of(flow) is None or offered.lower() == "websocket":
            return
        for name in ("upgrade", "connection", "http2-settings"):
            flow.request.headers.pop(name, None)
