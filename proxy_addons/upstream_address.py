"""One address for all of a connection's requests, looked up when the first is allowed.

Looked up late: a block page needs no resolver, and a name without an address gets a page
that can be read. Held by the connection: mitmproxy re-uses a server connection only
while the address stays the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from mitmproxy import http
from mitmproxy.proxy import server_hooks

from appliance.policy.names import is_address, within
from appliance.policy.snapshot import Contents
from proxy_addons import error_page
from proxy_addons.answer import answer
from proxy_addons.connections import Connection
from proxy_addons.gate import Gate, passage_of
from proxy_addons.settings import ProxySettings
from proxy_addons.upstream_names import NoAddressError, refusal


async def of(gate: Gate, connection: Connection, host: str) -> str:
    """Return the address that a connection uses for its host, and let it be connected to.

    A locked search engine's is that of its twin, or there is none: never the engine's own.

    Raises:
        NoAddressError: see ``UpstreamNames.address_of``; also an IP literal that is refused.
    """
    _, plan = gate.judge.plan(connection, host)
    connection.alias = plan.alias
    name = plan.alias or host
    if is_address(name):
        why = refused(gate.settings, gate.contents, host, name)
        if why is not None:
            raise NoAddressError(why)
        address = name
    else:
        address = await gate.names.address_of(name)
    connection.checked.add(address)
    return address


def refused(settings: ProxySettings, contents: Contents, host: str, address: str) -> str | None:
    """Return why an address of a host may not be connected to, None where it may."""
    if settings.any_address:
        return None
    local = any(within(host, zone) for zone in contents.local_domains)
    own = {*own_addresses(settings), *contents.steer_ipv4, *contents.steer_ipv6}
    return refusal(address, own, local=local)


def own_addresses(settings: ProxySettings) -> tuple[str, ...]:
    """Return the addresses that this process is known to have."""
    listening = (*settings.steered_http, *settings.steered_https, *settings.explicit)
    return (*settings.own_addresses, *(host for host, _ in listening))


def outgoing(settings: ProxySettings, port: int) -> int:
    """Return the port that stands for a usual one here (they differ only in tests)."""
    return {443: settings.https_port, 80: settings.http_port}.get(port, port)


class UpstreamAddress:
    """Gives allowed requests the address of their server; lets no other be connected to."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """Set the address of an allowed request."""
        passage = passage_of(flow)
        if passage is None:
            return None
        connection = passage.connection
        if connection.stranded:
            self._say(flow, connection.stranded)
            return None
        pinned = connection.upstream if connection.bound is not None else None
        if pinned is not None and pinned.done() and not _failed(pinned):
            flow.request.data.host = pinned.result()
            return None
        return self._look_up(flow, connection, passage.query.host)

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Fail a connection to anything but an address that was looked up for the client."""
        host = data.server.address[0] if data.server.address else ""
        if host not in self._gate.connections.of(data.client).checked:
            data.server.error = "not an address that was looked up"

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Ask anew for a name whose address did not answer."""
        connection = self._gate.connections.by_id(data.client.id)
        if connection is not None and connection.bound:
            self._gate.names.forget(connection.alias or connection.bound)
            connection.upstream = None

    def _say(self, flow: http.HTTPFlow, why: str) -> None:
        page = error_page.render(error_page.NO_ADDRESS, self._gate.contents, why)
        flow.response = answer(502, error_page.HEADERS, page)

    async def _look_up(self, flow: http.HTTPFlow, connection: Connection, host: str) -> None:
        bound = connection.bound is not None
        if connection.upstream is None or not bound or _failed(connection.upstream):
            # One look-up for all requests that wait: each must get the same address.
            connection.upstream = asyncio.ensure_future(of(self._gate, connection, host))
        try:
            address = await asyncio.shield(connection.upstream)
        except NoAddressError as error:
            self._say(flow, str(error))
            return
        flow.request.data.host = address
        flow.request.data.port = outgoing(self._gate.settings, flow.request.data.port)
        if bound and not flow.server_conn.connected:
            # It stands for the one to be opened, which takes its SNI only if they agree.
            flow.server_conn.address = (address, flow.request.data.port)


def _failed(future: asyncio.Future[str]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)
