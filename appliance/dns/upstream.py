"""Asking the upstream resolver, and believing only what can be its answer.

Each question goes out from a socket and port of its own, with a random id and random case
(0x20); what comes back must come from the resolver's address, with that id and that very
question (RFC 5452). Anything else is left aside and the wait goes on. A truncated answer,
and one that lost the case, is asked for again over TCP, where nobody can forge it blindly.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from appliance import clock
from appliance.dns.records import Response, read_response
from appliance.dns.settings import Address
from appliance.dns.wire import AD, CD, HEADER, OPCODE, QR, RD, TC, MalformedError, Question, Rcode

PATIENCE: Final = (1.0, 1.5, 2.0)  # seconds for the first try, the second, the third
TCP_PATIENCE: Final = 3.0
AVOIDED_FOR: Final = 10.0  # seconds that a resolver which failed is asked last
MOST_AT_ONCE: Final = 400
_RECEIVED: Final = 4096
_UDP_SIZE: Final = 1232


class UpstreamError(Exception):
    """No resolver gave an answer. ``code``: the extended error that says it (RFC 8914)."""

    code = 22  # no reachable authority


class UnreachableError(UpstreamError):
    """The network itself says that no resolver can be reached."""

    code = 23  # network error


class UnsolvedError(UpstreamError):
    """The resolver answered that it could not find out (SERVFAIL, REFUSED)."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"response code {response.rcode}")
        self.response = response


class _UnsureError(Exception):
    """An answer that is too long for UDP, or lost the question's case: TCP settles it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it goes out: the message, and what must come back at its front."""

    message: bytes
    id: int
    question: bytes

    def is_answered_by(self, message: bytes) -> bool:
        """Whether a message answers this question, the case of its name apart."""
        if len(message) < 12 + len(self.question):
            return False
        id_, flags, questions = struct.unpack_from("!HHH", message)
        echoed = message[12 : 12 + len(self.question)]
        name = len(self.question) - 4
        same = echoed[:name].lower() == self.question[:name].lower()
        right = id_ == self.id and bool(flags & QR) and not flags & OPCODE and questions == 1
        return right and same and echoed[name:] == self.question[name:]

    def keeps_case(self, message: bytes) -> bool:
        """Whether the question came back in the very case it went out in."""
        return message[12 : 12 + len(self.question)] == self.question


class Upstream:
    """The resolvers behind this face. One that failed is asked last for a while."""

    def __init__(
        self,
        servers: Sequence[Address],
        patience: Sequence[float] = PATIENCE,
        avoided_for: float = AVOIDED_FOR,
    ) -> None:
        self._servers = tuple(servers)
        self._patience = tuple(patience)
        self._avoided_for = avoided_for
        self._failed: dict[Address, float] = {}
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)

    @property
    def ailing(self) -> bool:
        """Whether every resolver failed lately."""
        now = clock.monotonic()
        return all(now - self._failed.get(s, -1e9) < self._avoided_for for s in self._servers)

    async def ask(self, question: Question) -> Response:
        """Return the answer to a question.

        Raises:
            UpstreamError: none came; its kinds say why.
        """
        failure: UpstreamError = UpstreamError("no resolver is set")
        async with self._at_once:
            for server, patience in zip(self._turns(), self._patience, strict=False):
                try:
                    response = await self._ask_one(server, question, patience)
                except (TimeoutError, OSError, MalformedError) as error:
                    self._failed[server] = clock.monotonic()
                    timed_out = isinstance(error, TimeoutError | MalformedError)
                    failure = (UpstreamError if timed_out else UnreachableError)(str(error))
                    continue
                self._failed.pop(server, None)
                if response.rcode in (Rcode.NOERROR, Rcode.NXDOMAIN):
                    return response
                failure = UnsolvedError(response)
        raise failure

    def _turns(self) -> Iterator[Address]:
        now = clock.monotonic()
        well = [s for s in self._servers if now - self._failed.get(s, -1e9) > self._avoided_for]
        order = well + [s for s in self._servers if s not in well]
        while order:
            yield from order

    async def _ask_one(self, server: Address, question: Question, patience: float) -> Response:
        asked = _asked(question)
        try:
            async with asyncio.timeout(patience):
                message = await _by_udp(server, asked)
        except _UnsureError:
            async with asyncio.timeout(TCP_PATIENCE):
                message = await _by_tcp(server, asked)
        return read_response(message)


def _asked(question: Question) -> _Asked:
    """A new query: nothing of the client's but name, type, DO and CD (no ECS, no cookies)."""
    name = question.name
    noise = os.urandom(2 + len(name))
    # Length octets are below 64, so flipping bit 5 of letters alone leaves them as they are.
    mixed = bytes(
        octet ^ 0x20 if bit & 1 and (65 <= octet <= 90 or 97 <= octet <= 122) else octet
        for octet, bit in zip(name, noise[2:], strict=True)
    )
    raw = mixed + question.raw[-4:]
    id_ = int.from_bytes(noise[:2])
    flags = RD | AD | question.flags & CD
    do = 0x8000 if question.dnssec_ok else 0
    opt = b"\0" + struct.pack("!HHIH", 41, _UDP_SIZE, do, 0)
    return _Asked(HEADER.pack(id_, flags, 1, 0, 0, 1) + raw + opt, id_, raw)


async def _by_udp(server: Address, asked: _Asked) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        sock.connect(server)  # from here on the kernel drops what comes from elsewhere
        sock.send(asked.message)
        while True:
            message = await loop.sock_recv(sock, _RECEIVED)
            if not asked.is_answered_by(message):
                continue
            if message[2] & (TC >> 8) or not asked.keeps_case(message):
                raise _UnsureError
            return message


async def _by_tcp(server: Address, asked: _Asked) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(struct.pack("!H", len(asked.message)) + asked.message)
        while True:
            try:
                size = int.from_bytes(await reader.readexactly(2))
                message = await reader.readexactly(size)
            except asyncio.IncompleteReadError as error:
                raise ConnectionError("closed before the answer came") from error
            if asked.is_answered_by(message):
                return message
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
