"""The one guard around every hook: whatever goes wrong ends in a block, never in a pass.

mitmproxy logs an addon's exception and carries on as if it had agreed: an unguarded
addon that enforces fails *open*. Here each hook of each addon runs inside one guard, and
an exception becomes the closed answer of that hook: a 503 page, a killed flow, a closed
connection. The addons run in their order inside it, so mitmproxy sees a single addon and
walks its own chain once for each event.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from mitmproxy import connection, http, tls
from mitmproxy.proxy import server_hooks

from proxy_addons import error_page
from proxy_addons.answer import answer
from proxy_addons.gate import NOWHERE, Gate

HOOKS: Final = (
    "client_connected", "client_disconnected", "server_connect", "server_connect_error",
    "tls_clienthello", "tls_established_client", "tls_failed_client", "http_connect",
    "requestheaders", "responseheaders", "response", "error", "websocket_end",
)  # fmt: skip
Hook = Callable[[Any], Awaitable[None] | None]
log = logging.getLogger(__name__)


class Guard:
    """mitmproxy's view of our addons: one object with every hook that any of them has."""

    name = "bellgate"

    def __init__(self, gate: Gate, addons: Iterable[object]) -> None:
        self._gate = gate
        self._page = error_page.static(error_page.BROKEN)  # nothing is left to go wrong later
        self.failures = 0
        for hook in HOOKS:
            calls = tuple(call for addon in addons if (call := getattr(addon, hook, None)))
            if calls:
                setattr(self, hook, self._guarded(hook, calls))

    def _guarded(self, hook: str, calls: tuple[Hook, ...]) -> Hook:
        def run(data: Any) -> Awaitable[None] | None:
            try:
                for place, call in enumerate(calls, 1):
                    waiting = call(data)
                    if waiting is not None:
                        return rest(data, waiting, calls[place:])
            except Exception as error:  # noqa: BLE001  # fails closed: see close()
                self._close(hook, data, error)
            return None

        async def rest(data: Any, waiting: Awaitable[None], left: tuple[Hook, ...]) -> None:
            try:
                await waiting
                for call in left:
                    waiting_too = call(data)
                    if waiting_too is not None:
                        await waiting_too
            except Exception as error:  # noqa: BLE001  # fails closed: see close()
                self._close(hook, data, error)

        return run

    def sheltered(self, task: Callable[[], None], failed: Callable[[], None]) -> None:
        """Run a step of a timer; when it raises, run what closes instead."""
        try:
            task()
        except Exception as error:  # noqa: BLE001  # fails closed: ``failed`` cuts
            self._note("timer", error)
            failed()

    def _close(self, hook: str, data: Any, error: Exception) -> None:
        self._note(hook, error)
        close(hook, data, self._gate, self._page)

    def _note(self, where: str, error: Exception) -> None:
        self.failures += 1
        log.error("Bellgate failed in %s and closed: %r", where, error, exc_info=error)


def close(hook: str, data: Any, gate: Gate, page: bytes) -> None:
    """Give the closed answer of a hook."""
    if isinstance(data, http.HTTPFlow):
        if hook in ("requestheaders", "http_connect"):
            data.response = answer(503, error_page.HEADERS, page)
            data.request.stream = False  # a response and a streamed request exclude each other
        elif data.killable:
            data.kill()  # a response already on its way cannot be replaced any more
    elif isinstance(data, tls.ClientHelloData):
        data.ignore_connection = False
        data.context.server.address = (NOWHERE, 443)
        state = gate.connections.by_id(data.context.client.id)
        if state is not None:
            state.answered = ""  # without this mark TLS is not answered
    elif isinstance(data, server_hooks.ServerConnectionHookData):
        data.server.error = "closed: the gate failed"
    elif isinstance(data, connection.Client):
        data.error = "closed: the gate failed"
