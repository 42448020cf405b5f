"""Connections for fetching, which are cut when their time is up.

A time-out of a socket begins anew with every byte: a source that sends one a second would
hold a fetch for days. So a clock of its own shuts whatever is open.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Watch:
    """Shuts every socket handed to it after some seconds. cut: it did."""

    def __init__(self, seconds: float) -> None:
        self.cut = False
        self._held: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._timer.cancel()
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    def hold(self, sock: socket.socket) -> None:
        """Take a connection into the watch. TLS takes the socket over, so a second one is kept."""
        with self._lock:
            self._held.append(sock.dup())
        if self.cut:
            self._shut()

    def _shut(self) -> None:
        with self._lock:
            self.cut = True
            for held in self._held:
                with contextlib.suppress(OSError):  # it is closed already
                    held.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Makes connections that a watch holds."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **more)
        _watched(self.poolmanager, self._watch)

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """Return the pools of connections by way of a proxy."""
        found = super().proxy_manager_for(*args, **more)
        _watched(found, self._watch)
        return found


def session(watch: Watch, proxy: str, trust: str | bool) -> requests.Session:
    """Return a session whose connections a watch holds. Nothing of the environment counts."""
    made = requests.Session()
    made.trust_env = False
    made.verify = trust
    if proxy:
        made.proxies = {"http": proxy, "https": proxy}
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter(watch))
    return made


def trusted(trust: Path | None) -> str | bool:
    """Return whom to trust: the CAs given, else the system's, where a school adds its own.

    True stands for those that come with the HTTP client, where the system has none.
    """
    if trust is not None:
        return str(trust)
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


def _watched(pools: PoolManager, watch: Watch) -> None:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            watch.hold(made)
            return made

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            watch.hold(made)
            return made

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pools.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
