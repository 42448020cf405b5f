from __future__ import annotations

import struct

import pytest
from dnslib import EDNS0, DNSRecord, EDNSOption
from hypothesis import given
from hypothesis import strategies as st

from appliance.dns.wire import (
    MalformedError,
    Type,
    host_of,
    labels_of,
    name_to_wire,
    read_question,
)
from tests.appliance.dns.gate import query


def test_reads_what_dnslib_writes() -> None:
    packet = query("WwW.Example.com", "AAAA", edns=4096, do=True)
    question = read_question(packet)
    assert question.raw == packet[12 : 12 + 21]
    assert question.type == Type.AAAA
    assert question.id == int.from_bytes(packet[:2])
    assert question.edns is not None
    assert (question.edns.size, question.edns.version, question.edns.dnssec_ok) == (4096, 0, True)


def test_an_option_of_no_length_at_the_end_is_not_lost() -> None:
    """dnslib loses it: that is how a client asks for structured errors."""
    packet = query("example.com", options=[(10, b"12345678"), (26, b"")])
    lost = DNSRecord.parse(packet).ar[0].rdata
    assert [option.code for option in lost] == [10]
    edns = read_question(packet).edns
    assert edns is not None
    assert edns.options == ((10, b"12345678"), (26, b""))
    assert edns.empty_option(26, 15)
    assert not edns.empty_option(10)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: p[:20], "cut short"),
        (lambda p: p + b"x", "1 bytes too many"),
        (lambda p: p[:4] + b"\0\2" + p[6:], "2 questions"),
        (lambda p: p[:4] + b"\0\0" + p[6:], "0 questions"),
        (lambda p: p[:6] + b"\0\1" + p[8:], "1 answers"),
        (lambda p: p[:12] + b"\xc0\x0c" + p[-4:], "compressed"),
        (lambda p: p[:12] + (b"\x3f" + b"a" * 63) * 4 + b"\0" + p[-4:], "255 octets"),
        (lambda p: p[:10] + b"\0\2" + p[12:] + _opt() + _opt(), "two OPT"),
        (lambda p: p[:10] + b"\0\1" + p[12:] + b"\1a" + _opt(), "OPT record with a name"),
        (lambda p: p[:10] + b"\0\1" + p[12:] + _opt(b"\0\x0a\0\5abc"), "cut short"),
        (lambda p: p[:10] + b"\0\1" + p[12:] + _opt(b"\0\x0a\0"), "cut short"),
        (lambda p: p[:10] + b"\0\1" + p[12:] + _opt()[:-2] + b"\0\x09", "cut short"),
    ],
)
def test_what_is_no_query_is_told_apart(change: object, why: str) -> None:
    assert callable(change)
    with pytest.raises(MalformedError, match=why):
        read_question(change(query("example.com")))


def _opt(data: bytes = b"") -> bytes:
    return b"\0" + struct.pack("!HHIH", 41, 1232, 0, len(data)) + data


@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(packet: bytes) -> None:
    try:
        question = read_question(packet)
    except MalformedError:
        return
    assert packet[12:].startswith(question.raw)


@given(st.data())
def test_mutated_queries_are_read_or_refused(data: st.DataObject) -> None:
    record = DNSRecord.question("www.example.com", "HTTPS")
    record.add_ar(EDNS0(opts=[EDNSOption(10, b"12345678")]))
    packet = bytearray(record.pack())
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(2, len(packet) - 1))] = data.draw(st.integers(0, 255))
    try:
        question = read_question(bytes(packet[: data.draw(st.integers(0, len(packet)))]))
        host_of(question.name)
    except MalformedError:
        return


@pytest.mark.parametrize(
    ("labels", "host"),
    [
        ((b"WWW", b"Facebook", b"com"), "www.facebook.com"),
        ((b"a b", b"facebook", b"com"), "facebook.com"),
        ((b"\xff", b"facebook", b"com"), "facebook.com"),
        ((b"*", b"facebook", b"com"), "facebook.com"),
        ((b"www.facebook", b"com"), "com"),  # a dot inside a label is another name
        ((b"_dns", b"resolver", b"arpa"), "_dns.resolver.arpa"),
        ((b"a b",), ""),
        ((), ""),
    ],
)
def test_the_host_of_a_name_is_what_rules_can_speak_of(
    labels: tuple[bytes, ...], host: str
) -> None:
    name = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    assert labels_of(name) == list(labels)
    assert host_of(name) == host


def test_a_name_with_a_pointer_or_without_an_end_has_no_labels() -> None:
    for name in (b"\xc0\x0c", b"\3www", b"\3www\0\0"):
        with pytest.raises(MalformedError):
            labels_of(name)


def test_names_go_to_the_wire_and_back() -> None:
    assert host_of(name_to_wire("www.example.com")) == "www.example.com"
    assert name_to_wire("") == b"\0"
