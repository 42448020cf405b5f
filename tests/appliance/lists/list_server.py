"""A real server of lists on loopback, good or malicious as a test asks."""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request. A test's function answers it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Hand the request to the test."""
        server = self.server
        assert isinstance(server, ListServer)
        server.asked.append(dict(self.headers.items()))
        self.close_connection = True
        # The fetcher may have had enough.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
            server.answer(self)

    def head(self, status: int = 200, **headers: str) -> None:
        """Send the status and headers; ``_`` in a name stands for ``-``."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()

    def text(self, text: str, content_type: str = "text/plain", **headers: str) -> None:
        """Send a whole body."""
        body = text.encode()
        self.head(Content_Type=content_type, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class ListServer(ThreadingHTTPServer):
    """Answers as told. asked: the headers of each request so far."""

    daemon_threads = True

    def __init__(self, scheme: str = "http", certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.asked: list[dict[str, str]] = []
        self.answer: Answer = lambda request: request.text("one.example\n")
        self.url = f"{scheme}://127.0.0.1:{self.server_port}/list.txt"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that go away."""

    def text(self, text: str, **headers: str) -> None:
        """Answer every request with a text from now on."""
        self.answer = lambda request: request.text(text, **headers)


@contextmanager
def serving(scheme: str = "http", certificate: Path | None = None) -> Iterator[ListServer]:
    """Run a server."""
    server = ListServer(scheme, certificate)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that is its own CA; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lists.example")])
    now = datetime.now(UTC)
    public = key.public_key()
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    made = (  # strictly by RFC 5280, as Python 3.13 asks for
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def bomb(megabytes: int) -> bytes:
    """Return a small gzip of so many megabytes of blanks lines."""
    return gzip.compress(b"\n" * (megabytes << 20), 9)
