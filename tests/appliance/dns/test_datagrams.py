"""The hot loop on real sockets: order, mixture, load, and everything that is no query."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from dnslib import DNSRecord

from appliance.dns import datagrams
from appliance.dns.batch import PlainBatch
from tests.appliance.dns.gate import (
    PUPIL,
    STAFF,
    STEER,
    STRANGER,
    FixedHolder,
    Gate,
    addresses,
    gate,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer, nanonameserver


@pytest.fixture
def nano() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = [f"n{i}.example.com. 60 A 192.0.2.{i}" for i in range(40)]
        yield server


@pytest.fixture(params=["kernel", "plain"])
def worker(
    request: pytest.FixtureRequest, nano: NanoNameServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Gate]:
    if request.param == "plain":
        monkeypatch.setattr(datagrams, "batch_for", PlainBatch)
    with gate(FixedHolder(school()), [nano.address]) as running:
        yield running


def test_hits_misses_and_nonsense_in_one_batch(worker: Gate) -> None:
    """Sent in one burst: each query gets its own answer, whatever stands between them."""
    for i in range(0, 40, 2):
        worker.ask(f"n{i}.example.com")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((STAFF, 0))
        sock.connect(worker.address)
        sock.settimeout(3)
        expected = {}
        for i in range(40):
            packet = i.to_bytes(2) + query(f"n{i}.example.com")[2:]
            expected[i] = f"192.0.2.{i}"
            sock.send(packet)
            sock.send(b"\0\0\x80nonsense that is not answered")
            sock.send(b"")
        got = {}
        for _ in expected:
            answer = DNSRecord.parse(sock.recv(2000))
            got[answer.header.id] = addresses(answer)[0]
        assert got == expected


def test_strangers_get_no_answer_from_the_shelf(worker: Gate) -> None:
    worker.ask("n1.example.com")
    worker.ask("n1.example.com")
    for _ in range(2):
        assert worker.ask("n1.example.com", source=STRANGER).header.rcode == 5


def test_random_packets_leave_it_well(worker: Gate, nano: NanoNameServer) -> None:
    seed = random.Random(7)
    valid = query("x.com", "HTTPS", options=[(26, b"")])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((PUPIL, 0))
        sock.connect(worker.address)
        for _ in range(300):
            packet = bytearray(valid)
            for _ in range(seed.randint(1, 5)):
                packet[seed.randrange(len(packet))] = seed.randrange(256)
            sock.send(bytes(packet[: seed.randint(0, len(packet))]))
            sock.send(os.urandom(seed.randint(0, 600)))
    assert addresses(worker.ask("x.com", source=PUPIL)) == [STEER]


class Flood:
    """A client that asks without pause and counts what is lost."""

    def __init__(self, worker: Gate, source: str) -> None:
        self.sent = self.got = 0
        self.seen: set[str] = set()
        self._stop = False
        self._worker, self._source = worker, source
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        packet = query("x.com")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((self._source, 0))
            sock.connect(self._worker.address)
            sock.settimeout(3)
            while not self._stop:
                for i in range(20):
                    sock.send(i.to_bytes(2) + packet[2:])
                self.sent += 20
                for _ in range(20):
                    self.seen.update(addresses(DNSRecord.parse(sock.recv(2000))) or ["none"])
                    self.got += 1

    def __enter__(self) -> Flood:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop = True
        self._thread.join()


def test_a_swap_under_load_loses_no_query(worker: Gate) -> None:
    with Flood(worker, STAFF) as staff, Flood(worker, PUPIL) as pupil:
        for version in range(2, 7):
            before = staff.got
            worker.holder.swap(version=version, rules=() if version % 2 else school().rules)
            while staff.got < before + 2000:
                worker.ask("snapshot.bellgate", "TXT", qclass="CH")
    for flood in (staff, pupil):
        assert flood.got == flood.sent
    assert STEER in staff.seen
