"""dnsperf as a client, and what its run cost the server."""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.dns_servers import PATH, Running

SOURCES = ("127.0.10.7", "127.0.20.7", "127.0.30.7")  # a pupil, a teacher, a visitor
SOCIAL = ("facebook.com", "x.com", "tiktok.com", "snapchat.com", "reddit.com")


@dataclass(frozen=True)
class Load:
    """What a run came to. cpu: seconds of the server's; latencies: seconds, where asked for."""

    answered: int
    lost: int
    seconds: float
    cpu: float
    latencies: tuple[float, ...] = ()

    def __add__(self, other: Load) -> Load:
        return Load(
            self.answered + other.answered, self.lost + other.lost,
            self.seconds + other.seconds, self.cpu + other.cpu,
            self.latencies + other.latencies,
        )  # fmt: skip

    @property
    def each(self) -> float:
        """CPU microseconds for an answered query."""
        return 1e6 * self.cpu / max(1, self.answered)

    @property
    def rate(self) -> float:
        """Queries answered in a second."""
        return self.answered / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency that a share of the answers stayed below, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[int(share * (len(ordered) - 1))]


def mix(path: Path) -> Path:
    """Write a school's mix: 1,000 names, one in twenty of them social media; A and AAAA."""
    chance = random.Random(1)
    lines = []
    for i in range(1000):
        host = f"www.site{i}.bench.example"
        if i % 20 == 0:
            host = f"s{i}.{SOCIAL[i // 20 % len(SOCIAL)]}"
        lines.append(f"{host} {chance.choices(('A', 'AAAA'), (70, 30))[0]}\n")
    chance.shuffle(lines)
    path.write_text("".join(lines))
    return path


def names(path: Path, hosts: Iterable[str]) -> Path:
    """Write A questions."""
    path.write_text("".join(f"{host} A\n" for host in hosts))
    return path


def cpu_of(pid: int) -> float:
    """Return the CPU seconds, user and system, of every thread of a process."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def run(
    server: Running,
    data: Path,
    source: str,
    *options: str,
    meanwhile: Callable[[], None] | None = None,
) -> Load:
    """Let dnsperf loose on a server from one address."""
    line = [
        "dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-a", source, "-d", str(data),
        "-t", "2", *options,
    ]  # fmt: skip
    before = cpu_of(server.pid)
    begun = time.monotonic()
    # Into a file: with a pipe that nobody reads, dnsperf would wait and call that loss.
    with tempfile.TemporaryFile("w+") as out:
        with subprocess.Popen(line, stdout=out, stderr=out, env={"PATH": PATH}) as process:
            while process.poll() is None:
                if meanwhile is not None and time.monotonic() - begun < 4:
                    meanwhile()
                time.sleep(0.05)
        spent = cpu_of(server.pid) - before
        out.seek(0)
        said = out.read()

    def number(label: str) -> float:
        found = re.search(rf"{label}:\s+([\d.]+)", said)
        return float(found.group(1)) if found else 0.0

    latencies = tuple(float(t) for t in re.findall(r"^> \S+ \S+ \S+ ([\d.]+)$", said, re.M))
    return Load(
        int(number("Queries completed")), int(number("Queries lost")),
        number(r"Run time \(s\)"), spent, latencies,
    )  # fmt: skip
