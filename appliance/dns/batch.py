"""Many datagrams by one system call: recvmmsg and sendmmsg, called by way of ctypes.

The buffers are made once. What a datagram needs on its way back is already in place when
it has been read: the sender's address and the query's id are sent from where they were
received to, and only where the rest of the answer lies has to be filled in (an iovec).
Python's own recvmsg and sendmsg do the same, more slowly, where the kernel's are not there.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

SLOTS: Final = 64
ROOM: Final = 2048  # bytes for one query; no honest one comes near
_NAME_ROOM: Final = 32  # a sockaddr_in6 has 28 bytes
_CONTROL_ROOM: Final = 64
_IOVEC: Final = struct.Struct("@PN")
_IN6_PORT: Final = struct.Struct("!H")
_IP_PKTINFO: Final = 8  # linux/in.h; the socket module learnt its name in Python 3.14
_IPV6_RECVPKTINFO: Final = 49  # linux/in6.h

Address = tuple[str, int] | tuple[str, int, int, int]
Ancillary = list[tuple[int, int, bytes]]
Route = tuple[Address, Ancillary]


class _Iovec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Msghdr(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32), ("iov", ctypes.c_void_p),
        ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_size_t), ("flags", ctypes.c_int),
    )  # fmt: skip


class _Mmsghdr(ctypes.Structure):
    _fields_ = (("header", _Msghdr), ("length", ctypes.c_uint32))


def where(message: ctypes.Array[ctypes.c_char], skip: int = 2) -> bytes:
    """Return the iovec of a finished answer without its id. Keep the message alive with it."""
    return _IOVEC.pack(ctypes.addressof(message) + skip, len(message) - skip)


def wants_route(sock: socket.socket) -> bool:
    """Whether the socket serves every address, so that answers must be told which to leave by."""
    return bool(sock.getsockname()[0] in ("0.0.0.0", "::"))


class Batch(ABC):
    """The slots of one UDP socket. After ``receive``, slot i is described by

    ``memory[sources[i]]`` (the sender's address, packed) and, from ``starts[i]`` on, its
    bytes; ``memory[answers[i]] = where(message)`` says what to send back.
    """

    def __init__(self, sock: socket.socket, slots: int = SLOTS) -> None:
        self._sock, self._slots = sock, slots
        v6 = sock.family == socket.AF_INET6
        self._routed = wants_route(sock)
        if self._routed and v6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
        elif self._routed:
            sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        names, iovs = slots * ROOM, slots * (ROOM + _NAME_ROOM)
        self.memory = mmap.mmap(-1, iovs + slots * 2 * _IOVEC.size)
        at, size = (8, 16) if v6 else (4, 4)  # of the address in its sockaddr
        self._names = [names + i * _NAME_ROOM for i in range(slots)]
        self.sources = tuple(slice(name + at, name + at + size) for name in self._names)
        self.starts = tuple(i * ROOM for i in range(slots))
        pairs = [iovs + i * 2 * _IOVEC.size for i in range(slots)]
        self.answers = tuple(slice(p + _IOVEC.size, p + 2 * _IOVEC.size) for p in pairs)

    @abstractmethod
    def receive(self) -> Sequence[int]:
        """Read what waits, without waiting. Return the length of each datagram."""

    @abstractmethod
    def send(self, first: int, end: int) -> None:
        """Send the answers of the slots ``first <= i < end``. What cannot be sent is dropped."""

    @abstractmethod
    def route(self, slot: int) -> Route:
        """Return the way back to the sender of a slot, for an answer that takes longer."""

    def later(self, message: bytes, route: Route) -> None:
        """Send an answer that took longer. A client that cannot be reached asks again."""
        try:
            self._sock.sendmsg([message], route[1], 0, route[0])
        except OSError:
            return


class KernelBatch(Batch):
    """By recvmmsg(2) and sendmmsg(2)."""

    def __init__(self, sock: socket.socket, slots: int = SLOTS) -> None:
        super().__init__(sock, slots)
        libc = ctypes.CDLL(None, use_errno=True)
        self._recvmmsg, self._sendmmsg = libc.recvmmsg, libc.sendmmsg
        pointer, number = ctypes.c_void_p, ctypes.c_int
        self._recvmmsg.argtypes = (number, pointer, ctypes.c_uint, number, pointer)
        self._sendmmsg.argtypes = (number, pointer, ctypes.c_uint, number)
        self._fd = sock.fileno()
        base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self._control = ctypes.create_string_buffer(slots * _CONTROL_ROOM)
        self._in = (_Mmsghdr * slots)()
        self._out = (_Mmsghdr * slots)()
        self._into = (_Iovec * slots)()
        namelen = 28 if sock.family == socket.AF_INET6 else 16
        for i in range(slots):
            pair = self.answers[i].start - _IOVEC.size
            self.memory[pair : pair + _IOVEC.size] = _IOVEC.pack(base + self.starts[i], 2)
            self._into[i] = _Iovec(base + self.starts[i], ROOM)
            into = ctypes.addressof(self._into) + i * ctypes.sizeof(_Iovec)
            for header, iov, count in (
                (self._in[i].header, into, 1), (self._out[i].header, base + pair, 2),
            ):  # fmt: skip
                header.name, header.namelen = base + self._names[i], namelen
                header.iov, header.iovlen = iov, count
                if self._routed:
                    header.control = ctypes.addressof(self._control) + i * _CONTROL_ROOM
                    header.controllen = _CONTROL_ROOM
        self._in_at, self._out_at = ctypes.addressof(self._in), ctypes.addressof(self._out)
        before, size = _Mmsghdr.length.offset, ctypes.sizeof(_Mmsghdr)
        one = f"{before}xI{size - before - 4}x"
        self._lengths = tuple(struct.Struct("=" + one * n).unpack_from for n in range(slots + 1))

    def receive(self) -> Sequence[int]:
        """Read what waits, without waiting. Return the length of each datagram."""
        count = self._recvmmsg(self._fd, self._in_at, self._slots, socket.MSG_DONTWAIT, None)
        if count <= 0:
            return ()
        if self._routed:
            for i in range(count):
                self._out[i].header.controllen = self._in[i].header.controllen
                self._in[i].header.controllen = _CONTROL_ROOM
        lengths: Sequence[int] = self._lengths[count](self._in)
        return lengths

    def send(self, first: int, end: int) -> None:
        """Send the answers of the slots ``first <= i < end``. What cannot be sent is dropped."""
        size = ctypes.sizeof(_Mmsghdr)
        while first < end:
            sent = self._sendmmsg(self._fd, self._out_at + first * size, end - first, 0)
            if sent < 0 and ctypes.get_errno() == errno.EINTR:
                continue
            first += max(sent, 1)  # the one that failed is left out, the rest still goes

    def route(self, slot: int) -> Route:
        """Return the way back to the sender of a slot, for an answer that takes longer."""
        at = self._names[slot]
        port: int = _IN6_PORT.unpack_from(self.memory, at + 2)[0]
        ancillary: Ancillary = []
        if self._routed:
            start = slot * _CONTROL_ROOM
            length, level, kind = struct.unpack_from("@Nii", self._control, start)
            data = self._control.raw[start + struct.calcsize("@Nii") : start + length]
            ancillary = [(level, kind, data)]
        host = socket.inet_ntop(self._sock.family, self.memory[self.sources[slot]])
        if self._sock.family == socket.AF_INET:
            return (host, port), ancillary
        scope: int = struct.unpack_from("@I", self.memory, at + 24)[0]
        return (host, port, 0, scope), ancillary


class PlainBatch(Batch):
    """By recvmsg and sendmsg, one at a time: slower by a third, and found everywhere."""

    def __init__(self, sock: socket.socket, slots: int = SLOTS) -> None:
        super().__init__(sock, slots)
        self._routes: list[Route] = []

    def receive(self) -> Sequence[int]:
        """Read what waits, without waiting. Return the length of each datagram."""
        lengths: list[int] = []
        self._routes = []
        for slot in range(self._slots):
            try:
                data, ancillary, _, address = self._sock.recvmsg(
                    ROOM, _CONTROL_ROOM, socket.MSG_DONTWAIT
                )
            except OSError:
                break
            start = self.starts[slot]
            self.memory[start : start + len(data)] = data
            host = address[0].partition("%")[0]
            self.memory[self.sources[slot]] = socket.inet_pton(self._sock.family, host)
            self._routes.append((address, ancillary))
            lengths.append(len(data))
        return lengths

    def send(self, first: int, end: int) -> None:
        """Send the answers of the slots ``first <= i < end``. What cannot be sent is dropped."""
        for slot in range(first, end):
            base, length = _IOVEC.unpack(self.memory[self.answers[slot]])
            start = self.starts[slot]
            message = self.memory[start : start + 2] + ctypes.string_at(base, length)
            self.later(message, self._routes[slot])

    def route(self, slot: int) -> Route:
        """Return the way back to the sender of a slot, for an answer that takes longer."""
        return self._routes[slot]


def batch_for(sock: socket.socket) -> Batch:
    """Return the fastest batch that the system has."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "recvmmsg") and hasattr(libc, "sendmmsg"):
        return KernelBatch(sock)
    return PlainBatch(sock)
