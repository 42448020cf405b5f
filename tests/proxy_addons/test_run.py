"""The face as a process: it starts closed, says what keeps it from starting, ends cleanly."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.authority import files
from appliance.authority.files import AuthorityError
from proxy_addons import run
from proxy_addons.settings import ProxySettings
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import Kept, Published, curl, free_port, school, world

CODE = """\
import pathlib, sys
from proxy_addons.run import serve
from proxy_addons.settings import ProxySettings
port = int(sys.argv[2])
serve(ProxySettings(data=pathlib.Path(sys.argv[1]), steered_http=(("127.0.0.1", port),)))
"""


@contextmanager
def served(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the face as it ships, with whatever lies in its data directory."""
    command = [sys.executable, "-W", "ignore", "-c", CODE, str(data), str(port)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        eventually(lambda: (data / "run" / "proxy.json").exists(), 20)
        yield process
    finally:
        process.kill()
        process.wait()


def start(settings: ProxySettings) -> None:
    """Start in this process; for starts that fail."""
    asyncio.run(run.run(settings, Published(school()), Kept(), lambda _: None))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with served(tmp_path, free_port()) as process:
        said = json.loads((tmp_path / "run" / "proxy.json").read_text(encoding="utf-8"))
        assert said["pid"] == process.pid
        process.send_signal(number)
        assert process.wait(10) == 0


def test_without_any_snapshot_it_is_up_and_closed(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port):
        to = ("--connect-to", f"::127.0.0.1:{port}")
        answer = curl("http://bellgate.internal/health", *to, root=tmp_path / "ca" / files.ROOT)
        # The closed snapshot may know no network at all; then nobody is let in.
        assert answer.status == 0 or answer.json["state"] == "closed"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = ProxySettings(data=tmp_path, steered_http=(("127.0.0.1", port),))
        with pytest.raises(run.StartError, match=str(port)):
            start(settings)


def test_a_damaged_ca_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / files.ROOT).write_bytes(b"nonsense")
    with pytest.raises(AuthorityError, match=files.ROOT):
        start(ProxySettings(data=tmp_path, steered_http=(("127.0.0.1", free_port()),)))


def test_it_listens_on_ipv6_and_not_on_udp(tmp_path: Path) -> None:
    with world(tmp_path, steered_https=(("::1", port := free_port()),)):
        with socket.create_connection(("::1", port), 5):
            pass
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
            udp.connect(("::1", port))
            udp.send(b"QUIC?")
            with pytest.raises(ConnectionRefusedError):  # at once: a browser falls back to TCP
                udp.recv(10)


def test_what_is_noted_last_is_written_before_it_ends(tmp_path: Path) -> None:
    with world(tmp_path) as proxy:
        proxy.curl("https://x.com/", "127.0.10.5")
    assert [a.host for a in proxy.spool.attempts] == ["x.com"]
