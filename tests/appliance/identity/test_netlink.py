"""The neighbour dump: read from the real kernel, and never more than the bytes say."""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.identity import netlink

NAMESPACED = """
import json
from appliance.identity import netlink
print(json.dumps(netlink.neighbours()))
"""


def message(state: int, address: bytes, mac: bytes | None, kind: int = 28) -> bytes:
    body = struct.pack("=BxxxiHBB", socket.AF_INET, 1, state, 0, 0)
    for type_, value in ((1, address), (2, mac)):
        if value is not None:
            body += struct.pack("=HH", 4 + len(value), type_) + value + bytes(-len(value) % 4)
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 1, 0) + body


def table(*datagrams: bytes) -> netlink.Table:
    found: netlink.Table = {}
    for data in datagrams:
        netlink.applied(found, netlink.read(data)[0])
    return found


DONE = struct.pack("=IHHII", 16, 3, 0, 1, 0)
MAC = bytes.fromhex("02fc00000005")


@pytest.mark.parametrize("state", [0x02, 0x04, 0x08, 0x10, 0x80])
def test_confirmed_neighbours_are_read(state: int) -> None:
    changes, done = netlink.read(message(state, bytes([192, 0, 2, 1]), MAC) + DONE)
    assert changes == [netlink.Change((1, "192.0.2.1"), "02:fc:00:00:00:05")]
    assert done


@pytest.mark.parametrize("state", [0x00, 0x01, 0x20, 0x40])
def test_unconfirmed_neighbours_are_left_out(state: int) -> None:
    """NONE, INCOMPLETE, FAILED and NOARP prove nothing about who is there."""
    assert table(message(state, bytes([192, 0, 2, 1]), MAC)) == {}


@pytest.mark.parametrize("mac", [None, bytes(6), b"", bytes(8)])
def test_neighbours_without_a_mac_are_left_out(mac: bytes | None) -> None:
    assert table(message(0x02, bytes([192, 0, 2, 1]), mac)) == {}


def test_ipv6_is_read_in_its_canonical_form() -> None:
    address = socket.inet_pton(socket.AF_INET6, "fd00:0:0:0:0:0:0:2")
    assert table(message(0x04, address, MAC)) == {(1, "fd00::2"): "02:fc:00:00:00:05"}


def test_what_is_gone_or_no_longer_confirmed_is_taken_away() -> None:
    there = message(0x02, bytes([192, 0, 2, 1]), MAC)
    assert table(there, message(0x20, bytes([192, 0, 2, 1]), MAC)) == {}
    assert table(there, message(0x02, bytes([192, 0, 2, 1]), MAC, kind=29)) == {}
    assert table(message(0x02, bytes([192, 0, 2, 1]), MAC, kind=29), there) != {}


def test_an_address_that_two_interfaces_claim_for_two_devices_is_nobodys() -> None:
    both: netlink.Table = {(1, "fe80::1"): "a", (2, "fe80::1"): "b", (1, "fe80::2"): "a"}
    assert netlink.certain(both) == {"fe80::2": "a"}
    assert netlink.certain({(1, "fe80::1"): "a", (2, "fe80::1"): "a"}) == {"fe80::1": "a"}


def test_an_error_message_is_an_error() -> None:
    with pytest.raises(netlink.BadAnswerError, match="refused"):
        netlink.read(message(0x02, bytes(4), MAC, kind=2))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_named_bad(data: bytes) -> None:
    try:
        changes, _ = netlink.read(data)
    except netlink.BadAnswerError:
        return
    assert all(change.mac is None or len(change.mac) == 17 for change in changes)


@given(st.binary(max_size=40), st.integers(0, 60))
def test_a_damaged_message_is_read_or_named_bad(noise: bytes, cut: int) -> None:
    whole = message(0x02, bytes([192, 0, 2, 1]), MAC) + DONE
    try:
        netlink.read(whole[:cut] + noise + whole[cut:])
    except netlink.BadAnswerError as error:
        assert "bytes" in str(error) or "breaks off" in str(error) or "refused" in str(error)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=10)


@pytest.mark.namespaces
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and iproute2"
)
def test_the_real_kernel_names_a_real_neighbour() -> None:
    """Two namespaces on a cable: a ping makes each known to the other, IPv4 and IPv6."""
    one, two = f"bgid{os.getpid()}a", f"bgid{os.getpid()}b"
    try:
        for name in (one, two):
            ip("netns", "add", name)
        ip("-n", one, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", two)
        ip("-n", two, "link", "set", "eth0", "address", "52:54:00:aa:bb:cc")
        for name, last in ((one, "1"), (two, "2")):
            ip("-n", name, "address", "add", f"192.0.2.{last}/24", "dev", "eth0")
            ip("-n", name, "address", "add", f"fd00::{last}/64", "dev", "eth0", "nodad")
            ip("-n", name, "link", "set", "eth0", "up")
        ip("-n", one, "neigh", "add", "192.0.2.9", "lladdr", "52:54:00:00:00:09", "dev", "eth0",
           "nud", "failed")  # fmt: skip
        inside = ["ip", "netns", "exec", one]
        talk = (
            "import socket;"
            "[socket.socket(f, socket.SOCK_DGRAM).sendto(b'x', (a, 9))"
            " for f, a in ((socket.AF_INET, '192.0.2.2'), (socket.AF_INET6, 'fd00::2'))]"
        )
        found: dict[str, str] = {}
        for _ in range(50):
            subprocess.run([*inside, sys.executable, "-W", "ignore", "-c", talk], check=True)
            answer = subprocess.run(
                [*inside, sys.executable, "-c", NAMESPACED],
                check=True, capture_output=True, text=True, timeout=20,
            )  # fmt: skip
            found = json.loads(answer.stdout)
            if {"192.0.2.2", "fd00::2"} <= set(found):
                break
        assert found["192.0.2.2"] == found["fd00::2"] == "52:54:00:aa:bb:cc"
        assert "192.0.2.9" not in found
    finally:
        for name in (one, two):
            subprocess.run(["ip", "netns", "delete", name], check=False, timeout=10)
