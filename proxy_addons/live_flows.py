"""What is open when the bell goes: splices, WebSockets and long streams are asked about again.

A connection that was allowed in break lives on for hours if nobody cuts it. Everything
open is kept here with the verdict that let it through; when that expires, or another
snapshot comes, it is decided anew, and cut where it is no longer allowed. The whole
client connection is cut: browsers open another, and that one is decided by request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mitmproxy import connection, http

from appliance.policy.model import Action, Verdict
from appliance.policy.plan import TlsPlan
from appliance.policy.situation import Query
from proxy_addons.connections import Connection
from proxy_addons.gate import Gate, passage_of


@dataclass(slots=True)
class Open:
    """Something open: whose, what was asked, and the verdict that it lives by."""

    connection: Connection
    query: Query
    verdict: Verdict
    spliced: bool = False


class LiveFlows:
    """Keeps what is open, and cuts what may be open no longer."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._open: dict[str, Open] = {}
        self._cut_connection: Callable[[str], None] = lambda _: None
        self.cut = 0

    def __len__(self) -> int:
        return len(self._open)

    def cuts_by(self, cut: Callable[[str], None]) -> None:
        """Say how a client connection is cut, by its id. Known once the server runs."""
        self._cut_connection = cut

    def spliced(self, link: Connection, query: Query, verdict: Verdict) -> None:
        """Remember a spliced connection until it closes."""
        self._open[link.id] = Open(link, query, verdict, spliced=True)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Remember an allowed request until its answer is complete."""
        passage = passage_of(flow)
        if passage is not None and flow.response is None:
            self._open[flow.id] = Open(passage.connection, passage.query, passage.verdict)

    def response(self, flow: http.HTTPFlow) -> None:
        """Forget a request that was answered. A WebSocket only begins here, and stays."""
        if flow.websocket is None:
            self._open.pop(flow.id, None)

    def error(self, flow: http.HTTPFlow) -> None:
        """Forget a request that failed."""
        self._open.pop(flow.id, None)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Forget a WebSocket that closed."""
        self._open.pop(flow.id, None)

    def client_disconnected(self, client: connection.Client) -> None:
        """Forget all that a client connection carried."""
        self._open.pop(client.id, None)
        for key in [k for k, o in self._open.items() if o.connection.id == client.id]:
            del self._open[key]

    def check(self, *, all_of_them: bool) -> None:
        """Decide again what has expired, or everything (another snapshot)."""
        for link in self._gate.connections.led():
            if not self._still_led(link):
                self._cut(link.id)
        if not self._open:
            return
        at = self._gate.judge.now().at
        due = [o for o in self._open.values() if all_of_them or _expired(o.verdict, at)]
        for link_id in {o.connection.id for o in due if not self._still_allowed(o)}:
            self._cut(link_id)

    def cut_all(self) -> None:
        """Cut everything that is open: what can no longer be decided is closed."""
        for link_id in {o.connection.id for o in self._open.values()}:
            self._cut(link_id)

    def _still_allowed(self, what: Open) -> bool:
        judge, link = self._gate.judge, what.connection
        if judge.snapshot.register.network_of(link.address) is None:
            return False
        self._gate.connections.refresh(link)
        if what.spliced or what.query.url is None:
            _, plan = judge.plan(link, what.query.host)
            what.verdict = plan.verdict
            return plan.tls is TlsPlan.SPLICE
        before = what.verdict.public_view
        what.query, what.verdict = judge.decide(link, what.query.url, what.query.method)
        return what.verdict.action is Action.ALLOW and what.verdict.public_view == before

    def _still_led(self, link: Connection) -> bool:
        """Whether a connection goes where its host's lock leads it now."""
        if link.bound is None:
            return True  # each request is looked up for itself
        self._gate.connections.refresh(link)
        _, plan = self._gate.judge.plan(link, link.bound)
        return plan.alias == link.alias

    def _cut(self, link_id: str) -> None:
        self.cut += 1
        for key in [k for k, o in self._open.items() if o.connection.id == link_id]:
            del self._open[key]
        self._cut_connection(link_id)


def _expired(verdict: Verdict, at: datetime) -> bool:
    return verdict.expires_at is not None and verdict.expires_at <= at
