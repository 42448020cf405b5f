"""The self-test at the explicit proxy: whom it stands in for, said in its CONNECT.

Fails to nobody: without proof the field counts for nothing, and whoever asks is who they
are; a stranger who proves nothing is closed here.
"""

from __future__ import annotations

from binascii import unhexlify
from ipaddress import ip_address

from mitmproxy import http

from appliance.identity.stand_in import HEADER, StandIns
from proxy_addons.gate import Gate
from proxy_addons.health import asks_for_health


class StandIn:
    """Takes the field off, and lets the connection count as what was proven."""

    def __init__(self, gate: Gate) -> None:
        """Read the key from the data directory of the gate."""
        self._gate = gate
        self._stand_ins = StandIns(gate.settings.data / "run")

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Look at the first CONNECT of a connection; inside a tunnel nobody changes."""
        self._hear(flow)
        self._close_strangers(flow)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Close a stranger that asks without a CONNECT: it has proven nothing.

        But for how we are: whoever looks after this machine may ask that from it.
        """
        if not asks_for_health(flow.request, self._gate.settings.own_names):
            self._close_strangers(flow)

    def _close_strangers(self, flow: http.HTTPFlow) -> None:
        if self._gate.connections.by_id(flow.client_conn.id) is None:
            flow.kill()

    def _hear(self, flow: http.HTTPFlow) -> None:
        said = flow.request.headers.pop(HEADER, None)
        if said is None:
            return
        link = self._gate.connections.by_id(flow.client_conn.id)
        if link is not None and link.tunnel is not None:
            return
        source = ip_address(flow.client_conn.peername[0].partition("%")[0]).packed
        try:
            packed = self._stand_ins.stood_in(source, unhexlify(said))
        except ValueError:  # no hexadecimal: binascii.Error is one
            return
        if packed is not None:
            self._gate.connections.stand_in(flow.client_conn, str(ip_address(packed)))
