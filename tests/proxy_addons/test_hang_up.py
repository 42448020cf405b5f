"""A refused client is never left waiting on an open socket."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from proxy_addons.tls import SchoolTls
from tests.proxy_addons.world import VISITOR, World


def test_a_refused_client_is_let_go_at_once(proxy: World) -> None:
    start = time.monotonic()
    assert proxy.curl("https://www.facebook.com/", VISITOR).code == 35
    assert time.monotonic() - start < 5


def test_also_where_there_is_no_context_at_all(
    proxy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """mitmproxy closes twice then, and on newer Pythons forgets the socket."""
    monkeypatch.setattr(SchoolTls, "tls_start_client", lambda *_: None)
    start = time.monotonic()
    assert proxy.curl("https://www.facebook.com/", VISITOR).code == 35
    assert time.monotonic() - start < 5


def test_a_client_that_leaves_is_forgotten(proxy: World) -> None:
    with socket.create_connection(proxy.settings.steered_http[0], 5):
        pass
    deadline = time.monotonic() + 5
    while len(proxy.gate.connections):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not asyncio.run_coroutine_threadsafe(_tasks(), proxy.loop).result(5)


async def _tasks() -> list[str]:
    """Return the handlers that still run."""
    await asyncio.sleep(0.1)
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if "handler" in name]
