from __future__ import annotations

from ipaddress import ip_address

import pytest
from dnslib import DNSError

from appliance.dns.records import read_response
from appliance.dns.targets import inside, targets_of
from tests.appliance.dns.test_records import response


def test_every_alias_and_address_is_seen() -> None:
    targets = targets_of(read_response(response(
        "www.example.com. 60 CNAME Tracker.Example.net.",
        "tracker.example.net. 60 HTTPS 1 cdn.example.org. alpn=h2 ipv4hint=10.0.0.1",
        "tracker.example.net. 60 HTTPS 1 . ipv6hint=fd00::1",
        "tracker.example.net. 60 A 192.0.2.1", "tracker.example.net. 60 AAAA 2001:db8::1",
    )))  # fmt: skip
    assert targets.names == ("tracker.example.net", "cdn.example.org")
    there = {str(address) for address in targets.addresses}
    assert there == {"10.0.0.1", "fd00::1", "192.0.2.1", "2001:db8::1"}


def test_a_binding_that_does_not_hold_together_is_refused() -> None:
    message = bytearray(response("www.example.com. 60 HTTPS 1 . alpn=h2"))
    at = message.index(b"\x00\x03\x02h2")
    message[at : at + 2] = b"\xff\xff"
    with pytest.raises((DNSError, ValueError)):
        targets_of(read_response(bytes(message)))


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("10.1.2.3", True), ("127.0.0.1", True), ("169.254.1.1", True), ("172.16.0.1", True),
        ("172.32.0.1", False), ("192.168.1.1", True), ("0.0.0.0", True), ("100.64.0.1", True),
        ("8.8.8.8", False), ("192.0.2.1", False), ("::1", True), ("::", True), ("fd00::1", True),
        ("fe80::1", True), ("2001:db8::1", False), ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False), ("64:ff9b::a00:1", True), ("64:ff9b::808:808", False),
        ("198.51.100.7", True),
    ],
)  # fmt: skip
def test_what_lies_inside(address: str, is_inside: bool) -> None:
    assert inside(ip_address(address), ours=("198.51.100.7",)) is is_inside
