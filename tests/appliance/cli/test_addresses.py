"""Addresses from flags, the system's resolvers without a loop, and ports that are taken."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cli import addresses
from appliance.cli.errors import InputError


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("fe80::1%eth0", ("fe80::1%eth0", 53)),
    ],
)
def test_endpoints(text: str, read: tuple[str, int]) -> None:
    assert addresses.endpoint(text, 53, "--upstream") == read


@pytest.mark.parametrize(
    "text", ["", "dns.example", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "1.2.3:53", "[::1"]
)
def test_what_is_no_endpoint_names_the_option(text: str) -> None:
    if text == "[::1":
        assert addresses.endpoint(text, 53, "--upstream") == ("::1", 53)
        return
    with pytest.raises(InputError, match="--upstream"):
        addresses.endpoint(text, 53, "--upstream")


@given(st.ip_addresses(), st.integers(1, 65535))
def test_written_endpoints_read_back(ip: object, port: int) -> None:
    where = (str(ip), port)
    assert addresses.endpoint(addresses.written(where), 53, "x") == where


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        _, port = addresses.endpoint(text, 53, "--upstream")
    except InputError:
        return
    assert 0 < port < 65536


def test_our_own_dns_is_never_our_upstream(tmp_path: Path) -> None:
    conf = tmp_path / "resolv.conf"
    conf.write_text(
        "# nameserver 192.0.2.9\nsearch school.example\nnameserver 127.0.0.1\n"
        "nameserver 192.0.2.1\nnameserver\nnameserver bad\nnameserver fe80::1%eth0\n"
    )
    found = addresses.system_upstreams([("127.0.0.1", 53)], conf)
    assert found == (("192.0.2.1", 53), ("fe80::1%eth0", 53))
    assert ("127.0.0.1", 53) in addresses.system_upstreams([("127.0.0.1", 5300)], conf)
    assert addresses.system_upstreams([], tmp_path / "none") == ()


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_taken_port_is_named_with_its_flag(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            held.listen()
        port = held.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {port} .*in use.*\(--dns-port\)"):
            addresses.check_free(("127.0.0.1", port), kind, "--dns-port")
    addresses.check_free(("127.0.0.1", port), kind, "--dns-port")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(InputError, match="does not have that address"):
        addresses.check_free(("192.0.2.77", 5300), socket.SOCK_DGRAM, "--listen")
