"""A client machine: dig, curl, Chromium and long connections, each as its user has it."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.e2e.netns import Namespace
from tests.e2e.ticker import Ticker

WEBSOCKET: Final = (
    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip


@dataclass(frozen=True)
class Dig:
    """What dig said. status is empty when no answer came."""

    status: str
    answers: tuple[str, ...]
    ttls: tuple[int, ...]
    text: str

    @property
    def ede(self) -> int | None:
        """The Extended DNS Error (RFC 8914), if the answer has one."""
        found = re.search(r"EDE: (\d+)", self.text)
        return int(found[1]) if found else None


@dataclass(frozen=True)
class Reply:
    """What curl got. exit: its exit code, 6 when the name is unknown, 35 when TLS fails."""

    exit: int
    status: int
    body: str
    headers: str
    error: str
    more: dict[str, Any] = field(repr=False)

    @property
    def said(self) -> dict[str, Any]:
        """What an origin said of the request that reached it."""
        inside = re.search(r"<pre>(.*)</pre>", self.body)
        return dict(json.loads(inside[1] if inside else self.body))

    @property
    def from_origin(self) -> bool:
        """Whether a site of the little internet answered."""
        return self.status == 200 and "<title>origin</title>" in self.body


class Client:
    """A machine on one of the school's subnets (or outside it)."""

    def __init__(self, machine: Namespace, address4: str, address6: str, gate: str) -> None:
        self.machine = machine
        self.address4, self.address6 = address4, address6
        self.gate = gate
        self.trusted: tuple[Path, ...] = ()

    def trust(self, folder: Path, *authorities: Path) -> None:
        """Trust these CAs, and no others."""
        self.trusted = authorities
        self.bundle = folder / f"{self.machine.name}.pem"
        self.bundle.write_text("".join(path.read_text() for path in authorities))

    def dig(self, name: str, kind: str = "A", *more: str, at: str = "") -> Dig:
        """Ask the gate (or another server) with dig."""
        done = self.machine.run(
            "dig", f"@{at or self.gate}", name, kind, "+time=2", "+tries=1", *more
        )
        status = re.search(r"status: (\w+)", done.stdout)
        section = re.search(r";; ANSWER SECTION:\n(.*?)\n\n", done.stdout + "\n\n", re.S)
        records = [line.split(None, 4) for line in section[1].splitlines()] if section else []
        return Dig(
            status=status[1] if status else "",
            answers=tuple(record[4] for record in records),
            ttls=tuple(int(record[1]) for record in records),
            text=done.stdout,
        )

    def curl(self, url: str, *more: str, timeout: float = 10.0) -> Reply:
        """Fetch a URL with curl, names resolved by the gate, no redirect followed."""
        with tempfile.TemporaryDirectory() as folder:
            body, head = Path(folder, "body"), Path(folder, "head")
            done = self.machine.run(
                "curl", "--silent", "--show-error", "--cacert", str(self.bundle),
                "--max-time", str(timeout), "--output", str(body), "--dump-header", str(head),
                "--write-out", "%{json}", *more, url, timeout=timeout + 10,
            )  # fmt: skip
            told = json.loads(done.stdout)
            return Reply(
                exit=done.returncode, status=int(told["response_code"]), error=done.stderr,
                body=body.read_text(errors="replace") if body.exists() else "",
                headers=head.read_text(errors="replace") if head.exists() else "", more=told,
            )  # fmt: skip

    def connect(self, address: str, port: int, timeout: float = 5.0) -> socket.socket:
        """Open a TCP connection from this machine."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = self.machine.socket(family, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.connect((address, port))
        except OSError:
            sock.close()
            raise
        return sock

    def tls(self, host: str, address: str = "", *, verify: bool = True) -> ssl.SSLSocket:
        """Open a TLS connection to a host where the gate says it is (or at an address)."""
        context = ssl.create_default_context(cafile=str(self.bundle))
        if not verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        sock = self.connect(address or self.dig(host).answers[-1], 443)
        try:
            return context.wrap_socket(sock, server_hostname=host)
        except (OSError, ssl.SSLError):
            sock.close()
            raise

    def ticker(self, host: str, path: str, *, websocket: bool = False) -> Ticker:
        """Open something that goes on and on: a download, or a WebSocket."""
        sock = self.tls(host)
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(WEBSOCKET if websocket else ())]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        return Ticker(sock)

    def browse(self, url: str, home: Path, picture: Path | None = None) -> dict[str, str]:
        """Open a URL in Chromium with a profile of its own. Return title, text and address."""
        home.mkdir(parents=True, exist_ok=True)
        trust_in_chromium(home, self.trusted)
        done = self.machine.run(
            sys.executable, "-m", "tests.e2e.browser", url, str(home), str(picture or ""),
            timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def walk(self, home: Path, *steps: tuple[str, Any]) -> dict[str, Any]:
        """Walk through pages in Chromium (see ``steps``); the profile in ``home`` stays."""
        home.mkdir(parents=True, exist_ok=True)
        if not (home / ".pki").exists():
            trust_in_chromium(home, self.trusted)
        done = self.machine.run(
            sys.executable, "-m", "tests.e2e.steps", str(home), input=json.dumps(steps), timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        said = dict(json.loads(done.stdout.splitlines()[-1]))
        assert not said["failed"], f"{said['failed']}\n{said['address']}\n{said['text']}"
        return said


def trust_in_chromium(home: Path, authorities: tuple[Path, ...]) -> None:
    """Make Chromium with this home trust CAs, and those of its own."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True, exist_ok=True)
    where = ("certutil", "-d", f"sql:{database}")
    subprocess.run([*where, "-N", "--empty-password"], check=True)
    for number, path in enumerate(authorities):
        subprocess.run(
            [*where, "-A", "-t", "C,,", "-n", f"authority {number}", "-i", str(path)], check=True
        )
