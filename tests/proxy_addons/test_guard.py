"""Whatever fails, fails closed: each hook is made to raise, and nothing gets through."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import connection, http, tls
from mitmproxy.proxy import context, server_hooks
from mitmproxy.test import tflow

from appliance.policy.subjects import Register
from proxy_addons import chain, run, upstream_address
from proxy_addons.guard import HOOKS, Guard
from proxy_addons.judge import Judge
from tests.proxy_addons.world import STAFF, World

URL = "https://en.wikipedia.org/wiki/Bell"


class BrokenError(Exception):
    """What a mistake of ours raises."""


def boom(*_: Any, **__: Any) -> None:
    raise BrokenError


async def boom_later(*_: Any) -> None:
    await asyncio.sleep(0)
    raise BrokenError


def subject(hook: str) -> Any:
    """Return what mitmproxy hands to a hook."""
    flow = tflow.tflow(resp=hook in ("responseheaders", "response", "websocket_end"))
    flow.live = True
    if hook.startswith("client_"):
        return flow.client_conn
    if hook.startswith("server_"):
        return server_hooks.ServerConnectionHookData(flow.server_conn, flow.client_conn)
    if hook == "tls_clienthello":
        found = context.Context(flow.client_conn, run.options.Options())
        data = tls.ClientHelloData(found, None)  # type: ignore[arg-type]
        data.ignore_connection = True
        return data
    if hook.startswith("tls_"):
        return tls.TlsData(flow.client_conn, context.Context(flow.client_conn, None))  # type: ignore[arg-type]
    return flow


def closed(hook: str, data: Any, state: Any) -> bool:
    """Whether the closed answer was given."""
    if isinstance(data, http.HTTPFlow):
        if hook in ("requestheaders", "http_connect"):
            return data.response is not None and data.response.status_code == 503
        return data.error is not None and data.error.msg == data.error.KILLED_MESSAGE
    if isinstance(data, connection.Client):
        return bool(data.error)
    if isinstance(data, server_hooks.ServerConnectionHookData):
        return bool(data.server.error)
    if isinstance(data, tls.ClientHelloData):
        return not data.ignore_connection and state.answered == ""
    # Over already; or only listened to, and each request is decided by itself.
    return hook in ("tls_failed_client", "tls_established_client")


@pytest.mark.parametrize("fail", [boom, boom_later], ids=["at once", "later"])
@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_that_raises_closes(hook: str, fail: Any) -> None:
    state = SimpleNamespace(answered="x.com")
    gate: Any = SimpleNamespace(connections=SimpleNamespace(by_id=lambda _: state))
    calls: list[str] = []
    after = SimpleNamespace(**{hook: lambda _: calls.append("after")})
    guard = Guard(gate, [SimpleNamespace(**{hook: fail}), after])
    data = subject(hook)

    async def fire() -> None:
        waiting = getattr(guard, hook)(data)
        if waiting is not None:
            await waiting

    asyncio.run(fire())
    assert closed(hook, data, state)
    assert guard.failures == 1
    assert calls == []  # the addons behind it are not asked any more


def test_addons_run_in_their_order_whether_they_wait_or_not() -> None:
    calls: list[int] = []

    async def waits(_: Any) -> None:
        await asyncio.sleep(0)
        calls.append(2)

    steps = [lambda _: calls.append(1), waits, lambda _: calls.append(3), waits]
    guard = Guard(SimpleNamespace(), [SimpleNamespace(response=step) for step in steps])  # type: ignore[arg-type]
    asyncio.run(guard.response(tflow.tflow()))  # type: ignore[attr-defined]
    assert calls == [1, 2, 3, 2]


def test_every_hook_of_our_addons_is_guarded() -> None:
    """A hook that the guard does not know would never be called."""
    from mitmproxy import hooks

    known = set(hooks.all_hooks)
    settings = SimpleNamespace(data=Path("none"))
    gate: Any = SimpleNamespace(connections=SimpleNamespace(), settings=settings)
    distrust = chain.Distrust(gate, Path("none"))
    for addon in chain.addons(gate, chain.LiveFlows(gate), chain.HangUp(), distrust):
        mine = {name for name in dir(addon) if name in known}
        assert mine <= set(HOOKS), type(addon).__name__


def test_a_request_that_cannot_be_decided_gets_503_and_no_origin(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Judge, "decide", boom)
    answer = proxy.curl(URL)
    assert answer.status == 503
    assert "The gate is stuck" in answer.text
    assert proxy.outside.seen == []


def test_a_look_up_that_breaks_gets_503_and_no_origin(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream_address, "of", boom_later)
    assert proxy.curl(URL).status == 503
    assert proxy.outside.seen == []


def test_a_hello_or_tunnel_that_cannot_be_decided_is_closed(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Judge, "plan", boom)
    assert proxy.curl(URL).code == 35
    assert proxy.curl(URL, root=proxy.outside.ca).code == 35
    assert proxy.by_proxy(URL).code == 56
    assert proxy.outside.seen == []


def test_a_client_that_cannot_be_placed_is_closed(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Register, "network_of", boom)
    assert proxy.curl(URL).code == 35
    assert proxy.curl("http://en.wikipedia.org/").code in (52, 56)


def test_an_answer_that_cannot_be_handled_does_not_come_through(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_answers(flow: http.HTTPFlow) -> None:
        if flow.response is not None:
            raise BrokenError

    monkeypatch.setattr("proxy_addons.public_view.passage_of", only_answers)
    answer = proxy.curl(URL, STAFF)
    assert answer.status == 0
    assert answer.body == b""


def test_an_upstream_connection_that_cannot_be_checked_is_not_made(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from proxy_addons.connections import Connections

    real = Connections.of

    def not_for_servers(self: Connections, client: connection.Client) -> Any:
        import sys

        if sys._getframe(1).f_code.co_name == "server_connect":
            raise BrokenError
        return real(self, client)

    monkeypatch.setattr(Connections, "of", not_for_servers)
    assert proxy.curl(URL).status == 502
    assert proxy.outside.seen == []
