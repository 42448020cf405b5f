from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from dnslib import RCODE, DNSRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.dns.handler import Handler, Reply
from appliance.dns.judge import Judge
from appliance.dns.records import Response, read_response
from appliance.dns.resolver import Resolver
from appliance.dns.wire import Question
from tests.appliance.dns.gate import FixedHolder, NoNeighbours, errors, query, school
from tests.appliance.dns.test_records import response

PUPIL, STRANGER, SELF = b"\x7f\0\x0a\5", b"\x0a\0\0\1", b"\x7f\0\0\1"


class Fixed:
    """An upstream with one answer to everything."""

    ailing = False

    def __init__(self) -> None:
        self.message = response("www.example.com. 60 A 192.0.2.1")

    async def ask(self, question: Question) -> Response:
        """Answer."""
        return read_response(self.message)


def handler(upstream: Fixed | None = None, **more: Any) -> Handler:
    """Return a handler of the little school."""
    judge = Judge(FixedHolder(school(**more)), NoNeighbours())
    return Handler(judge, Resolver(upstream or Fixed()))


async def replied(the: Handler, packet: bytes, source: bytes, stream: bool) -> Reply | None:
    """Return the reply, waited for."""
    outcome = the.handle(packet, source, stream=stream)
    return await outcome if isinstance(outcome, Coroutine) else outcome


def reply(
    packet: bytes, source: bytes = PUPIL, the: Handler | None = None, stream: bool = False
) -> DNSRecord | None:
    """Return the answer to a packet, None for silence."""
    found = asyncio.run(replied(the or handler(), packet, source, stream))
    return None if found is None else DNSRecord.parse(found.answer.message)


@pytest.mark.parametrize("packet", [b"", b"short", query("a.b")[:11], b"\0\0\x80" + b"\0" * 9])
def test_silence_for_what_is_no_query(packet: bytes) -> None:
    assert reply(packet) is None


@pytest.mark.parametrize(
    ("packet", "rcode"),
    [
        (query("a.b")[:-1], RCODE.FORMERR),
        (query("a.b") + b"x", RCODE.FORMERR),
        (query("a.b")[:4] + b"\0\2" + query("a.b")[6:], RCODE.FORMERR),
        (b"\0\1\x28\0" + query("a.b")[4:], RCODE.NOTIMP),  # UPDATE
        (b"\0\1\x20\0" + query("a.b")[4:], RCODE.NOTIMP),  # NOTIFY
        (query("a.b", "AXFR"), RCODE.REFUSED),
        (query("a.b", "IXFR"), RCODE.REFUSED),
        (query("a.b", qclass="CH"), RCODE.REFUSED),
        (query("version.bind", "TXT", qclass="CH"), RCODE.REFUSED),
        (query("a.b", "OPT"), RCODE.FORMERR),
        (query("a.b", "TSIG"), RCODE.FORMERR),
    ],
)
def test_what_the_protocol_answers(packet: bytes, rcode: int) -> None:
    answer = reply(packet)
    assert answer is not None
    assert answer.header.rcode == rcode


def test_another_version_of_edns_is_told_ours() -> None:
    packet = bytearray(query("a.b", edns=1232))
    packet[-5] = 1  # version
    answer = reply(bytes(packet))
    assert answer is not None
    assert answer.ar[0].ttl >> 24 == 1
    assert answer.header.rcode == 0


def test_strangers_are_refused_by_a_packet_no_longer_than_theirs() -> None:
    for packet in (
        query("facebook.com", edns=1232),
        query("snapshot.bellgate", "TXT", qclass="CH"),
    ):
        found = asyncio.run(replied(handler(), packet, STRANGER, False))
        assert found is not None
        assert DNSRecord.parse(found.answer.message).header.rcode == RCODE.REFUSED
        assert len(found.answer.message) <= len(packet)


