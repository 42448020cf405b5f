"""The upstream behind its cache: one flight for each question, stale answers in bad times."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from appliance import clock
from appliance.dns.cache import AnswerCache, Kept, Key, key_of
from appliance.dns.records import Response
from appliance.dns.upstream import UpstreamError
from appliance.dns.wire import Question

STALE_AFTER: Final = 1.8  # seconds a client waits before it is given a stale answer (RFC 8767)
MOST_FLIGHTS: Final = 2000

Flight = asyncio.Future[Kept]


class Asking(Protocol):
    """What asks the resolvers (``upstream.Upstream``)."""

    @property
    def ailing(self) -> bool:
        """Whether every resolver failed lately."""
        ...

    async def ask(self, question: Question) -> Response:
        """Return an answer, or raise UpstreamError."""
        ...


class Resolver:
    """Answers from the cache, else from the upstream, else from what is left in the cache."""

    def __init__(self, upstream: Asking, stale_after: float = STALE_AFTER) -> None:
        self._upstream = upstream
        self._stale_after = stale_after
        self._cache = AnswerCache()
        self._flights: dict[Key, Flight] = {}
        self._background: set[asyncio.Task[Kept]] = set()

    def fresh(self, question: Question) -> Kept | None:
        """Return what the cache has, if its time is not up."""
        return self._cache.fresh(key_of(question), clock.monotonic())

    async def ask(self, question: Question) -> tuple[Kept, bool]:
        """Return the answer, and whether it is stale.

        Raises:
            UpstreamError: there is none, not even an old one.
        """
        key = key_of(question)
        stale = self._cache.stale(key, clock.monotonic())
        flight = self._flights.get(key)
        if flight is None:
            if len(self._flights) >= MOST_FLIGHTS:
                raise UpstreamError("too many questions at once")
            flight = self._flights[key] = asyncio.get_running_loop().create_future()
            if stale is None:
                return await self._fly(key, question, flight), False
            self._behind(self._fly(key, question, flight))
        if stale is None:
            return await asyncio.shield(flight), False
        if self._upstream.ailing:
            return stale, True  # the flight goes on, and may find that all is well again
        try:
            async with asyncio.timeout(self._stale_after):
                return await asyncio.shield(flight), False
        except (UpstreamError, TimeoutError):
            return stale, True

    async def close(self) -> None:
        """Call off what is under way."""
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _fly(self, key: Key, question: Question, flight: Flight) -> Kept:
        """Ask, and tell everybody who waits for the same."""
        try:
            response = await self._upstream.ask(question)
            kept = self._cache.keep(key, response, clock.monotonic())
        except UpstreamError as error:
            flight.set_exception(error)
            flight.exception()  # looked at: there may be nobody else who waits
            raise
        else:
            flight.set_result(kept)
            return kept
        finally:
            if not flight.done():  # called off, or a fault of ours: nobody is left waiting
                flight.set_exception(UpstreamError("given up"))
                flight.exception()
            del self._flights[key]

    def _behind(self, flying: Coroutine[Any, Any, Kept]) -> None:
        """Let a flight go on by itself."""
        task = asyncio.get_running_loop().create_task(flying)
        self._background.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[Kept]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: with a stale answer given, nobody else may
