"""A real ``bellgate up`` on free ports in a directory of its own, for tests."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from dnslib import CLASS, QTYPE, RCODE, RR, A, DNSQuestion, DNSRecord

PUPIL, STAFF, VISITOR, PERMITTED = "127.0.10.5", "127.0.20.5", "127.0.30.5", "127.0.40.5"
FACES = ("dns", "http", "https", "proxy", "web")
PATIENCE = 60.0  # seconds: the machine may be busy with everything else


def until(check: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something to become true; fail if it does not."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    """Return ports that are free now for TCP and UDP on loopback."""
    held: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            held += [tcp, udp]
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            ports.append(tcp.getsockname()[1])
    finally:
        for sock in held:
            sock.close()
    return ports


class Upstream:
    """A resolver that gives every name the address 192.0.2.1."""

    def __init__(self) -> None:
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self.port = int(self._sock.getsockname()[1])
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._sock.close()

    def _run(self) -> None:
        while True:
            data, client = self._sock.recvfrom(4096)
            if not data:
                return
            reply = DNSRecord.parse(data).reply()
            if reply.q.qtype == QTYPE.A:
                reply.add_answer(RR(reply.q.qname, QTYPE.A, rdata=A("192.0.2.1"), ttl=60))
            self._sock.sendto(reply.pack(), client)


class Gate:
    """One ``bellgate up --plain`` and how to talk to it."""

    def __init__(self, data: Path, upstream: int, *more: str, ports: list[int] | None = None):
        self.data = data
        self.ports = dict(zip(FACES, ports or free_ports(len(FACES)), strict=True))
        flags = [word for face in FACES for word in (f"--{face}-port", str(self.ports[face]))]
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [*BELLGATE, "up", "--plain", "--data", str(data), "--upstream",
             f"127.0.0.1:{upstream}", *flags, *more],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ready(self) -> Self:
        """Wait until every face answers."""

        def answered() -> bool:
            assert self.process.poll() is None, "\n".join(self.output)
            return any(line.startswith("Ready") for line in self.output)

        try:
            until(answered)
        except AssertionError as error:
            raise AssertionError("\n".join(["not ready:", *self.output])) from error
        return self

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End it and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(30)
        self._reader.join(10)
        return code

    def children(self) -> dict[str, int]:
        """Return the process id of each child by its name, as the kernel has them."""
        found: dict[str, int] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
                words = (path.parent / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == self.process.pid and fields[0] != "Z" and b"run" in words:
                found[words[words.index(b"run") + 1].decode()] = int(path.parent.name)
        return found

    def command(self, *words: str, data: bool = True) -> subprocess.CompletedProcess[str]:
        """Run another ``bellgate`` on its data directory."""
        where = ("--data", str(self.data)) if data else ()
        return subprocess.run(
            [*BELLGATE, *words, *where], capture_output=True, text=True, timeout=PATIENCE
        )

    def json(self, *words: str) -> Any:
        """Run a command with ``--json`` and return what it printed."""
        done = self.command(*words, "--json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def lookup(self, name: str, source: str, *, tcp: bool = False) -> DNSRecord:
        """Ask its DNS for an A record from a source address."""
        query = DNSRecord.question(name).pack()
        kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.settimeout(5)
            sock.bind((source, 0))
            sock.connect(("127.0.0.1", self.ports["dns"]))
            if not tcp:
                sock.send(query)
                return DNSRecord.parse(sock.recv(4096))
            sock.sendall(len(query).to_bytes(2, "big") + query)
            with sock.makefile("rb") as stream:
                return DNSRecord.parse(stream.read(int.from_bytes(stream.read(2), "big")))

    def enforced(self) -> int:
        """Return the version of the snapshot that DNS says it enforces."""
        query = DNSRecord(q=DNSQuestion("snapshot.bellgate", QTYPE.TXT, CLASS.CH))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.connect(("127.0.0.1", self.ports["dns"]))
            sock.send(query.pack())
            return int(DNSRecord.parse(sock.recv(4096)).rr[0].rdata.data[0])

    def curl(self, url: str, source: str, *more: str) -> subprocess.CompletedProcess[str]:
        """Fetch a URL as a client on a source address, as the start screen says to."""
        return subprocess.run(
            ["curl", "-sS", "--max-time", "20", "--interface", source, "--connect-to",
             f"::127.0.0.1:{self.ports['https']}", "--cacert", str(self.data / "ca" / "root.pem"),
             *more, url],
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output.append(line.rstrip("\n"))


BELLGATE = (sys.executable, "-m", "appliance.cli")


@contextmanager
def upstream() -> Iterator[int]:
    """Run an ``Upstream`` and give its port."""
    made = Upstream()
    try:
        yield made.port
    finally:
        made.close()


def steered(answer: DNSRecord) -> bool:
    """Whether DNS sent a client to the gate itself."""
    return [str(rr.rdata) for rr in answer.rr if rr.rtype == QTYPE.A] == ["127.0.0.1"]


def refused(answer: DNSRecord) -> bool:
    """Whether DNS says that there is no such name."""
    return bool(answer.header.rcode == RCODE.NXDOMAIN)


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def found(pattern: str, text: str) -> str:
    """Return the first group of a pattern that must be there."""
    match = re.search(pattern, text)
    assert match, text
    return match.group(1)
