from __future__ import annotations

import pytest
from dnslib import RR, DNSRecord
from hypothesis import given
from hypothesis import strategies as st

from appliance.dns.records import read_name, read_response
from appliance.dns.wire import MalformedError, Type, host_of
from tests.appliance.dns.gate import query


def response(*zone: str, auth: str = "", rcode: int = 0) -> bytes:
    """Return an upstream's answer to www.example.com A."""
    reply = DNSRecord.parse(query("www.example.com", edns=1232)).reply(ra=1, aa=0)
    reply.add_answer(*RR.fromZone("\n".join(zone)))
    if auth:
        reply.add_auth(*RR.fromZone(auth))
    reply.header.rcode = rcode
    return bytes(reply.pack())


SOA = "example.com. 300 SOA ns.example.com. host.example.com. 1 2 3 4 {}"


@pytest.mark.parametrize(
    ("message", "lifetime"),
    [
        (response("www.example.com. 300 A 192.0.2.1", "www.example.com. 60 A 192.0.2.2"), 60),
        (response("www.example.com. 0 A 192.0.2.1"), 0),
        (response("www.example.com. 4294967295 A 192.0.2.1"), 0),  # RFC 2181: top bit is zero
        (response(auth=SOA.format(900)), 300),
        (response(auth=SOA.format(20)), 20),
        (response(auth=SOA.format(20), rcode=3), 20),
        (response("www.example.com. 5 CNAME x.example.com.", auth=SOA.format(20), rcode=3), 5),
        (response(rcode=3), 0),
        (response(), 0),
        (response("www.example.com. 300 A 192.0.2.1", rcode=2), 0),
    ],
)
def test_how_long_an_answer_may_be_kept(message: bytes, lifetime: int) -> None:
    assert read_response(message).lifetime() == lifetime


def test_names_are_followed_through_pointers() -> None:
    read = read_response(response("www.example.com. 60 CNAME Star.Example.com."))
    cname = read.answer[0]
    assert cname.type == Type.CNAME
    assert host_of(read_name(read.message, cname.data_at)) == "star.example.com"


@pytest.mark.parametrize(
    "message",
    [b"\xc0\x00", b"\xc0\x02\xc0\x00", b"\3ww", b"\x80a", (b"\x3f" + b"a" * 63) * 4 + b"\0"],
)
def test_names_that_go_in_circles_or_nowhere_are_refused(message: bytes) -> None:
    with pytest.raises(MalformedError):
        read_name(message, 0)


@given(st.data())
def test_mutated_answers_are_read_or_refused(data: st.DataObject) -> None:
    packet = bytearray(response("www.example.com. 60 CNAME a.b.", "a.b. 9 A 192.0.2.1"))
    for _ in range(data.draw(st.integers(1, 5))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    message = bytes(packet[: data.draw(st.integers(0, len(packet)))])
    try:
        read = read_response(message)
        assert read.lifetime() >= 0
        for one in read.answer:
            assert one.end <= len(message)
            read_name(message, one.data_at)
    except MalformedError:
        return
