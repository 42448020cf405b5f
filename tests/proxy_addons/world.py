"""The proxy in this process, between a client on loopback and a small internet."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.attempts.attempt import Attempt
from appliance.attempts.spool import SpoolState
from appliance.policy.model import Ownership
from appliance.policy.snapshot import Contents, School, Snapshot
from appliance.policy.subjects import Network
from proxy_addons import run
from proxy_addons.gate import Gate
from proxy_addons.settings import ProxySettings
from tests import builders
from tests.proxy_addons.internet import Internet, eventually, internet

PUPIL, STAFF, VISITOR, STRANGER = "127.0.10.5", "127.0.20.5", "127.0.30.5", "127.0.99.5"
NETWORKS = (
    Network(id="pupils", name="Classrooms", prefixes=("127.0.10.0/24",), role="pupil",
            ownership=Ownership.SCHOOL, trusts_ca=True),
    Network(id="staff", name="Staff", prefixes=("127.0.20.0/24", "127.0.0.1/32"), role="staff",
            trusts_ca=True),
    Network(id="guests", name="Guests", prefixes=("127.0.30.0/24",), role="visitor"),
)  # fmt: skip
UPLOAD = b"x" * 3_000_000
SCHOOL = School(
    name="Little School", ask="your teacher", contact="room 3", portal="http://portal.example",
    monitoring_notice="The school can see which sites are opened.",
)  # fmt: skip


def offset_to(when: str) -> float:
    """Return the rehearsal offset, in seconds, that makes it ``when`` on the builders' Monday."""
    return (builders.at(when) - datetime.now(UTC)).total_seconds()


def school(when: str = "09:30", **more: Any) -> Snapshot:
    """Return the little school on loopback addresses, rehearsing a time of its Monday."""
    more.setdefault("clock_offset", offset_to(when))
    more.setdefault("steer_ipv4", ("127.0.0.53",))
    contents: Contents = builders.contents(networks=NETWORKS, school=SCHOOL)
    return Snapshot(replace(contents, **more))


class Published:
    """What ``Holder`` is to the proxy: a snapshot that tests swap."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.state = "current"
        self._told = snapshot
        self.raises: Exception | None = None

    def refresh(self) -> bool:
        if self.raises is not None:
            raise self.raises
        swapped, self._told = self._told is not self.snapshot, self.snapshot
        return swapped


class Kept:
    """What ``Spool`` is to the proxy: a list."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.state = SpoolState()

    def append(self, attempts: Iterable[Attempt]) -> None:
        self.attempts += attempts


@dataclass
class Answer:
    """What curl got. code: curl's exit code; status: 0 where there was no answer."""

    code: int
    status: int
    version: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class World:
    """A running proxy, and curl as its clients."""

    def __init__(self, settings: ProxySettings, outside: Internet, published: Published) -> None:
        self.settings, self.outside, self.published = settings, outside, published
        self.spool = Kept()
        self.gate: Gate
        self.loop: asyncio.AbstractEventLoop
        self.failure: BaseException | None = None
        self._running: asyncio.Task[None]

    @property
    def root(self) -> Path:
        return self.settings.data / "ca" / "root.pem"

    def set(self, snapshot: Snapshot) -> None:
        """Swap the snapshot, and start from a clean sheet."""
        self.published.snapshot = snapshot
        waiting = asyncio.run_coroutine_threadsafe(self.gate.attempts.flush(), self.loop)
        waiting.result(5)
        self.outside.secure.seen.clear()
        self.outside.plain.seen.clear()
        self.outside.secure.received = 0
        self.spool.attempts.clear()

    def attempts(self) -> list[Attempt]:
        """Return what has been recorded by now, as soon as anything has."""
        return eventually(lambda: list(self.spool.attempts))

    def curl(self, url: str, who: str = STAFF, *more: str, root: Path | None = None) -> Answer:
        """Ask through the steered listeners, as a client whose DNS was steered."""
        (https,), (http,) = self.settings.steered_https, self.settings.steered_http
        to = ["--connect-to", f"::{https[0]}:{https[1]}"]
        if url.startswith("http://"):
            to = ["--connect-to", f"::{http[0]}:{http[1]}"]
        return curl(url, "--interface", who, *more, *to, root=root or self.root)

    def by_proxy(self, url: str, who: str = STAFF, *more: str, root: Path | None = None) -> Answer:
        """Ask through the explicit proxy."""
        host, port = self.settings.explicit[0] if self.settings.explicit else ("", 0)
        proxied = "--proxy", f"http://{host}:{port}"
        return curl(url, "--interface", who, *proxied, *more, root=root or self.root)

    def serve(self, ready: threading.Event) -> None:
        """Run until stopped. In a thread of its own."""

        def started(gate: Gate) -> None:
            self.gate = gate
            ready.set()

        async def main() -> None:
            self.loop = asyncio.get_running_loop()
            task = asyncio.current_task()
            assert task is not None
            self._running = task
            await run.run(self.settings, self.published, self.spool, lambda _: None, started)

        try:
            asyncio.run(main())
        except asyncio.CancelledError:
            pass  # that is how it is stopped
        except Exception as error:  # noqa: BLE001  # handed to the thread that waits
            self.failure = error
        finally:
            ready.set()

    def stop(self) -> None:
        """Tell it to end."""
        self.loop.call_soon_threadsafe(self._running.cancel)


def curl(url: str, *options: str, root: Path) -> Answer:
    """Run curl and take its answer apart. ``@-`` as an option's value reads 3 MB."""
    mark = "\n--curl-%{http_code}-%{http_version}"
    done = subprocess.run(
        ["curl", "-s", "-i", "--max-time", "20", "--cacert", str(root), "-w", mark, *options, url],
        capture_output=True, check=False, input=UPLOAD,
    )  # fmt: skip
    raw, _, tail = done.stdout.rpartition(b"\n--curl-")
    status, _, version = tail.decode().partition("-")
    head, body = b"", raw
    while body.startswith(b"HTTP/"):  # 100 Continue and the answer to CONNECT come before
        head, _, body = body.partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]]
    headers = {name.lower(): value.strip() for name, _, value in lines}
    return Answer(done.returncode, int(status or 0), version, body, headers)


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def world(directory: Path, snapshot: Snapshot | None = None, **more: Any) -> Iterator[World]:
    """Run an internet and a proxy until the end of the block."""
    with internet(directory) as outside:
        settings = ProxySettings(
            data=directory / "data",
            steered_http=(("127.0.0.1", free_port()),),
            explicit=(("127.0.0.1", free_port()),),
            upstreams=(outside.resolver,), upstream_ca=outside.ca,
            https_port=outside.secure.port, http_port=outside.plain.port,
            **{
                "any_address": True,
                "steered_https": (("127.0.0.1", free_port()),),
                **more,
            },
        )  # fmt: skip
        found = World(settings, outside, Published(snapshot or school()))
        ready = threading.Event()
        thread = threading.Thread(target=found.serve, args=(ready,))
        thread.start()
        assert ready.wait(20)
        if found.failure is not None:
            thread.join()
            raise found.failure
        try:
            yield found
        finally:
            found.stop()
            thread.join(20)
