"""The TCP face (RFC 7766): many queries on one connection, answered as they are ready."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import struct
from collections.abc import Coroutine
from typing import Any, Final

from appliance.dns.handler import Handler, Reply
from appliance.dns.noting import Noting
from appliance.dns.shelf import finish

MOST_CONNECTIONS: Final = 256
MOST_OF_ONE: Final = 32  # connections of one address
MOST_AT_ONCE: Final = 64  # queries of one connection under way
IDLE: Final = 10.0  # seconds
_PAUSE: Final = 0.1  # seconds until connections are taken again


class Streams:
    """Answers the queries of every TCP connection of this worker."""

    def __init__(
        self, handler: Handler, idle: float = IDLE, most: int = MOST_CONNECTIONS,
        noting: Noting | None = None,
    ) -> None:  # fmt: skip
        self._handler, self._noting = handler, noting
        self._idle = idle
        self._most = most
        self._open: dict[asyncio.Task[None], bytes] = {}
        self._listening: list[socket.socket] = []

    def listen(self, sock: socket.socket) -> None:
        """Serve a listening socket. (A server of asyncio's forgets who is just arriving.)"""
        sock.setblocking(False)
        self._listening.append(sock)
        self._watch(sock)

    async def close(self) -> None:
        """Close every connection. Answers that are ready have been sent."""
        listening, self._listening = self._listening, []
        for sock in listening:
            asyncio.get_running_loop().remove_reader(sock)
        conversations = tuple(self._open)
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the loop's next turn

    def _watch(self, sock: socket.socket) -> None:
        if sock in self._listening:
            asyncio.get_running_loop().add_reader(sock, self._arrived, sock)

    def _arrived(self, sock: socket.socket) -> None:
        try:
            connection, peer = sock.accept()
        except (BlockingIOError, ConnectionError):  # gone again
            return
        except OSError:  # no file left: those inside go on, and the rest waits a little
            loop = asyncio.get_running_loop()
            loop.remove_reader(sock)
            loop.call_later(_PAUSE, self._watch, sock)
            return
        connection.setblocking(False)
        source = socket.inet_pton(sock.family, peer[0].partition("%")[0])
        of_one = sum(1 for other in self._open.values() if other == source)
        if len(self._open) >= self._most or of_one >= MOST_OF_ONE:
            connection.close()
            return
        task = asyncio.get_running_loop().create_task(self._converse(connection, source))
        self._open[task] = source
        task.add_done_callback(functools.partial(self._ended, connection))

    def _ended(self, connection: socket.socket, task: asyncio.Task[None]) -> None:
        del self._open[task]
        connection.close()  # of a conversation that was called off before its first word

    async def _converse(self, connection: socket.socket, source: bytes) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            conversation = _Conversation(self._handler, source, reader, writer, self._idle)
            conversation.noting = self._noting
            await conversation.run()
        except ConnectionError:
            return
        finally:
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
        self.noting: Noting | None = None
        self._reader, self._writer = reader, writer
        self._pending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer until the client has no more to ask, or says nothing for too long."""
        try:
            while (packet := await self._next()) is not None:
                source = self._handler.whose(packet, self._source)
                outcome = self._handler.handle(packet, source, stream=True)
                if outcome is None:
                    return  # not a query: nothing good can follow on this connection
                if isinstance(outcome, Reply):
                    self._write(packet, source, outcome)
                else:
                    self._start(packet, source, outcome)
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

    def _start(self, packet: bytes, source: bytes, reply: Coroutine[Any, Any, Reply]) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(packet, source, reply))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _finish(
        self, packet: bytes, source: bytes, reply: Coroutine[Any, Any, Reply]
    ) -> None:
        self._write(packet, source, await reply)

    def _write(self, packet: bytes, source: bytes, reply: Reply) -> None:
        finished = finish(reply)
        if self.noting is not None:
            self.noting.note(reply, finished)
        if finished.counts is not None:
            finished.counts[source] += 1
        if finished.used is not None:
            finished.used(source)
        if self.noting is not None:
            self.noting.flush()
        message = packet[:2] + finished.message[2:]
        self._writer.write(struct.pack("!H", len(message)) + message)
