from __future__ import annotations

from math import inf

import pytest
from dnslib import QTYPE, RCODE, DNSRecord
from hypothesis import given
from hypothesis import strategies as st

from appliance.dns.answers import (
    Answer,
    Error,
    Ttl,
    addresses,
    fitted,
    forwarded,
    led,
    made_up,
    minimal_any,
    stamp,
    text,
    without_question,
)
from appliance.dns.records import read_response
from appliance.dns.wire import Rcode, read_question
from tests.appliance.dns.gate import addresses as said
from tests.appliance.dns.gate import errors, query
from tests.appliance.dns.test_records import SOA, response


def asked(name: str = "WwW.ExAmPle.com", qtype: str = "A", **more: object):  # type: ignore[no-untyped-def]
    """Return a question and its packet."""
    packet = query(name, qtype, **more)  # type: ignore[arg-type]
    return read_question(packet), packet


def shown(answer: Answer, age: float = 0.0, left: float = inf) -> DNSRecord:
    """Return an answer as a client sees it."""
    message = bytearray(answer.message)
    stamp(message, answer, age, left)
    return DNSRecord.parse(bytes(message))


def test_the_question_comes_back_in_its_own_case_and_nothing_is_authoritative() -> None:
    """dnslib's reply() sets AA and copies AD."""
    question, packet = asked(ad=True)
    careless = DNSRecord.parse(packet).reply()
    assert careless.header.aa == 1
    for answer in (
        made_up(question, Rcode.NXDOMAIN), addresses(question, ("192.0.2.1",)),
        made_up(question, Rcode.SERVFAIL), minimal_any(question), fitted(question, big(question)),
    ):  # fmt: skip
        assert answer.message[12 : 12 + len(question.raw)] == question.raw
        header = DNSRecord.parse(answer.message).header
        assert (header.qr, header.aa, header.ad, header.ra, header.rd) == (1, 0, 0, 1, 1)


def big(question, records: int = 100) -> Answer:  # type: ignore[no-untyped-def]
    """Return an answer that fits no UDP packet."""
    return addresses(question, [f"192.0.2.{i}" for i in range(records)])


@pytest.mark.parametrize(("qtype", "there"), [("A", ["192.0.2.1"]), ("AAAA", ["2001:db8::1"])])
def test_steering_gives_our_addresses(qtype: str, there: list[str]) -> None:
    question, _ = asked(qtype=qtype, edns=1232)
    answer = shown(addresses(question, ("192.0.2.1", "2001:db8::1"), Error(4, "why")))
    assert said(answer) == there
    assert answer.rr[0].ttl == 30
    assert errors(answer) == [(4, "why")]


@pytest.mark.parametrize("qtype", ["AAAA", "HTTPS", "SVCB", "MX", "TXT"])
def test_steering_has_no_data_for_the_rest(qtype: str) -> None:
    question, _ = asked(qtype=qtype, edns=1232)
    answer = shown(addresses(question, ("192.0.2.1",), Error(4, "why")))
    assert (answer.header.rcode, answer.rr, errors(answer)) == (RCODE.NOERROR, [], [])
    assert answer.auth[0].rtype == QTYPE.SOA


@pytest.mark.parametrize(("left", "ttl"), [(inf, 30), (31.9, 30), (12.9, 12), (1.5, 1), (0.2, 1)])
def test_negative_answers_last_as_long_as_their_soa_says(left: float, ttl: int) -> None:
    question, _ = asked()
    answer = shown(made_up(question, Rcode.NXDOMAIN), left=left)
    assert answer.header.rcode == RCODE.NXDOMAIN
    assert answer.auth[0].ttl == ttl
    assert answer.auth[0].rdata.times[4] == ttl


@pytest.mark.parametrize(
    ("seconds", "decays", "ceiling", "age", "left", "ttl"),
    [
        (300, True, 1 << 31, 0.0, inf, 300),
        (300, True, 1 << 31, 0.9, inf, 300),
        (300, True, 1 << 31, 1.0, inf, 299),
        (300, True, 1 << 31, 299.5, inf, 1),
        (300, True, 1 << 31, 0.0, 59.99, 59),
        (300, True, 30, 0.0, inf, 30),
        (300, True, 30, 280.0, inf, 20),
        (300, True, 30, 0.0, 29.5, 29),
        (300, False, 1 << 31, 100.0, inf, 300),
        (30, False, 1 << 31, 100.0, 10.5, 10),
        (0, True, 1 << 31, 0.0, inf, 1),
        (300, True, 1 << 31, 0.0, 0.0, 1),
    ],
)
def test_times_to_live(  # a truth table
    seconds: int, decays: bool, ceiling: int, age: float, left: float, ttl: int
) -> None:
    message = bytearray(8)
    stamp(message, Answer(b"", (Ttl(2, seconds, decays),), 1.0, ceiling), age, left)
    assert int.from_bytes(message[2:6]) == ttl


@given(st.integers(0, 1 << 31), st.floats(0, 1e6), st.floats(0, 1e6), st.integers(1, 1 << 31))
def test_no_ttl_outlives_its_verdict(ttl: int, age: float, left: float, ceiling: int) -> None:
    message = bytearray(4)
    stamp(message, Answer(b"", (Ttl(0, ttl, True),), 1.0, ceiling), age, left)
    seconds = int.from_bytes(message)
    assert seconds == 1 or (seconds <= left and seconds <= ceiling and seconds <= ttl - age + 1)


