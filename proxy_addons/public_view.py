"""An approved page of an otherwise closed site is shown as to a stranger: logged out.

A logged-in visit would open the whole site through the one page that was approved, so
cookies and credentials are taken off on the way there, and none are set on the way back.
"""

from __future__ import annotations

from typing import Final

from mitmproxy import http

from proxy_addons.gate import passage_of

SENT: Final = ("cookie", "authorization", "proxy-authorization")
SET: Final = ("set-cookie", "set-cookie2", "clear-site-data")


class PublicView:
    """Strips what tells a site who is looking."""

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Take cookies and credentials off a request."""
        passage = passage_of(flow)
        if passage is not None and passage.verdict.public_view:
            for name in SENT:
                flow.request.headers.pop(name, None)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Take cookies off an answer."""
        passage = passage_of(flow)
        if flow.response is not None and passage is not None and passage.verdict.public_view:
            for name in SET:
                flow.response.headers.pop(name, None)
