"""Under the appliance's own name: what the proxy says of itself, and the certificate's test.

``/health`` is JSON. ``/trusted`` and ``/trusted.svg`` are there by HTTPS alone: a device that
shows them without a warning has the school's certificate, and that is all they say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
        flow.response = answer(200, _JSON, json.dumps(said).encode())


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