def test_extended_errors_are_for_clients_with_edns() -> None:
    for edns, there in ((None, []), (1232, [(17, "no")])):
        question, _ = asked(edns=edns)
        answer = DNSRecord.parse(made_up(question, 3, error=Error(17, "no")).message)
        assert errors(answer) == there
        assert bool(answer.ar) == bool(edns)


@pytest.mark.parametrize(
    ("edns", "records", "whole"),
    [(None, 29, True), (None, 31, False), (512, 31, False), (100, 28, True), (1232, 74, True),
     (4096, 74, True), (4096, 77, False)],
)  # fmt: skip
def test_what_does_not_fit_is_truncated(edns: int | None, records: int, whole: bool) -> None:
    question, _ = asked("a.example", edns=edns)
    answer = DNSRecord.parse(fitted(question, big(question, records)).message)
    assert bool(answer.header.tc) != whole
    assert len(answer.rr) == (records if whole else 0)


def test_an_upstreams_answer_is_carried_over_whole() -> None:
    message = response("www.example.com. 300 CNAME x.example.com.", "x.example.com. 60 A 192.0.2.1")
    question, _ = asked(edns=1232)
    answer = DNSRecord.parse(forwarded(question, read_response(message)).message)
    assert str(answer.q.qname) == "WwW.ExAmPle.com."
    assert [(str(r.rname).lower(), r.ttl) for r in answer.rr] == [
        ("www.example.com.", 300),
        ("x.example.com.", 60),
    ]
    assert answer.auth == []
    assert len(answer.ar) == 1


def test_a_negative_answer_keeps_its_soa() -> None:
    question, _ = asked()
    read = read_response(response(auth=SOA.format(20), rcode=3))
    answer = DNSRecord.parse(forwarded(question, read).message)
    assert (answer.header.rcode, len(answer.auth), answer.ar) == (RCODE.NXDOMAIN, 1, [])


@pytest.mark.parametrize(
    ("ad", "do", "upstream", "passed"),
    [(True, False, 1, 1), (False, True, 1, 1), (False, False, 1, 0), (True, True, 0, 0)],
)
def test_ad_comes_from_the_upstream_and_only_to_who_asks(
    ad: bool, do: bool, upstream: int, passed: int
) -> None:
    message = bytearray(response("www.example.com. 300 A 192.0.2.1"))
    message[3] = message[3] & ~0x20 | upstream << 5
    question, _ = asked(ad=ad, do=do)
    answer = DNSRecord.parse(forwarded(question, read_response(bytes(message))).message)
    assert answer.header.ad == passed


def test_a_stale_answer_says_so() -> None:
    question, _ = asked(edns=1232)
    read = read_response(response("www.example.com. 300 A 192.0.2.1"))
    answer = shown(forwarded(question, read, stale=True), age=90000.0)
    assert answer.rr[0].ttl == 30
    assert errors(answer)[0][0] == 3


def test_any_is_answered_minimally() -> None:
    answer = DNSRecord.parse(minimal_any(asked(qtype="ANY")[0]).message)
    assert [r.rtype for r in answer.rr] == [QTYPE.HINFO]


def test_a_text_of_class_chaos() -> None:
    question, _ = asked("snapshot.bellgate", "TXT", qclass="CH")
    answer = DNSRecord.parse(text(question, "7").message)
    assert [(r.rclass, r.ttl, str(r.rdata)) for r in answer.rr] == [(3, 0, '"7"')]


def test_what_cannot_be_read_gets_its_id_and_opcode_back() -> None:
    answer = without_question(b"\x12\x34\x29\x20rest", Rcode.NOTIMP)
    assert answer.message == b"\x12\x34\xa9\x04" + b"\0" * 8


@given(
    st.lists(st.from_regex(rb"[A-Za-z0-9_-]{1,63}", fullmatch=True), min_size=1, max_size=3),
    st.from_regex(r"[a-z0-9]{1,40}(\.[a-z0-9]{1,40}){0,4}", fullmatch=True),
    st.lists(st.ip_addresses(v=4), max_size=4),
    st.booleans(),
)
def test_an_alias_stands_under_any_name_that_can_be_asked_for(
    labels: list[bytes], alias: str, found: list[object], stale: bool
) -> None:
    name = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    head = bytes.fromhex("1234 0100 0001 0000 0000 0000".replace(" ", ""))
    question = read_question(head + name + b"\0\1\0\1")
    zone = [f"{alias}. 90 A {address}" for address in found]
    answer = led(question, alias, read_response(response(*zone)), stale=stale)
    message = answer.message
    assert message[12 : 12 + len(name)] == name
    first, *rest = DNSRecord.parse(message).rr
    assert (first.rtype, str(first.rdata)) == (QTYPE.CNAME, f"{alias}.")
    assert [str(r.rname) for r in rest] == [f"{alias}."] * len(found)
    assert [str(r.rdata) for r in rest] == [str(address) for address in found]
    assert bool(DNSRecord.parse(message).auth) is (not found)
    shown_ttls = {r.ttl for r in shown(answer, left=20).rr}
    assert max(shown_ttls) <= 20
