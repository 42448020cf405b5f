"""The UDP face of one socket: the hot loop, and the way out of it for what takes longer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from appliance import clock
from appliance.dns.batch import Route, batch_for
from appliance.dns.handler import Handler, Reply
from appliance.dns.judge import Judge
from appliance.dns.noting import Noting
from appliance.dns.shelf import Finished, Shelf

ROUNDS: Final = 8  # batches read before the loop gets a turn


class Datagrams:
    """Answers the queries of one UDP socket."""

    def __init__(
        self, sock: socket.socket, handler: Handler, judge: Judge, shelf: Shelf,
        noting: Noting | None = None,
    ) -> None:  # fmt: skip
        self._handler = handler
        self._judge = judge
        self._shelf = shelf
        self._noting = noting
        self._batch = batch_for(sock)
        self._send = self._batch.send if noting is None else self._told_and_sent
        self._slots = tuple(
            (source, start + 2, start, answer)
            for source, start, answer in zip(
                self._batch.sources, self._batch.starts, self._batch.answers, strict=True
            )
        )
        self._held: list[Finished] = []  # sent in this batch, and on no shelf
        self._pending: set[asyncio.Task[None]] = set()

    def serve(self) -> bool:
        """Answer what waits. Return whether work was left to the loop."""
        left = False
        for _ in range(ROUNDS):
            lengths = self._batch.receive()
            if lengths:
                left = self._answer(lengths) or left
            if len(lengths) < len(self._slots):
                break
        return left

    def _answer(self, lengths: Sequence[int]) -> bool:
        """The hot loop. What is not on the shelf leaves it by the exception."""
        memory, by_source, send = self._batch.memory, self._shelf.by_source, self._send
        now = clock.monotonic()
        first = slot = 0
        left = False
        for (source_at, body, start, answer_at), length in zip(self._slots, lengths):  # noqa: B905
            source = memory[source_at]
            try:
                finished = by_source[source][memory[body : start + length]]
                if now >= finished.until and not finished.still_good(now):
                    raise KeyError
            except KeyError:
                made = self._missed(slot, source, memory[start : start + length])
                if made is None:
                    send(first, slot)
                    first = slot = slot + 1
                    left = True
                    continue
                finished = made
            if finished.counts is not None:
                finished.counts[source] += 1
            memory[answer_at] = finished.iovec
            slot += 1
        send(first, slot)
        self._held.clear()
        return left

    def _missed(self, slot: int, source: bytes, packet: bytes) -> Finished | None:
        """Return the answer to a packet that the shelf has none for; None: not now, or never."""
        forwarder, source = source, self._handler.whose(packet, source)
        if source == forwarder and source not in self._shelf.by_source:
            known = self._admitted(source, packet)
            if known is not None:
                return known
        outcome = self._handler.handle(packet, source, stream=False)
        if outcome is None:
            return None
        if isinstance(outcome, Reply):
            finished = self._shelved(outcome, source, packet)
            if finished.used is not None:
                finished.used(source)
            if source != forwarder and finished.counts is not None:
                finished.counts[source] += 1  # the loop would count it for the forwarder
                finished.counts = None
            self._held.append(finished)
            return finished
        route = self._batch.route(slot)
        task = asyncio.get_running_loop().create_task(self._later(outcome, source, packet, route))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        return None

    def _admitted(self, source: bytes, packet: bytes) -> Finished | None:
        """Learn which class a source belongs to; its shelf may well have the answer."""
        asker = self._judge.asker(source)
        if asker is None:
            return None
        self._shelf.admit(source, asker.shares)
        finished = self._shelf.by_source[source].get(packet[2:])
        now = clock.monotonic()
        if finished is None or (now >= finished.until and not finished.still_good(now)):
            return None
        if finished.used is not None:  # once in two seconds: the hot loop tells nobody
            finished.used(source)
        return finished

    async def _later(
        self, reply: Coroutine[Any, Any, Reply], source: bytes, packet: bytes, route: Route
    ) -> None:
        finished = self._shelved(await reply, source, packet)
        if finished.counts is not None:
            finished.counts[source] += 1
        if finished.used is not None:
            finished.used(source)
        if self._noting is not None:
            self._noting.flush()
        self._batch.later(packet[:2] + finished.message[2:], route)

    def _told_and_sent(self, first: int, end: int) -> None:
        """Send answers once the door has been told of them (gateway mode)."""
        if self._noting is not None:
            self._noting.flush()
        self._batch.send(first, end)

    def _shelved(self, reply: Reply, source: bytes, packet: bytes) -> Finished:
        finished = Finished(reply, clock.monotonic())
        if self._noting is not None:
            self._noting.note(reply, finished)
        asker = self._judge.asker(source)
        if asker is not None and reply.again:
            self._shelf.put(asker.shares, packet[2:], finished)
        return finished

    async def close(self) -> None:
        """Give up what is still under way."""
        for task in tuple(self._pending):
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
