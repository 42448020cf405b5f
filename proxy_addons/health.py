"""Under the appliance's own name: what the proxy says of itself, and the certificate's test.

``/health`` is JSON. ``/trusted`` and ``/trusted.svg`` are there by HTTPS alone: a device that
shows them without a warning has the school's certificate, and that is all they say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from mitmproxy import http

from proxy_addons import pages
from proxy_addons.answer import answer, fields
from proxy_addons.gate import Gate
from proxy_addons.translate import host_of

Report = Callable[[], Mapping[str, object]]


class Health:
    """Answers for the appliance's own name; nothing under it is ever sent on."""

    def __init__(self, gate: Gate, report: Report) -> None:
        self._gate = gate
        self._report = report

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Answer a request for our own name."""
        if flow.error is not None:  # a stranger's, closed already
            return
        if self._gate.connections.by_id(flow.client_conn.id) is None:
            flow.response = self._how_we_are()  # a stranger's on this machine, who asks no more
            return
        link = self._gate.connections.of(flow.client_conn)
        named = link.bound or flow.request.host_header or ""
        if host_of(named.partition(":")[0]) not in self._gate.settings.own_names:
            return
        path = flow.request.path.partition("?")[0]
        if link.answered and path == "/trusted":
            page = pages.render("trusted.html", school=self._gate.contents.school)
            flow.response = answer(200, pages.HTML, page)
            return
        if link.answered and path == "/trusted.svg":
            flow.response = answer(200, _PICTURE, _TICK)
            return
        if path != "/health":
            flow.response = answer(404, _TEXT, b"Nothing is here.\n")
            return
        flow.response = self._how_we_are()

    def _how_we_are(self) -> http.Response:
        gate = self._gate
        said = {
            "snapshot": gate.contents.version,
            "state": str(gate.snapshots.state),
            "connections": len(gate.connections),
            "spool": gate.attempts.spool.trouble or "ok",
            "attempts_dropped": gate.attempts.spool.dropped,
            "certificates": gate.certificates.damage or "ok",
            "uncovered": list(gate.certificates.authority.missing(gate.contents.steerable)),
            **self._report(),
        }
        return answer(200, _JSON, json.dumps(said).encode())


def asks_for_health(request: http.Request, own_names: Collection[str]) -> bool:
    """Whether a request, by no CONNECT, is for what the proxy says of itself."""
    named = host_of((request.host_header or "").partition(":")[0])
    return named in own_names and request.path.partition("?")[0] == "/health"


_TEXT: Final = fields({"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"})
_JSON: Final = fields({"content-type": "application/json", "cache-control": "no-store"})
# Any page may show the picture: it tells nothing of anybody.
_PICTURE: Final = fields(
    {
        "content-type": "image/svg+xml",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }
)
_TICK: Final = (Path(__file__).parent / "templates" / "trusted.svg").read_bytes()
