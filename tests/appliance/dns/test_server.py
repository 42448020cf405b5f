"""The whole worker: its files, its families, its upstream, its end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dnslib import RCODE, DNSRecord

from appliance.attempts.spool import Spool
from appliance.policy.subjects import Device
from appliance.publish import files
from tests.appliance.dns.gate import (
    NETWORKS,
    PUPIL,
    STAFF,
    STEER,
    FixedHolder,
    Gate,
    NoNeighbours,
    addresses,
    by_tcp,
    errors,
    eventually,
    gate,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer
from tests.builders import at


def test_a_new_snapshot_is_enforced_within_a_second(worker: Gate) -> None:
    assert worker.ask("www.example.com", source=PUPIL).header.rcode == RCODE.NOERROR
    assert addresses(worker.ask("x.com", source=STAFF)) == [STEER]
    worker.holder.swap(rules=(), version=2, steerable=())
    begun = time.monotonic()
    eventually(lambda: addresses(worker.ask("x.com", source=STAFF)) == ["192.0.2.67"], 1.0)
    assert time.monotonic() - begun < 1.0
    asked = by_tcp(worker.address, query("snapshot.bellgate", "TXT", qclass="CH"))[0]
    assert str(asked.rr[0].rdata) == '"2"'


def test_a_device_that_changes_hands_is_noticed(nano: NanoNameServer) -> None:
    tablet = Device(id="tablet", name="Tablet", macs=("00:00:5e:00:53:01",), role="pupil")
    neighbours = NoNeighbours()
    given = school(at("10:35"), devices=(tablet,), steerable=())
    with gate(FixedHolder(given), [nano.address], neighbours=neighbours) as worker:
        assert addresses(worker.ask("x.com", source=STAFF))
        neighbours.macs[STAFF] = tablet.macs[0]
        eventually(lambda: not addresses(worker.ask("x.com", source=STAFF)))
        neighbours.macs[STAFF] = "00:00:5e:00:53:99"
        eventually(lambda: bool(addresses(worker.ask("x.com", source=STAFF))))


def test_too_long_for_udp_comes_by_tcp(worker: Gate) -> None:
    packet = query("big.example.com", "TXT")
    short = DNSRecord.parse(worker.raw(packet) or b"")
    assert (short.header.tc, short.rr) == (1, [])
    assert len(by_tcp(worker.address, packet)[0].rr) == 9


def test_the_upstream_dies_and_old_answers_serve(nano: NanoNameServer) -> None:
    with gate(FixedHolder(school()), [nano.address]) as worker:
        worker.ask("short.example.com")
        nano.dead = True
        eventually(lambda: errors(worker.ask("short.example.com", edns=1232))[:1] != [], 5)
        answer = worker.ask("short.example.com", edns=1232)
        assert (addresses(answer), errors(answer)[0][0]) == (["192.0.2.2"], 3)
        lost = worker.ask("www.example.com", edns=1232)
        assert (lost.header.rcode, errors(lost)[0][0]) == (RCODE.SERVFAIL, 22)
        assert addresses(worker.ask("x.com", source=PUPIL)) == [STEER]


@pytest.mark.parametrize("host", ["::1", "::", "0.0.0.0"])
def test_both_families_and_wildcards(nano: NanoNameServer, host: str) -> None:
    with gate(FixedHolder(school()), [nano.address], host=host) as worker:
        for _ in range(2):
            assert addresses(worker.ask("www.example.com")) == ["192.0.2.1"]
        packets = [query("x.com"), query("www.example.com")]
        if ":" in host:
            with socket.create_connection(worker.address, 2):
                pass
        else:
            assert len(by_tcp(worker.address, *packets)) == 2


def test_a_spool_that_cannot_be_written_stops_no_answer(
    tmp_path: Path, worker: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    spool = Spool(tmp_path / "spool", "dns")
    worker.server._recording._spool = spool
    for i in range(20):
        assert addresses(worker.ask(f"s{i}.x.com", source=PUPIL)) == [STEER]
    eventually(lambda: spool.state.waiting == 20 and spool.state.trouble)
    assert addresses(worker.ask("x.com", source=PUPIL)) == [STEER]


def test_the_process_serves_from_its_files_and_ends_cleanly(
    tmp_path: Path, nano: NanoNameServer
) -> None:
    """``serve`` itself: snapshot files in, spool out, SIGTERM."""
    directory = os.fspath(tmp_path)
    os.makedirs(f"{directory}/snapshot")
    os.makedirs(f"{directory}/spool")
    _publish(directory)
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "from pathlib import Path; from appliance.dns.server import serve;"
        "from appliance.dns.settings import DnsSettings;"
        f"serve(DnsSettings(Path({directory!r}), (('127.0.0.1', {port}),), ({nano.address!r},)))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process:
        try:
            eventually(lambda: _answers(port, "x.com"), 30)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert any(os.path.getsize(f"{directory}/spool/{f}") for f in os.listdir(f"{directory}/spool"))


def _publish(directory: str) -> None:
    place = Path(directory) / "snapshot"
    published = files.Published(school(networks=NETWORKS))
    files.point(place, files.write(place, published))


def _answers(port: int, name: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((PUPIL, 0))
        sock.settimeout(0.3)
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(query(name))
            return addresses(DNSRecord.parse(sock.recv(2000))) == [STEER]
        except OSError:
            return False
