"""What is open at the bell is decided again and cut within a second."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.policy.snapshot import Snapshot
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import STAFF, World, offset_to, school

WITH_URL_RULE = (*builders.RULES, builders.rule("no-secret", "url:x.com/secret"))
UPGRADE = (
    "GET /socket HTTP/1.1\r\nHost: x.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
MASKED_HELLO = b"\x81\x82\x00\x00\x00\x00hi"


def before_the_bell(seconds: float, **more: object) -> Snapshot:
    """Return the school so many seconds before break ends at 10:50."""
    return school(clock_offset=offset_to("10:50") - seconds, **more)


@contextmanager
def secured(proxy: World, root: Path, who: str = STAFF) -> Iterator[ssl.SSLSocket]:
    """Connect to x.com through the steered port."""
    context = ssl.create_default_context(cafile=str(root))
    address = proxy.settings.steered_https[0]
    with (
        socket.create_connection(address, timeout=5, source_address=(who, 0)) as plain,
        context.wrap_socket(plain, server_hostname="x.com") as secure,
    ):
        yield secure


def ended(sock: ssl.SSLSocket) -> float:
    """Read until the other side is gone; return when that was."""
    try:
        while sock.recv(65536):
            pass
    except (ConnectionError, ssl.SSLError):
        pass
    return time.monotonic()


def test_an_open_websocket_is_cut_at_the_bell(proxy: World) -> None:
    proxy.set(before_the_bell(1.2, rules=WITH_URL_RULE))
    bell = time.monotonic() + 1.2
    with secured(proxy, proxy.root) as sock:
        sock.sendall(UPGRADE.encode())
        assert b"101 Switching" in sock.recv(4096)
        sock.sendall(MASKED_HELLO)
        assert sock.recv(64).endswith(b"hi")
        assert bell - 0.1 < ended(sock) < bell + 1.0
    eventually(lambda: len(proxy.gate.connections) == 0)


def test_a_splice_is_cut_at_the_bell(proxy: World) -> None:
    proxy.set(before_the_bell(1.2))
    bell = time.monotonic() + 1.2
    with secured(proxy, proxy.outside.ca) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert bell - 0.1 < ended(sock) < bell + 1.0


def test_an_endless_answer_is_cut_at_the_bell(proxy: World) -> None:
    proxy.set(before_the_bell(1.2, rules=WITH_URL_RULE))
    bell = time.monotonic() + 1.2
    with secured(proxy, proxy.root) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert bell - 0.1 < ended(sock) < bell + 1.0


def test_a_new_snapshot_cuts_what_it_no_longer_allows(proxy: World) -> None:
    proxy.set(school("10:35"))
    with secured(proxy, proxy.outside.ca) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert sock.recv(16)
        asked = time.monotonic()
        proxy.published.snapshot = school("10:35", sanctions=(builders.sanction("role:staff"),))
        assert ended(sock) < asked + 1.0


def test_a_new_snapshot_leaves_what_it_still_allows(proxy: World) -> None:
    proxy.set(school("10:35"))
    with secured(proxy, proxy.outside.ca) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert sock.recv(16)
        again = school("10:36")
        proxy.published.snapshot = again
        link = next(iter(proxy.gate.connections._open.values()))
        eventually(lambda: link.snapshot is again)
        assert sock.recv(16)
        assert sock.recv(16)


def test_the_next_request_of_an_open_connection_is_decided_anew(proxy: World) -> None:
    proxy.set(school("10:35", rules=WITH_URL_RULE))
    ask = b"GET / HTTP/1.1\r\nHost: x.com\r\n\r\n"
    with secured(proxy, proxy.root) as sock:
        sock.sendall(ask)
        assert sock.recv(4096).startswith(b"HTTP/1.1 200")
        proxy.published.snapshot = school("10:55", rules=WITH_URL_RULE)
        eventually(lambda: proxy.published._told is proxy.published.snapshot)
        sock.sendall(ask)
        while not (data := sock.recv(65536)).startswith(b"HTTP/1.1"):
            pass
        assert data.startswith(b"HTTP/1.1 403")


def test_when_nothing_can_be_decided_any_more_everything_open_is_cut(proxy: World) -> None:
    proxy.set(school("10:35"))
    with secured(proxy, proxy.outside.ca) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert sock.recv(16)
        proxy.published.raises = RuntimeError("the snapshot cannot be looked at")
        asked = time.monotonic()
        assert ended(sock) < asked + 1.0
    proxy.published.raises = None


def test_what_has_ended_is_forgotten(proxy: World) -> None:
    proxy.set(school("10:35", rules=WITH_URL_RULE))
    assert proxy.curl("https://x.com/").status == 200
    eventually(lambda: proxy.curl("http://bellgate.internal/health").json["live"] == 0)


@pytest.mark.parametrize("moved", ["pupils", None])
def test_a_client_that_is_no_longer_ours_is_cut(proxy: World, moved: str | None) -> None:
    proxy.set(school("10:35"))
    with secured(proxy, proxy.outside.ca) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x.com\r\n\r\n")
        assert sock.recv(16)
        pupils, staff, guests = proxy.published.snapshot.contents.networks
        others = () if moved is None else (replace(staff, role="pupil"),)
        proxy.published.snapshot = school("10:35", networks=(pupils, *others, guests))
        asked = time.monotonic()
        assert ended(sock) < asked + 1.0
