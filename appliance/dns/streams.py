"""The TCP face (RFC 7766): many queries on one connection, answered as they are ready."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine
from typing import Any, Final

from appliance.dns.handler import Handler, Reply
from appliance.dns.shelf import finish

MOST_CONNECTIONS: Final = 256
MOST_OF_ONE: Final = 32  # connections of one address
MOST_AT_ONCE: Final = 64  # queries of one connection under way
IDLE: Final = 10.0  # seconds


class Streams:
    """Answers the queries of every TCP connection of this worker."""

    def __init__(self, handler: Handler, idle: float = IDLE, most: int = MOST_CONNECTIONS) -> None:
        self._handler = handler
        self._idle = idle
        self._most = most
        self._open: dict[asyncio.Task[None], bytes] = {}
        self._servers: list[asyncio.Server] = []

    async def listen(self, sock: socket.socket) -> None:
        """Serve a listening socket."""
        self._servers.append(await asyncio.start_server(self._connected, sock=sock))

    async def close(self) -> None:
        """Close every connection. Answers that are ready have been sent."""
        for server in self._servers:
            server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        peer = writer.get_extra_info("peername")
        try:
            if task is None or peer is None:
                return
            family = socket.AF_INET6 if ":" in peer[0] else socket.AF_INET
            source = socket.inet_pton(family, peer[0].partition("%")[0])
            of_one = sum(1 for other in self._open.values() if other == source)
            if len(self._open) >= self._most or of_one >= MOST_OF_ONE:
                return
            self._open[task] = source
            await _Conversation(self._handler, source, reader, writer, self._idle).run()
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            if task is not None:
                self._open.pop(task, None)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


class _Conversation:
    """One connection: queries come in one after the other, answers go out as they are ready."""

    def __init__(
        self,
        handler: Handler,
        source: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        idle: float,
    ) -> None:
        self._handler, self._source, self._idle = handler, source, idle
        self._reader, self._writer = reader, writer
        self._pending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer until the client has no more to ask, or says nothing for too long."""
        try:
            while (packet := await self._next()) is not None:
                outcome = self._handler.handle(packet, self._source, stream=True)
                if outcome is None:
                    return  # not a query: nothing good can follow on this connection
                if isinstance(outcome, Reply):
                    self._write(packet, outcome)
                else:
                    self._start(packet, outcome)
                await self._writer.drain()
                while len(self._pending) >= MOST_AT_ONCE:
                    await asyncio.wait(self._pending, return_when=asyncio.FIRST_COMPLETED)
            if self._pending:
                await asyncio.wait(self._pending)
            await self._writer.drain()
        finally:
            for task in self._pending:
                task.cancel()

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(self._idle):
                size = int.from_bytes(await self._reader.readexactly(2))
                return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, TimeoutError):
            return None

    def _start(self, packet: bytes, reply: Coroutine[Any, Any, Reply]) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(packet, reply))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _finish(self, packet: bytes, reply: Coroutine[Any, Any, Reply]) -> None:
        self._write(packet, await reply)

    def _write(self, packet: bytes, reply: Reply) -> None:
        finished = finish(reply)
        if finished.counts is not None:
            finished.counts[self._source] += 1
        message = packet[:2] + finished.message[2:]
        self._writer.write(struct.pack("!H", len(message)) + message)
