from __future__ import annotations

import contextlib
import gc
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from dnslib import DNSRecord

from tests.appliance.dns.gate import (
    STAFF,
    FixedHolder,
    Gate,
    addresses,
    by_tcp,
    eventually,
    gate,
    next_of,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer, nanonameserver


@pytest.fixture
def nano() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = [f"n{i}.example.com. 60 A 192.0.2.{i}" for i in range(50)]
        yield server


@pytest.fixture
def worker(nano: NanoNameServer) -> Iterator[Gate]:
    with gate(FixedHolder(school()), [nano.address]) as running:
        yield running


def connected(worker: Gate) -> socket.socket:
    """Return a connection that does not wait for ever."""
    return socket.create_connection(worker.address, 3, (STAFF, 0))


def test_many_queries_on_one_connection(worker: Gate) -> None:
    # Ids drawn at random collide now and then: these are told apart for certain.
    packets = [i.to_bytes(2) + query(f"n{i}.example.com")[2:] for i in range(50)]
    answers = {a.header.id: addresses(a) for a in by_tcp(worker.address, *packets)}
    for i, packet in enumerate(packets):
        assert answers[int.from_bytes(packet[:2])] == [f"192.0.2.{i}"]


def test_a_slow_answer_holds_up_none_behind_it(worker: Gate, nano: NanoNameServer) -> None:
    nano.delay = 0.2
    slow, quick = query("n1.example.com"), query("mask.icloud.com")
    answers = by_tcp(worker.address, slow, quick)
    assert [a.header.id for a in answers] == [int.from_bytes(p[:2]) for p in (quick, slow)]


def test_what_comes_in_pieces_is_put_together(worker: Gate) -> None:
    packet = query("n2.example.com")
    with connected(worker) as sock:
        for octet in struct.pack("!H", len(packet)) + packet:
            sock.send(bytes((octet,)))
        assert addresses(DNSRecord.parse(next_of(sock))) == ["192.0.2.2"]


def test_answers_still_come_when_the_client_has_said_all_it_had_to_say(worker: Gate) -> None:
    packet = query("n3.example.com")
    with connected(worker) as sock:
        sock.sendall(struct.pack("!H", len(packet)) + packet)
        sock.shutdown(socket.SHUT_WR)
        assert addresses(DNSRecord.parse(next_of(sock))) == ["192.0.2.3"]
        assert sock.recv(1) == b""


def test_an_idle_connection_is_closed(worker: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.server._streams, "_idle", 0.1)
    with connected(worker) as sock:
        begun = time.monotonic()
        assert sock.recv(1) == b""
        assert time.monotonic() - begun < 2


def test_nonsense_ends_the_connection(worker: Gate) -> None:
    with connected(worker) as sock:
        sock.sendall(b"\0\5hello")
        assert sock.recv(1) == b""


@pytest.mark.parametrize("limit", ["MOST_OF_ONE", "_most"])
def test_connections_are_limited(worker: Gate, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    if limit == "_most":
        monkeypatch.setattr(worker.server._streams, "_most", 2)
    else:
        monkeypatch.setattr("appliance.dns.streams.MOST_OF_ONE", 2)
    with contextlib.ExitStack() as stack:
        first = [stack.enter_context(connected(worker)) for _ in range(2)]
        eventually(lambda: len(worker.server._streams._open) == 2)
        with connected(worker) as one_too_many:
            assert one_too_many.recv(1) == b""
        packet = query("n4.example.com")
        first[0].sendall(struct.pack("!H", len(packet)) + packet)
        assert addresses(DNSRecord.parse(next_of(first[0]))) == ["192.0.2.4"]
    eventually(lambda: not worker.server._streams._open)


def test_stopping_ends_open_connections(nano: NanoNameServer) -> None:
    with gate(FixedHolder(school()), [nano.address]) as worker, connected(worker) as sock:
        eventually(lambda: len(worker.server._streams._open) == 1)
        worker.stop()
        worker.stop = lambda: None  # type: ignore[method-assign]
        assert sock.recv(1) == b""


@pytest.fixture
def swept() -> Iterator[None]:
    """Leave what thousands of tests have piled up out of each sweep: seconds, else."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("swept")
def test_stopping_while_clients_arrive_leaves_nothing_open(nano: NanoNameServer) -> None:
    for _ in range(5):
        with gate(FixedHolder(school()), [nano.address]) as worker, contextlib.ExitStack() as stack:
            for _ in range(8):
                stack.enter_context(connected(worker))
            worker.stop()
            worker.stop = lambda: None  # type: ignore[method-assign]
            gc.collect()  # a transport left behind would warn now, and warnings are errors


def test_a_failing_accept_does_not_end_the_face(
    worker: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, left = socket.socket.accept, [2]

    def failing(sock: socket.socket) -> object:
        if left[0] and sock.getsockname()[1] == worker.address[1]:
            left[0] -= 1
            raise OSError(24, "too many open files")
        return accept(sock)

    monkeypatch.setattr(socket.socket, "accept", failing)
    assert addresses(by_tcp(worker.address, query("n5.example.com"))[0]) == ["192.0.2.5"]
    assert left == [0]
