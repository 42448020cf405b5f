"""What the proxy costs beside the same mitmproxy without Bellgate, in one run.

``python -m tests.bench.proxy [SECONDS] [ROUNDS]``. wrk asks, nginx answers, the two
proxies take turns; CPU time is the process's own (user and system), so that it can be
compared on a busy machine; rates are those of this machine with everything on it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from mitmproxy import version

from tests.proxy_addons.internet import internet
from tests.proxy_addons.world import free_port

MARK = 1.10  # at most 10 % more CPU than mitmproxy alone
TICK = os.sysconf("SC_CLK_TCK")
SIZE = 200  # megabytes
NGINX = """\
daemon off; worker_processes 1; pid {d}/nginx.pid; error_log {d}/nginx.log crit;
events {{ worker_connections 512; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {d}/t; proxy_temp_path {d}/t; fastcgi_temp_path {d}/t;
  uwsgi_temp_path {d}/t; scgi_temp_path {d}/t;
  server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {d}/internet-key.pem;
    ssl_certificate_key {d}/internet-key.pem; root {d}/www; }} }}
"""


class Subject(NamedTuple):
    """One of the proxies: its name in the table, process id, port and the root it shows."""

    name: str
    pid: int
    port: int
    root: Path


class Run(NamedTuple):
    """One measured run: per second, and CPU milliseconds for each."""

    rate: float
    cpu: float


class Load(NamedTuple):
    """One row of the table."""

    name: str
    path: str
    connections: int
    new_each_time: bool


LOADS = (
    Load("keep-alive, allowed, 1.3 kB", "/page.html", 8, new_each_time=False),
    Load("keep-alive, block page", "/closed/x", 8, new_each_time=False),
    Load("new connection, allowed", "/page.html", 4, new_each_time=True),
    Load("new connection, block page", "/closed/x", 4, new_each_time=True),
)


def cpu_of(pid: int) -> float:
    """Return the CPU time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid: int) -> float:
    """Return the resident memory of a process, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0.0


def ask(subject: Subject, load: Load, seconds: float) -> Run:
    """Put a load on a proxy for a while."""
    url = f"https://localhost:{subject.port}{load.path}"
    more = ["-H", "Connection: close"] if load.new_each_time else []
    before = cpu_of(subject.pid)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s", *more, url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    spent = cpu_of(subject.pid) - before
    found = re.search(r"(\d+) requests in ([\d.]+)(m?s)", done.stdout)
    assert found, done.stdout
    count, took = int(found.group(1)), float(found.group(2))
    return Run(count / took, 1000 * spent / max(count, 1))


def download(subject: Subject, host: str, root: Path) -> Run:
    """Fetch the large file; rate in MB/s, CPU ms for each megabyte."""
    before, start = cpu_of(subject.pid), time.monotonic()
    done = subprocess.run(
        ["curl", "-sk", "--http1.1", "-o", "/dev/null", "-w", "%{size_download}",
         "--cacert", str(root), "--connect-to", f"::127.0.0.1:{subject.port}", f"https://{host}/large"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    took, spent = time.monotonic() - start, cpu_of(subject.pid) - before
    assert int(done.stdout) == SIZE << 20, done.stdout
    return Run(SIZE / took, 1000 * spent / SIZE)


@contextmanager
def nginx(directory: Path) -> Iterator[int]:
    """Run the origin."""
    port = free_port()
    (directory / "www").mkdir()
    (directory / "t").mkdir()
    (directory / "www" / "page.html").write_text("bell " * 260, encoding="ascii")
    with (directory / "www" / "large").open("wb") as large:
        large.truncate(SIZE << 20)
    conf = directory / "nginx.conf"
    conf.write_text(NGINX.format(d=directory, port=port), encoding="ascii")
    directory.chmod(0o755)
    with started(["nginx", "-c", str(conf), "-e", str(directory / "nginx.log")], port):
        yield port


@contextmanager
def started(command: list[str], port: int) -> Iterator[int]:
    """Run a process until the end of the block; yield its id once its port listens."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, f"{command[0]} ended"
                assert time.monotonic() < deadline, f"{command[0]} does not listen"
                time.sleep(0.05)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def subjects(directory: Path, dns: int) -> Iterator[tuple[Subject, Subject]]:
    """Run the origin and both proxies."""
    with ExitStack() as stack:
        origin = stack.enter_context(nginx(directory))
        found = []
        for name in ("plain", "bellgate"):
            port = free_port()
            arguments = [name, str(port), str(origin), str(dns), str(directory)]
            command = [sys.executable, "-W", "ignore", "-m", "tests.bench.proxy_subjects"]
            pid = stack.enter_context(started([*command, *arguments], port))
            root = {"plain": "plain/mitmproxy-ca-cert.pem", "bellgate": "bellgate/ca/root.pem"}
            found.append(Subject(name, pid, port, directory / root[name]))
        yield found[0], found[1]


