from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from dnslib import DNSRecord

from appliance.dns.records import Response
from appliance.dns.upstream import (
    UnreachableError,
    UnsolvedError,
    Upstream,
    UpstreamError,
)
from appliance.dns.wire import read_question
from tests.appliance.dns.gate import addresses, query
from tests.appliance.dns.nanonameserver import NanoNameServer, nanonameserver

ZONE = ["www.example.com. 60 A 192.0.2.1"]
PATIENCE = (0.3, 0.3)


@pytest.fixture
def nano() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = ZONE
        yield server


def ask(
    *servers: tuple[str, int], packet: bytes = b"", upstream: Upstream | None = None
) -> Response:
    """Ask for www.example.com A."""
    question = read_question(packet or query("www.example.com", edns=1232))
    return asyncio.run((upstream or Upstream(servers, PATIENCE)).ask(question))


def said(response: Response) -> list[str]:
    """Return the addresses of a response."""
    return addresses(DNSRecord.parse(response.message))


def test_each_question_has_its_own_id_port_and_case(nano: NanoNameServer) -> None:
    for _ in range(8):
        assert said(ask(nano.address)) == ["192.0.2.1"]
    assert len({packet[:2] for packet in nano.asked}) > 1
    assert len({packet[12:29] for packet in nano.asked}) > 1
    assert {packet[12:29].lower() for packet in nano.asked} == {b"\3www\7example\3com\0"}


def test_nothing_of_the_client_goes_out_but_name_type_do_and_cd(nano: NanoNameServer) -> None:
    """No client subnet (8), no cookie (10), no padding: nothing that tells who asks."""
    packet = bytearray(
        query("www.example.com", do=True, options=[(8, b"\0\1\x18\0\x0a\1\2"), (10, b"12345678")])
    )
    packet[3] |= 0x10
    ask(nano.address, packet=bytes(packet))
    out = DNSRecord.parse(nano.asked[0])
    assert (out.header.rd, out.header.cd, out.header.ad) == (1, 1, 1)
    assert out.ar[0].rdata == []
    assert out.ar[0].edns_do == 1
    assert nano.asked[0].endswith(b"\x00\x00")


LIES = {
    "wrong id": lambda m: bytes((m[0] ^ 1,)) + m[1:],
    "another question": lambda m: m.replace(m[12:28], b"\3www\7example\3net"[:16]),
    "another type": lambda m: m[:29] + b"\0\x1c" + m[31:],
    "no answer at all but a query": lambda m: m[:2] + bytes((m[2] & 0x7F,)) + m[3:],
    "two questions": lambda m: m[:4] + b"\0\2" + m[6:],
    "cut short": lambda m: m[:20],
    "another opcode": lambda m: m[:2] + bytes((m[2] | 0x28,)) + m[3:],
    "empty": lambda m: b"",
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_the_answer_is_left_aside(nano: NanoNameServer, lie: str) -> None:
    """dnslib's send() takes a wrong id, question and port for the answer."""

    def forged(message: bytes) -> bytes:
        return LIES[lie](message.replace(b"\xc0\x00\x02\x01", b"\x06\x06\x06\x06"))

    nano.lies = [forged]
    assert said(ask(nano.address)) == ["192.0.2.1"]
    nano.truthful = False
    with pytest.raises(UpstreamError):
        ask(nano.address)


def test_an_answer_from_another_port_is_left_aside(nano: NanoNameServer) -> None:
    nano.elsewhere = True
    with pytest.raises(UpstreamError) as caught:
        ask(nano.address)
    assert caught.value.code == 22


@pytest.mark.parametrize("what", ["truncates", "loses_case"])
def test_a_truncated_answer_and_one_of_another_case_are_asked_for_by_tcp(
    nano: NanoNameServer, what: str
) -> None:
    setattr(nano, what, True)
    assert said(ask(nano.address)) == ["192.0.2.1"]
    assert nano.asked_by_tcp == 1


def test_the_other_resolver_is_asked_and_the_dead_one_left_alone(nano: NanoNameServer) -> None:
    with nanonameserver() as dead:
        dead.dead = True
        upstream = Upstream((dead.address, nano.address), PATIENCE)
        assert said(ask(upstream=upstream)) == ["192.0.2.1"]
        assert said(ask(upstream=upstream)) == ["192.0.2.1"]
        assert len(dead.asked) == 1
        assert not upstream.ailing


def test_a_resolver_that_cannot_find_out_hands_on_to_the_other(nano: NanoNameServer) -> None:
    with nanonameserver() as lost:
        lost.rcode = "SERVFAIL"
        assert said(ask(lost.address, nano.address)) == ["192.0.2.1"]
        with pytest.raises(UnsolvedError):
            ask(lost.address)


def test_silence_and_a_closed_port_are_told_apart(nano: NanoNameServer) -> None:
    nano.dead = True
    upstream = Upstream((nano.address,), PATIENCE)
    with pytest.raises(UpstreamError) as caught:
        ask(upstream=upstream)
    assert caught.value.code == 22
    assert upstream.ailing
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        closed = sock.getsockname()
    with pytest.raises(UnreachableError) as refused:
        ask(closed)
    assert refused.value.code == 23


def test_without_resolvers_there_is_no_answer() -> None:
    with pytest.raises(UpstreamError):
        ask()
