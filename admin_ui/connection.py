"""Connections to the admin UI that no client can hold for long, or hold many of.

cheroot gives each connection a thread as soon as it is there, and its time-outs hold for
one read each: sixteen clients that send a byte now and then would keep everybody out. Here
a connection waits without a thread until it says something, and each part of a request has
a deadline of its own (Slowloris; OWASP ASVS 5.0, 13.2).
"""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final

from cheroot.makefile import StreamReader, StreamWriter
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

from appliance import clock

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

IDLE: Final = 10  # seconds that a single read, a write, or a pause between requests may take
HEAD: Final = 15.0  # seconds for the handshake, request line and headers together
BODY: Final = 60.0  # seconds for the body: 5 MB over a slow Wi-Fi
ANSWER: Final = 300.0  # seconds to take an answer in: a long export
EACH: Final = 24  # connections of one address; a browser opens six
ALL: Final = 400  # connections altogether
DRAINED: Final = 3.0  # seconds for which the rest of a body that is too long is thrown away

_TO_PLAIN: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\nPlease use https:// instead of http:// in this address.\n"
)


class Bound:
    """The moment by which what is going on must be over."""

    def __init__(self) -> None:
        self._deadline = clock.monotonic() + HEAD

    def within(self, seconds: float) -> None:
        """Set the deadline, from now."""
        self._deadline = clock.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that one read or write may take.

        Raises:
            TimeoutError: none are left. Fails closed: the connection ends.
        """
        left = min(float(IDLE), self._deadline - clock.monotonic())
        if left <= 0:
            raise TimeoutError("timed out")  # in the words by which cheroot knows it
        return left


class _Bounded(socket.SocketIO):
    """A socket as a file whose reads and writes end with the bound."""

    def __init__(self, sock: socket.socket, mode: str, bound: Bound) -> None:
        super().__init__(sock, "rb" if mode == "r" else "wb")
        self._own, self._bound = sock, bound

    def readinto(self, b: WriteableBuffer) -> int | None:
        self._own.settimeout(self._bound.left())
        return super().readinto(b)

    def write(self, b: ReadableBuffer) -> int | None:
        self._own.settimeout(self._bound.left())
        return super().write(b)


class _Reader(StreamReader):
    def __init__(self, sock: socket.socket, bound: Bound) -> None:
        super(StreamReader, self).__init__(_Bounded(sock, "r", bound))
        self.bytes_read = 0
        self._own = sock

    def has_data(self) -> bool:
        """Whether something waits to be read that the socket does not show any more."""
        return bool(super().has_data()) or (  # type: ignore[no-untyped-call]
            isinstance(self._own, ssl.SSLSocket) and self._own.pending() > 0
        )


class _Writer(StreamWriter):
    def __init__(self, sock: socket.socket, bound: Bound) -> None:
        super(StreamWriter, self).__init__(_Bounded(sock, "w", bound))
        self.bytes_written = 0


class Door:
    """Counts connections by address, so that nobody takes the places of all."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    def enter(self, address: str) -> bool:
        """Let a connection in; False where its address, or everybody, has enough."""
        with self._lock:
            if self._open[address] >= EACH or self._open.total() >= ALL:
                return False
            self._open[address] += 1
            return True

    def leave(self, address: str) -> None:
        """Count a connection out."""
        with self._lock:
            self._open[address] -= 1
            if self._open[address] <= 0:
                del self._open[address]


class _Headers(HeaderReader):
    """Leaves out names with an underscore: X_Name must not pass for X-Name (CGI has one form)."""

    def _allow_header(self, key_name: bytes) -> bool:
        return bool(key_name) and b"_" not in key_name


class Request(HTTPRequest):
    """A request whose body and answer have deadlines of their own."""

    header_reader = _Headers()

    def read_request_headers(self) -> bool:
        """Read the headers. A body must say its length: browsers do, and what is chunked
        could hide a second request behind the first (RFC 9112, 11.2)."""
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        if b"Transfer-Encoding" in self.inheaders:
            self.close_connection = True
            self.simple_response("411 Length Required")
            return False
        return True

    def respond(self) -> None:
        """Answer."""
        self.conn.bound.within(BODY)
        super().respond()

    def send_headers(self) -> None:
        """Begin the answer; what is left of the body is read before, still in its time."""
        super().send_headers()
        self.conn.bound.within(ANSWER)

    def simple_response(self, status: object, msg: str = "") -> None:
        """Refuse in a few words."""
        self.conn.refused = True
        self.conn.bound.within(DRAINED)
        super().simple_response(status, msg)


class Connection(HTTPConnection):
    """One connection, counted in and out, with a bound on all it does."""

    RequestHandlerClass = Request

    def __init__(self, server: object, sock: socket.socket, makefile: object = None) -> None:
        super().__init__(server, sock)
        self.bound = Bound()
        self.rfile, self.wfile = _Reader(sock, self.bound), _Writer(sock, self.bound)
        self.fresh = True  # nothing was read yet
        self.refused = False
        self.on_close: Callable[[], None] | None = None

    def communicate(self) -> bool:
        """Read a request and answer it; True keeps the connection."""
        self.bound.within(HEAD)
        if isinstance(self.socket, ssl.SSLSocket) and not self._shaken(self.socket):
            return False
        return bool(super().communicate())  # type: ignore[no-untyped-call]

    def _shaken(self, sock: ssl.SSLSocket) -> bool:
        """Do the handshake, here in a worker: the thread that accepts waits for nobody."""
        if sock.version() is not None:
            return True
        try:
            sock.settimeout(self.bound.left())
            sock.do_handshake()
        except OSError as error:  # ssl.SSLError too
            if getattr(error, "reason", "") == "HTTP_REQUEST":
                _say_plainly(sock)
            return False
        return True

    def close(self) -> None:
        """Close, after throwing away what a refused client still sends, that it may read why."""
        said, self.on_close = self.on_close, None
        if said is not None:
            if self.refused and not isinstance(self.socket, ssl.SSLSocket):
                self._drain()
            said()
        super().close()

    def _drain(self) -> None:
        self.bound.within(DRAINED)
        try:
            self.socket.shutdown(socket.SHUT_WR)
            while self.rfile.read1(1 << 16):
                pass
        except OSError:
            return  # gone, or still sending: let it go


def _say_plainly(sock: ssl.SSLSocket) -> None:
    """Tell a client that speaks HTTP where HTTPS is spoken; below the TLS that failed."""
    try:
        socket.socket.sendall(sock, _TO_PLAIN)
    except OSError:
        return  # it has gone
