"""Each request is decided before anything of it goes further: the policy on the wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mitmproxy import http

from appliance.attempts.attempt import Layer
from appliance.policy.model import Action, Verdict
from appliance.policy.names import is_address
from appliance.policy.search_terms import searched
from appliance.policy.situation import Query
from appliance.policy.urls import Url, request_url
from proxy_addons import block_page, error_page
from proxy_addons.answer import answer
from proxy_addons.connections import Connection, Face
from proxy_addons.gate import Gate, Passage, let_through
from proxy_addons.signs import by_address, named_otherwise
from proxy_addons.translate import Misdirected, Seen, seen, target, visit

# A blocked body is read to its end before the page goes out, and held meanwhile: a larger
# one is cut off instead.
LARGEST_BODY: Final = 4 << 20
_PLAIN_PORTS: Final = range(1024, 65536)


class Enforce:
    """Asks the policy about a request and answers it, or marks it as let through."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Decide a request by its headers, before its body is read or its server asked."""
        if flow.response is not None or flow.error is not None:
            return
        connection = self._gate.connections.of(flow.client_conn)
        headers = seen(flow.request.headers.fields)
        url = self._url(connection, flow, headers)
        if isinstance(url, Misdirected):
            if url.status == 421:
                explicit = connection.face is Face.EXPLICIT and connection.tunnel is None
                named = (flow.request.authority, *headers.hosts)
                named = (flow.request.host, *named) if explicit else named
                named_otherwise(self._gate, connection, named)
            if url.status == 403:
                by_address(self._gate, connection, headers.hosts)
            kind = error_page.OF_STATUS.get(url.status, error_page.UNREADABLE)
            page = error_page.render(kind, self._gate.contents, url.why)
            flow.response = answer(url.status, error_page.HEADERS, page)
            return
        query, verdict = self._gate.judge.decide(connection, url, flow.request.method.upper())
        self._note(connection, query, verdict, headers)
        if verdict.action is Action.ALLOW:
            let_through(flow, Passage(connection, query, verdict))
        else:
            self._block(flow, connection, query, verdict, headers)

    def _note(self, connection: Connection, query: Query, verdict: Verdict, headers: Seen) -> None:
        if connection.unseen:
            return
        search = searched(query, self._gate.judge.snapshot)
        if search is not None:  # the policy asks for it, whatever it says to the page itself
            verdict = replace(verdict, record=True, clause=verdict.clause or search.clause)
        term = search.term if search else ""
        self._gate.attempts.note(query, verdict, Layer.HTTP, visit(headers), term)

    def _url(self, connection: Connection, flow: http.HTTPFlow, headers: Seen) -> Url | Misdirected:
        request = flow.request
        authority = request.data.authority.decode("utf-8", "replace")
        path = _ascii(request.data.path)
        scheme = "https" if connection.answered else "http"
        named = (authority, *headers.hosts) if authority else headers.hosts
        if named == connection.agreed and path.startswith("/") and connection.bound:
            return request_url(scheme, connection.bound, 443 if connection.answered else 80, path)
        if connection.face is Face.EXPLICIT and connection.tunnel is None:
            if request.scheme != "http":
                return Misdirected(400, "https goes through a tunnel (CONNECT)")
            host = f"[{request.host}]" if ":" in request.host else request.host
            named = (f"{host}:{request.port}", *named)
            return target(scheme="http", named=named, path=path, bound=None, ports=_PLAIN_PORTS)
        if connection.face is Face.TLS and not connection.answered:
            return Misdirected(400, "this port speaks https")
        ports = (connection.port, connection.tunnel_port)
        found = target(scheme=scheme, named=named, path=path, bound=connection.bound, ports=ports)
        if connection.bound and isinstance(found, Url):
            connection.agreed = named
        if not connection.bound and isinstance(found, Url) and is_address(found.host):
            # Only what is closed or read for somebody comes to us by itself. Fails closed.
            return Misdirected(403, "a page is opened by its name here, never by an address")
        return found

    def _block(
        self, flow: http.HTTPFlow, connection: Connection, query: Query, verdict: Verdict,
        headers: Seen,
    ) -> None:  # fmt: skip
        if _body_size(flow.request) > LARGEST_BODY and flow.killable:
            flow.kill()
            return
        judge = self._gate.judge
        opening = judge.opening(connection, query, verdict)
        kind = block_page.kind_of(headers)
        page = block_page.page(kind, query, verdict, self._gate.contents, opening)
        body = b"" if query.method == "HEAD" else page.body
        flow.response = answer(page.status, page.headers, body)


def _ascii(path: bytes) -> str:
    # Raw bytes beyond ASCII mean what their percent-encoding means (RFC 3986 section 2.1).
    if path.isascii():
        return path.decode("ascii")
    return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in path)


def _body_size(request: http.Request) -> int:
    if "chunked" in request.headers.get("transfer-encoding", "").lower():
        return LARGEST_BODY + 1
    length = request.headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0
