"""No answer tells a browser of another way in (RFC 7838): HTTP/3 would go past the gate."""

from __future__ import annotations

from mitmproxy import http


class AltSvc:
    """Removes ``Alt-Svc`` from answers."""

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Remove the header, however often it is there."""
        if flow.response is not None:
            flow.response.headers.pop("alt-svc", None)
