from __future__ import annotations

import asyncio

import pytest

from appliance.dns.records import Response, read_response
from appliance.dns.resolver import Resolver
from appliance.dns.upstream import UpstreamError
from appliance.dns.wire import Question, read_question
from tests.appliance.dns.gate import query
from tests.appliance.dns.test_records import response

QUESTION = read_question(query("www.example.com"))
ONE_SECOND = read_response(response("www.example.com. 1 A 192.0.2.1"))


class Scripted:
    """An upstream that does what the test says."""

    def __init__(self) -> None:
        self.ailing = False
        self.fails = False
        self.delay = 0.0
        self.asked = 0
        self.fault: Exception | None = None

    async def ask(self, question: Question) -> Response:
        """Answer, or fail."""
        self.asked += 1
        await asyncio.sleep(self.delay)
        if self.fault is not None:
            raise self.fault
        if self.fails:
            raise UpstreamError("told to")
        return ONE_SECOND


async def expired(resolver: Resolver) -> None:
    """Fill the cache and let the answer's second pass."""
    await resolver.ask(QUESTION)
    while resolver.fresh(QUESTION) is not None:
        await asyncio.sleep(0.02)


def test_one_flight_for_one_question() -> None:
    async def run() -> None:
        upstream = Scripted()
        upstream.delay = 0.05
        resolver = Resolver(upstream)
        found = await asyncio.gather(*(resolver.ask(QUESTION) for _ in range(20)))
        assert {stale for _, stale in found} == {False}
        assert upstream.asked == 1
        assert resolver.fresh(QUESTION) is found[0][0]

    asyncio.run(run())


@pytest.mark.parametrize("how", ["fails", "slow", "ailing"])
def test_an_old_answer_is_better_than_none(how: str) -> None:
    async def run() -> None:
        upstream = Scripted()
        resolver = Resolver(upstream, stale_after=0.05)
        await expired(resolver)
        upstream.fails, upstream.ailing = how != "slow", how == "ailing"
        upstream.delay = 0.3 if how == "slow" else 0.0
        kept, stale = await resolver.ask(QUESTION)
        assert stale
        assert kept.response is ONE_SECOND
        await resolver.close()

    asyncio.run(run())


def test_a_fault_in_one_flight_leaves_nobody_waiting() -> None:
    async def run() -> None:
        upstream = Scripted()
        upstream.delay, upstream.fault = 0.02, RuntimeError("told to")
        resolver = Resolver(upstream)
        found = await asyncio.gather(
            resolver.ask(QUESTION), resolver.ask(QUESTION), return_exceptions=True
        )
        assert [type(error) for error in found] == [RuntimeError, UpstreamError]
        upstream.fault = None
        assert (await resolver.ask(QUESTION))[1] is False

    asyncio.run(run())


def test_without_an_old_answer_the_failure_is_told() -> None:
    async def run() -> None:
        upstream = Scripted()
        upstream.fails = True
        with pytest.raises(UpstreamError):
            await Resolver(upstream).ask(QUESTION)

    asyncio.run(run())


def test_too_many_questions_at_once_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.dns.resolver.MOST_FLIGHTS", 0)

    async def run() -> None:
        with pytest.raises(UpstreamError, match="too many"):
            await Resolver(Scripted()).ask(QUESTION)

    asyncio.run(run())
