"""Bodies pass in pieces, unread and unkept, once a request is allowed.

Only after an allow: mitmproxy's own ``stream_large_bodies`` sends an upload on before
anything has been decided.
"""

from __future__ import annotations

from mitmproxy import http

from proxy_addons.gate import passage_of


class Stream:
    """Streams the bodies of allowed requests, both ways."""

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Stream an allowed upload."""
        if flow.response is None and passage_of(flow) is not None:
            flow.request.stream = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream an answer. A page of our own, and a protocol switch, are sent as they are."""
        response = flow.response
        if response is not None and response.status_code != 101 and passage_of(flow) is not None:
            response.stream = True
