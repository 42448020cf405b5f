"""The upstream behind its cache: one flight for each question, stale answers in bad times."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from appliance import clock
from appliance.dns.cache import AnswerCache, Kept, Key, key_of
from appliance.dns.records import Response
from appliance.dns.upstream import UpstreamError
from appliance.dns.wire import Question

STALE_AFTER: Final = 1.8  # seconds a client waits before it is given a stale answer (RFC 8767)
MOST_FLIGHTS: Final = 2000


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
        self._flights: dict[Key, asyncio.Task[Kept]] = {}

    def fresh(self, question: Question) -> Kept | None:
        """Return what the cache has, if its time is not up."""
        return self._cache.fresh(key_of(question), clock.monotonic())

    async def ask(self, question: Question) -> tuple[Kept, bool]:
        """Return the answer, and whether it is stale.

        Raises:
            UpstreamError: there is none, not even an old one.
        """
        key = key_of(question)
        flight = self._flights.get(key)
        if flight is None:
            if len(self._flights) >= MOST_FLIGHTS:
                raise UpstreamError("too many questions at once")
            flight = asyncio.get_running_loop().create_task(self._fly(key, question))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        stale = self._cache.stale(key, clock.monotonic())
        if stale is not None and self._upstream.ailing:
            return stale, True  # the flight goes on, and may find that all is well again
        try:
            async with asyncio.timeout(None if stale is None else self._stale_after):
                return await asyncio.shield(flight), False
        except (UpstreamError, TimeoutError):
            if stale is None:
                raise
            return stale, True

    async def close(self) -> None:
        """Call off what is under way."""
        for flight in tuple(self._flights.values()):
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)

    async def _fly(self, key: Key, question: Question) -> Kept:
        response = await self._upstream.ask(question)
        return self._cache.keep(key, response, clock.monotonic())

    def _landed(self, key: Key, flight: asyncio.Task[Kept]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # looked at: with a stale answer given, nobody else may