def test_the_appliance_itself_may_ask_which_snapshot_holds_and_nothing_else() -> None:
    said = reply(query("Snapshot.Bellgate", "TXT", qclass="CH"), SELF)
    assert said is not None
    assert str(said.rr[0].rdata) == '"1"'
    state = reply(query("state.bellgate", "TXT", qclass="CH"), PUPIL)
    assert state is not None
    assert str(state.rr[0].rdata) == '"current"'
    other = reply(query("www.example.com", edns=1232), SELF)
    assert other is not None
    assert (other.header.rcode, errors(other)) == (RCODE.REFUSED, [(18, "")])


def test_any_is_minimal_and_still_refused_where_refused() -> None:
    passed, refused = reply(query("www.example.com", "ANY")), reply(query("vpn.example", "ANY"))
    assert passed is not None
    assert refused is not None
    assert len(passed.rr) == 1
    assert refused.header.rcode == RCODE.NXDOMAIN


class Broken:
    """A snapshot's register that fails inside the decision."""

    def network_of(self, address: str) -> object:
        """Fail."""
        raise RuntimeError("told to")


def test_the_guard_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    the = handler()
    object.__setattr__(the._judge.snapshot, "register", Broken())
    answer = reply(query("www.example.com"), the=the)
    assert answer is not None
    assert answer.header.rcode == RCODE.SERVFAIL
    assert "told to" in capsys.readouterr().err


def test_the_guard_after_the_upstream(capsys: pytest.CaptureFixture[str]) -> None:
    upstream = Fixed()
    upstream.message = response("www.example.com. 60 HTTPS 1 . alpn=h2").replace(
        b"\0\3\2h2", b"\xff\xff\2h2"
    )
    answer = reply(query("www.example.com", "HTTPS"), the=handler(upstream))
    assert answer is not None
    assert answer.header.rcode == RCODE.SERVFAIL
    assert "could not be decided" in capsys.readouterr().err


def test_a_verdict_given_while_the_upstream_was_asked_is_the_one_that_holds() -> None:
    holder = FixedHolder(school())
    judge = Judge(holder, NoNeighbours())

    class Swapping(Fixed):
        async def ask(self, question: Question) -> Response:
            holder.swap(reported=(), circumvention_roles=(), rules=(), networks=())
            judge.renew()
            return await super().ask(question)

    answer = reply(query("www.example.com"), the=Handler(judge, Resolver(Swapping())))
    assert answer is not None
    assert answer.header.rcode == RCODE.REFUSED  # the network is the school's no more


def test_what_tells_clients_apart_is_not_answered_from_the_shelf() -> None:
    the = handler()
    for options, again in (((), True), ([(26, b"")], True), ([(10, b"12345678")], False)):
        found = asyncio.run(replied(the, query("x.com", options=options), PUPIL, False))
        assert found is not None
        assert found.again is again


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([PUPIL, STRANGER, SELF]), st.booleans())
def test_random_bytes_never_crash_it(packet: bytes, source: bytes, stream: bool) -> None:
    found = asyncio.run(asyncio.wait_for(replied(handler(), packet, source, stream), 5))
    if found is not None:
        assert DNSRecord.parse(found.answer.message).header.qr == 1


@settings(max_examples=300)
@given(st.data())
def test_mutated_queries_and_answers_never_crash_it(data: st.DataObject) -> None:
    upstream = Fixed()
    packet = bytearray(query("www.example.com", "HTTPS", options=[(26, b"")]))
    message = bytearray(response("www.example.com. 60 CNAME a.b.", "a.b. 5 HTTPS 1 . alpn=h2"))
    for thing in (packet, message):
        for _ in range(data.draw(st.integers(0, 4))):
            thing[data.draw(st.integers(0, len(thing) - 1))] = data.draw(st.integers(0, 255))
    upstream.message = bytes(message)
    found = asyncio.run(
        asyncio.wait_for(replied(handler(upstream), bytes(packet), PUPIL, False), 5)
    )
    if found is not None:
        assert found.answer.message[:2] == packet[:2]
        assert found.answer.message[2] & 0x80
        assert len(found.answer.message) <= 1232
