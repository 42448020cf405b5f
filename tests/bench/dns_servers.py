"""The DNS servers that the benchmark compares: each started with a configuration of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dnslib import DNSRecord

from appliance.policy.snapshot import Contents
from appliance.policy_file.build import contents
from appliance.policy_file.demo import demo_school
from appliance.policy_file.load import template
from appliance.publish import files

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PACKAGES = {"dnsmasq": "dnsmasq-base", "unbound": "unbound", "dnsdist": "dnsdist"}
UNBOUND = """\
server:
  interface: 127.0.0.1@{port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{directory}"
  pidfile: "{directory}/unbound.pid"
  num-threads: 1
  module-config: "iterator"
  do-not-query-localhost: no
  msg-cache-size: 64m
  rrset-cache-size: 128m
  outgoing-range: 4096
  num-queries-per-thread: 2048
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
"""
DNSDIST = """\
setLocal("127.0.0.1:{port}")
setACL({{"127.0.0.0/8"}})
setMaxUDPOutstanding(4096)
newServer({{address="127.0.0.1:{upstream}", healthCheckMode="up"}})
getPool(""):setCache(newPacketCache(100000))
"""


@dataclass(frozen=True)
class Running:
    """A server at work. ``data``: Bellgate's data directory."""

    name: str
    pid: int
    port: int
    data: Path


def missing() -> list[str]:
    """Return the peers that this machine has not."""
    return [name for name in PACKAGES if shutil.which(name, path=PATH) is None]


def bellgate_contents(version: int = 1) -> Contents:
    """Return the default policy with the demo school, in term, on a Monday morning's lesson."""
    real = datetime.now(UTC)
    made = demo_school(contents(template("duffield-meadows"), version=version, built_at=real))
    lesson = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return replace(made, clock_offset=(lesson - real).total_seconds())


def publish(data: Path, given: Contents) -> None:
    """Put contents in force."""
    place = data / "snapshot"
    files.point(place, files.write(place, files.Published(given)))


def command(name: str, port: int, upstream: int, directory: Path) -> list[str]:
    """Return the command line of a server, its configuration written."""
    match name:
        case "unbound":
            text, file = UNBOUND, directory / "unbound.conf"
            line = ["unbound", "-d", "-c", str(file)]
        case "dnsdist":
            text, file = DNSDIST, directory / "dnsdist.conf"
            line = ["dnsdist", "--supervised", "--disable-syslog", "-C", str(file)]
        case "dnsmasq":
            return [
                "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts",
                "--no-resolv", f"--port={port}", "--listen-address=127.0.0.1",
                "--bind-interfaces", f"--server=127.0.0.1#{upstream}", "--cache-size=10000",
                "--dns-forward-max=10000", "--user=root", "--pid-file=",
            ]  # fmt: skip
        case _:
            code = (
                "from pathlib import Path; from appliance.dns.server import serve;"
                "from appliance.dns.settings import DnsSettings;"
                f"serve(DnsSettings(Path({str(directory)!r}), (('127.0.0.1', {port}),),"
                f" (('127.0.0.1', {upstream}),)))"
            )
            return [sys.executable, "-c", code]
    file.write_text(text.format(port=port, upstream=upstream, directory=directory))
    return line


@contextlib.contextmanager
def started(name: str, upstream: int, directory: Path) -> Iterator[Running]:
    """Run a server until it is no longer needed."""
    directory.mkdir(parents=True)
    if name == "Bellgate":
        (directory / "snapshot").mkdir()
        (directory / "spool").mkdir()
        publish(directory, bellgate_contents())
    port = free_port()
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            command(name, port, upstream, directory),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={"PATH": PATH},
        )  # fmt: skip
        try:
            await_(lambda: answers(port), f"{name}, see {directory}/log")
            yield Running(name, process.pid, port, directory)
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def upstream() -> Iterator[int]:
    """Run the cheap upstream; its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.dns_upstream", str(port)])
    try:
        await_(lambda: answers(port), "the upstream")
        yield port
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port that is free over UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def answers(port: int, name: str = "warm.bench.example", source: str = "127.0.10.5") -> bool:
    """Whether a server answers a question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((source, 0))
        sock.settimeout(0.2)
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(DNSRecord.question(name).pack())
            return DNSRecord.parse(sock.recv(2000)).header.rcode == 0
        except OSError:
            return False


def await_(true: Callable[[], bool], what: str) -> None:
    """Wait for something, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come up")
        time.sleep(0.05)