def rows(pair: tuple[Subject, Subject], seconds: float, rounds: int) -> None:
    """Print the table of requests."""
    print(f"{'load':32}{'alone':>19}{'with Bellgate':>22}{'CPU ratio':>12}")
    print(f"{'':32}{'per s':>9}{'CPU ms':>10}{'per s':>12}{'CPU ms':>10}")
    for load in LOADS:
        for subject in pair:
            ask(subject, load, 0.5 if seconds < 1 else 1)  # warm
        runs: dict[str, list[Run]] = {subject.name: [] for subject in pair}
        for turn in range(rounds):
            for subject in pair if turn % 2 == 0 else pair[::-1]:
                runs[subject.name].append(ask(subject, load, seconds))
        alone, ours = (_middle(runs[subject.name]) for subject in pair)
        ratio = ours.cpu / alone.cpu
        verdict = "" if ratio <= MARK else "  over the mark"
        print(f"{load.name:32}{alone.rate:9.0f}{alone.cpu:10.3f}{ours.rate:12.0f}{ours.cpu:10.3f}"
              f"{ratio:12.2f}{verdict}")  # fmt: skip


def bodies(pair: tuple[Subject, Subject], directory: Path, rounds: int) -> None:
    """Print the table of large bodies."""
    print(f"\n{SIZE} MB body{'':20}{'MB/s':>9}{'CPU ms/MB':>12}{'RSS MB before, after':>24}")
    for host, how in (("localhost", "inspected"), ("x.com", "spliced")):
        for subject in pair:
            root = subject.root if how == "inspected" else directory / "internet-ca.pem"
            before = memory_of(subject.pid)
            found = _middle([download(subject, host, root) for _ in range(rounds)])
            after = memory_of(subject.pid)
            who = "alone" if subject.name == "plain" else "with Bellgate"
            print(f"{how + ', ' + who:30}{found.rate:9.0f}{found.cpu:12.2f}"
                  f"{before:14.0f}{after:9.0f}")  # fmt: skip


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    missing = [tool for tool in ("nginx", "wrk", "curl") if shutil.which(tool) is None]
    if missing:
        print(f"proxy: not measured, {', '.join(missing)} not installed")
        return
    python = ".".join(map(str, sys.version_info[:2]))
    print(f"proxy: mitmproxy {version.VERSION}, Python {python}, HTTP/1.1, "
          f"median of {rounds} runs of {seconds:g} s in turn; mark {MARK:.2f}")  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as name,
        internet(Path(name)) as outside,
        subjects(Path(name), outside.resolver[1]) as pair,
    ):
        rows(pair, seconds, rounds)
        bodies(pair, Path(name), rounds)


def _middle(runs: list[Run]) -> Run:
    return Run(median(r.rate for r in runs), median(r.cpu for r in runs))


if __name__ == "__main__":
    main()
