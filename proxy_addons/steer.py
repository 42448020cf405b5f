"""Where a TLS connection goes: spliced unread, answered by us, or closed.

The name comes from the TLS hello. It must be the one that a CONNECT asked for, or a
permitted name would open a tunnel to another.
"""

from __future__ import annotations

from mitmproxy import http, tls

from appliance.attempts.attempt import Layer, Visit
from appliance.policy.model import Reason, Verdict
from appliance.policy.plan import TlsPlan, steerable
from proxy_addons import upstream_address
from proxy_addons.answer import answer, fields
from proxy_addons.connections import Connection, Face
from proxy_addons.gate import NOWHERE, Gate
from proxy_addons.live_flows import LiveFlows
from proxy_addons.signs import named_otherwise
from proxy_addons.translate import host_of
from proxy_addons.upstream_names import NoAddressError

CONNECT_PORTS = (443, 80)  # what a browser tunnels to: https, and plain WebSockets


class Steer:
    """Decides at the hello, and at the CONNECT before it."""

    def __init__(self, gate: Gate, live: LiveFlows) -> None:
        self._gate = gate
        self._live = live

    async def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Mark the connection for an answer, splice it, or leave it unmarked: then it closes."""
        connection = self._gate.connections.of(data.context.client)
        host = self._host(connection, data.client_hello.sni)
        data.context.server.address = (NOWHERE, 443)
        if host is None or not _expected(connection):
            named_otherwise(self._gate, connection, (data.client_hello.sni or "",))
            return
        if host in self._gate.settings.own_names:
            connection.bound = connection.answered = host
            return
        query, plan = self._gate.judge.plan(connection, host)
        if plan.tls is TlsPlan.INSPECT and self._gate.certificates.covers(host):
            self._answer(data, connection, host)
            return
        if plan.tls is not TlsPlan.SPLICE:
            self._gate.attempts.note(query, plan.verdict, Layer.TLS, Visit.BACKGROUND)
            return
        try:
            address = await upstream_address.of(self._gate, connection, host)
        except NoAddressError as error:
            if query.client.trusts_ca and self._readable(host, plan.verdict):
                connection.stranded = str(error)  # a page says so; nothing of it is sent on
                self._answer(data, connection, host)
            else:
                self._gate.attempts.note(query, plan.verdict, Layer.TLS, Visit.BACKGROUND)
            return
        connection.bound = host
        port = upstream_address.outgoing(self._gate.settings, connection.tunnel_port or 443)
        data.context.server.address = (address, port)
        data.ignore_connection = True
        self._gate.attempts.note(query, plan.verdict, Layer.TLS, Visit.BACKGROUND)
        self._live.spliced(connection, query, plan.verdict)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse a tunnel to another port, or to a host that is refused by name."""
        if flow.error is not None:  # a stranger's, closed already
            return
        connection = self._gate.connections.of(flow.client_conn)
        host = host_of(flow.request.host)
        if connection.face is not Face.EXPLICIT or connection.tunnel is not None:
            flow.response = _refused(400)
            return
        if host is None or flow.request.port not in CONNECT_PORTS:
            flow.response = _refused(403)
            return
        if host not in self._gate.settings.own_names:
            query, plan = self._gate.judge.plan(connection, host)
            if plan.tls is TlsPlan.REFUSE:
                self._gate.attempts.note(query, plan.verdict, Layer.TLS, Visit.BACKGROUND)
                flow.response = _refused(403)
                return
        connection.tunnel, connection.tunnel_port = host, flow.request.port
        connection.bound = host
        flow.request.data.host = NOWHERE  # no name ever reaches the system's resolver

    def _readable(self, host: str, verdict: Verdict) -> bool:
        if verdict.reason is Reason.SANCTUARY or not self._gate.certificates.covers(host):
            return False
        return steerable(host, self._gate.judge.snapshot)

    @staticmethod
    def _answer(data: tls.ClientHelloData, connection: Connection, host: str) -> None:
        connection.bound = connection.answered = host
        data.context.server.sni = host
        data.context.server.tls = True

    @staticmethod
    def _host(connection: Connection, sni: str | None) -> str | None:
        named = host_of(sni)
        if connection.tunnel is None:
            return named
        return connection.tunnel if named in (None, connection.tunnel) else None


def _expected(connection: Connection) -> bool:
    # TLS to the plain port, or to the explicit proxy before any CONNECT, is nobody we serve.
    return connection.face is Face.TLS or connection.tunnel is not None


def _refused(status: int) -> http.Response:
    # Browsers show their own page for a refused tunnel, whatever is written here.
    return answer(status, fields({"content-type": "text/plain"}), b"Closed by the school.\n")
