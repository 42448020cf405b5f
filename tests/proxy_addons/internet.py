"""A small internet on loopback: TLS and plain origins under a test CA, and a resolver."""

from __future__ import annotations

import base64
import hashlib
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from dnslib import AAAA, QTYPE, RCODE, RR, A, DNSRecord

NAMES = ("facebook.com", "*.facebook.com", "x.com", "*.x.com", "*.wikipedia.org", "*.example",
         "*.fbcdn.net", "childline.org.uk", "bank.example", "localhost",
         "login.microsoftonline.com", "login.live.com", "www.bing.com")  # fmt: skip
CHUNK = b"x" * 65536


class Origin(BaseHTTPRequestHandler):
    """Answers every path by what it was asked; some paths do more."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: OriginServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.seen.append(f"{self.command} {self.headers.get('Host')} {self.path}")
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self._websocket()
        if path.startswith("/big/"):
            return self._big(int(path.rpartition("/")[2]))
        if path == "/endless":
            return self._endless()
        length = int(self.headers.get("Content-Length", "0"))
        received = 0
        while received < length and (data := self.rfile.read(min(65536, length - received))):
            received += len(data)
            self.server.received += len(data)
        said = {
            "method": self.command, "path": self.path, "received": received,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # fmt: skip
        return self._answer(json.dumps(said).encode())

    do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_GET

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Alt-Svc", 'h3=":443"; ma=86400')
        self.send_header("Set-Cookie", "session=1; Path=/")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _big(self, megabytes: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(megabytes << 20))
        self.end_headers()
        for _ in range(megabytes * 16):
            self.wfile.write(CHUNK)

    def _endless(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with suppress(OSError):
            while not self.server.closing.wait(0.05):
                self.wfile.write(b"data: tick\n\n")
                self.wfile.flush()

    def _websocket(self) -> None:
        self.close_connection = True
        magic = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.wfile.flush()
        with suppress(OSError):
            while self.connection.recv(4096):
                self.connection.sendall(b"\x81\x02hi")

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class OriginServer(ThreadingHTTPServer):
    """One origin for every name. ``seen``: request lines; ``received``: bytes of bodies."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Origin)
        self.seen: list[str] = []
        self.received = 0
        self.closing = threading.Event()
        self.context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.context is None:
            return super().finish_request(request, client_address)
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to print."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Names(socketserver.BaseRequestHandler):
    """Answers A for every name with the address in ``answers``, or the usual one."""

    def handle(self) -> None:
        data, sock = self.request
        asked = DNSRecord.parse(data)
        reply, name = asked.reply(), str(asked.q.qname).rstrip(".").lower()
        address = self.server.answers.get(name, "127.0.0.1")  # type: ignore[attr-defined]
        self.server.asked.append(name)  # type: ignore[attr-defined]
        if address is None:
            reply.header.rcode = RCODE.NXDOMAIN
        elif asked.q.qtype == QTYPE.A and ":" not in address:
            reply.add_answer(RR(asked.q.qname, QTYPE.A, ttl=60, rdata=A(address)))
        elif asked.q.qtype == QTYPE.AAAA and ":" in address:
            reply.add_answer(RR(asked.q.qname, QTYPE.AAAA, ttl=60, rdata=AAAA(address)))
        sock.sendto(reply.pack(), self.client_address)


class Internet:
    """Origins and a resolver. ``answers``: name to address; None is NXDOMAIN."""

    def __init__(self, directory: Path) -> None:
        self.ca = directory / "internet-ca.pem"
        self.secure = OriginServer(_context(directory, self.ca))
        self.plain = OriginServer(None)
        self.dns = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Names)
        self.dns.daemon_threads = True
        self.answers: dict[str, str | None] = {}
        self.asked: list[str] = []
        self.dns.answers, self.dns.asked = self.answers, self.asked  # type: ignore[attr-defined]

    @property
    def resolver(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.dns.server_address[1])

    @property
    def seen(self) -> list[str]:
        return self.secure.seen + self.plain.seen


@contextmanager
def internet(directory: Path) -> Iterator[Internet]:
    """Run one until the end of the block."""
    world = Internet(directory)
    servers = (world.secure, world.plain, world.dns)
    threads = [threading.Thread(target=s.serve_forever, args=(0.02,)) for s in servers]
    for thread in threads:
        thread.start()
    try:
        yield world
    finally:
        world.secure.closing.set()
        world.plain.closing.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def eventually(check: Any, seconds: float = 5.0) -> Any:
    """Return the first truth of ``check()``; fail when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.01)
    return found


def _context(directory: Path, ca_file: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "internet test root")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in NAMES]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    ca_file.write_bytes(pem)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = directory / "internet-key.pem"
    both.write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context
