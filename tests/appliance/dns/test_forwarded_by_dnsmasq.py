"""A real dnsmasq on a real cable tells who asks, and its clients cannot say otherwise."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dnslib import RCODE, DNSRecord

from appliance.dns import forwarded
from appliance.policy.subjects import Device, Network
from tests.appliance.dns.gate import FixedHolder, addresses, eventually, gate, query, school
from tests.appliance.dns.nanonameserver import NanoNameServer
from tests.appliance.dns.test_forwarded import LAPTOP, TABLET, mac, subnet
from tests.builders import at
from tests.e2e.netns import Namespace, cable

SCHOOL_SIDE, CLIENT, UPLINK, SELF = "10.1.0.1", "10.1.0.77", "10.2.0.1", "10.2.0.53"


@pytest.fixture
def building() -> Iterator[tuple[Namespace, Namespace]]:
    """A building's router with dnsmasq to be on it, and a child's tablet on its cable."""
    with contextlib.ExitStack() as stack:
        router, child = Namespace("fwd"), Namespace("fwdc")
        stack.callback(child.remove)
        stack.callback(router.remove)
        cable(router, "lan", child, "eth0")
        router.address("lan", f"{SCHOOL_SIDE}/16", "fd00:1::1/64")
        router.address("lo", f"{UPLINK}/16", f"{SELF}/16")
        child.ip("link", "set", "eth0", "address", TABLET)
        child.address("eth0", f"{CLIENT}/16", "fd00:1::77/64")
        yield router, child


@contextlib.contextmanager
def dnsmasq(router: Namespace, port: int, folder: Path) -> Iterator[None]:
    argv = [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
        "--bind-interfaces", f"--listen-address={SCHOOL_SIDE}", "--listen-address=fd00:1::1",
        f"--server={UPLINK}#{port}@{SELF}", "--pid-file", "--user=root",
        *(f"--{line}" for line in forwarded.DNSMASQ),
    ]  # fmt: skip
    with (folder / "dnsmasq").open("w") as log, subprocess.Popen(
        router.command(*argv), stdout=log, stderr=log
    ) as running:  # fmt: skip
        try:
            yield
        finally:
            running.terminate()
            running.wait(10)


def exchange(child: Namespace, address: str, packet: bytes, *, tcp: bool) -> bytes | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    with child.socket(family, kind) as sock, contextlib.suppress(OSError):
        sock.settimeout(3)
        sock.connect((address, 53))
        sock.sendall(len(packet).to_bytes(2) + packet if tcp else packet)
        return sock.recv(4096)[2 if tcp else 0 :]
    return None


def seen(child: Namespace, address: str, packet: bytes, *, tcp: bool) -> DNSRecord:
    """Return the answer, waiting until dnsmasq is there."""
    deadline = time.monotonic() + 30
    while (answer := exchange(child, address, packet, tcp=tcp)) is None:
        assert time.monotonic() < deadline, "dnsmasq never answered"
        time.sleep(0.05)
    return DNSRecord.parse(answer)


@pytest.mark.namespaces
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("dnsmasq") is None, reason="needs root and dnsmasq"
)
def test_a_real_dnsmasq_tells_who_asks_and_its_clients_cannot_say_otherwise(
    building: tuple[Namespace, Namespace], nano: NanoNameServer, tmp_path: Path
) -> None:
    router, child = building
    udp = router.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tcp = router.socket(socket.AF_INET, socket.SOCK_STREAM)
    udp.bind((UPLINK, 0))
    tcp.bind(udp.getsockname())
    tcp.listen(16)
    pupils, staff = ("10.1.0.0/16", "fd00:1::/64"), ("10.2.0.0/16",)
    given = school(
        at("10:35"), steerable=(), forwarders=(f"{SELF}/32",),
        devices=(Device(id="tablet", name="Tablet", macs=(TABLET,), role="pupil"),
                 Device(id="laptop", name="Laptop", macs=(LAPTOP,), role="staff")),
        networks=(Network(id="pupils", name="Pupils", prefixes=pupils, role="pupil"),
                  Network(id="staff", name="Staff", prefixes=staff, role="staff")),
    )  # fmt: skip
    lies = [subnet("10.2.0.9"), mac(LAPTOP)]
    with (
        udp, tcp, gate(FixedHolder(given), [nano.address], pair=(udp, tcp)) as running,
        dnsmasq(router, running.address[1], tmp_path),
    ):  # fmt: skip
        for address in (SCHOOL_SIDE, "fd00:1::1"):
            for options in ([], lies):
                for by_stream in (False, True):
                    packet = query("x.com", options=options, edns=1232)
                    answer = seen(child, address, packet, tcp=by_stream)
                    assert answer.header.rcode == RCODE.NXDOMAIN, (address, options, by_stream)
        assert addresses(seen(child, SCHOOL_SIDE, query("www.example.com"), tcp=False))
        eventually(lambda: len({a.address for a in running.spool.attempts}) == 2, 30)
        found = {(a.address, a.mac, a.device) for a in running.spool.attempts}
        assert found == {(CLIENT, TABLET, "tablet"), ("fd00:1::77", TABLET, "tablet")}
