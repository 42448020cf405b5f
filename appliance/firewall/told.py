"""What the DNS face tells the door: which addresses it answered, to whom, for which name. PURE
but for ``Teller``, which sends.

A message is one datagram on ``run/door.sock``, which only the appliance's own user may write
to. Whatever is no such message counts for nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec

SOCKET: Final = "door.sock"
LONGEST: Final = 86_400  # seconds that an answer may last, whatever it says itself
MOST: Final = 64  # tellings in one datagram, and addresses in one telling
ROOM: Final = 1 << 17  # bytes of a datagram; the kernel takes 200 kB
_WAITING: Final = 4096  # tellings kept while nobody takes them


class Told(msgspec.Struct, frozen=True, array_like=True):
    """Addresses (packed) that a client was given for a host; ttl: seconds.

    client: its packed address; a MAC behind it would count in place of the neighbour table's, but
    DNS sends none. No client: the addresses of a host as we know them ourselves, told for every
    client. No address: the client asked and got none of the internet's.
    """

    client: bytes
    host: str
    addresses: tuple[bytes, ...]
    ttl: int

    @property
    def who(self) -> tuple[str, str | None]:
        """The client's address as text, and the MAC that came with it."""
        if len(self.client) in (4, 16):
            return str(ip_address(self.client)), None
        return str(ip_address(self.client[:-6])), self.client[-6:].hex(":")


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Told])


def packed(every: Sequence[Told]) -> bytes:
    """Return one datagram."""
    return _ENCODER.encode(every)


def unpacked(data: bytes) -> list[Told]:
    """Return what a datagram tells; total: what makes no sense is left out."""
    try:
        found = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        return []
    return [one for one in found[:MOST] if _makes_sense(one)]


def _makes_sense(one: Told) -> bool:
    lengths = all(len(address) in (4, 16) for address in one.addresses)
    return (
        len(one.client) in (0, 4, 10, 16, 22) and lengths and len(one.addresses) <= MOST
        and len(one.host) <= 253 and one.host.isascii() and one.host.isprintable()
        and one.ttl >= 0
    )  # fmt: skip


def place(folder: int) -> str:
    """Return the socket's address by an open descriptor of its folder: paths may be too long."""
    return f"/proc/self/fd/{folder}/{SOCKET}"  # unix(7): 108 bytes


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Open a folder for ``place``.

    Raises:
        OSError: it is not there.
    """
    found = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield found
    finally:
        os.close(found)


class Teller:
    """Sends tellings without ever waiting. Never raises.

    Fails to a signal too many, never to an answer too few: what nobody takes is kept for a
    while and tried again, the oldest is forgotten first.
    """

    def __init__(self, run: Path) -> None:
        """Tell the door of the gate whose run directory this is."""
        self._run = run
        self._socket: socket.socket | None = None
        self._waiting: deque[Told] = deque(maxlen=_WAITING)

    @property
    def waiting(self) -> int:
        """How many tellings nobody has taken yet."""
        return len(self._waiting)

    def tell(self, one: Told) -> None:
        """Put a telling down for the next ``flush``."""
        self._waiting.append(one)

    def flush(self) -> None:
        """Send what waits; what cannot be sent goes on waiting."""
        while self._waiting:
            some = [self._waiting[i] for i in range(min(MOST, len(self._waiting)))]
            if not self._send(packed(some)):
                return
            for _ in some:
                self._waiting.popleft()

    def close(self) -> None:
        """Send what can be sent, and tell no more."""
        self.flush()
        self._forget()

    def _send(self, data: bytes) -> bool:
        try:
            link = self._socket or self._connected()
            link.send(data)
        except BlockingIOError:
            return False  # the door has not come to it yet
        except OSError:
            self._forget()  # away, or begun anew: the next time finds it
            return False
        return True

    def _connected(self) -> socket.socket:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            with opened(self._run) as folder:
                link.connect(place(folder))
        except OSError:
            link.close()
            raise
        self._socket = link
        return link

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
