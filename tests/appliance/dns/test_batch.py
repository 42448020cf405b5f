from __future__ import annotations

import contextlib
import ctypes
import socket
from collections.abc import Iterator

import pytest

from appliance.dns.batch import Batch, KernelBatch, PlainBatch, batch_for, where

KINDS = [KernelBatch, PlainBatch]


@contextlib.contextmanager
def pair(host: str, to: str = "") -> Iterator[tuple[socket.socket, socket.socket]]:
    """A server's socket, and a client's that takes answers only from where it asked."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family, socket.SOCK_DGRAM) as server,
        socket.socket(family, socket.SOCK_DGRAM) as client,
    ):
        server.bind((host, 0))
        client.connect((to or host, server.getsockname()[1]))
        client.settimeout(2)
        yield server, client


def finished(text: bytes) -> ctypes.Array[ctypes.c_char]:
    """Return an answer that stays where it is."""
    return (ctypes.c_char * len(text)).from_buffer(bytearray(text))


def echo(batch: Batch, answers: list[ctypes.Array[ctypes.c_char]]) -> int:
    """Receive once and send the answers; return how many came."""
    lengths = batch.receive()
    for slot, answer in zip(range(len(lengths)), answers, strict=False):
        batch.memory[batch.answers[slot]] = where(answer)
    batch.send(0, len(lengths))
    return len(lengths)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("host", "to"), [("127.0.0.1", ""), ("::1", ""), ("0.0.0.0", "127.0.0.9"),
                                          ("::", "::1")])  # fmt: skip
def test_each_answer_goes_to_its_asker_with_its_id(kind: type[Batch], host: str, to: str) -> None:
    with pair(host, to) as (server, client):
        batch = kind(server, 8)
        for i in range(5):
            client.send(bytes((i, 0xAA)) + b"question")
        answers = [finished(b"??answer%d" % i) for i in range(5)]
        assert echo(batch, answers) == 5
        got = sorted(client.recv(100) for _ in range(5))
        assert got == [bytes((i, 0xAA)) + b"answer%d" % i for i in range(5)]
        source = batch.memory[batch.sources[0]]
        assert socket.inet_ntop(client.family, source) == client.getsockname()[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("host", "to"), [("127.0.0.1", ""), ("::1", ""), ("0.0.0.0", "127.0.0.9"),
                                          ("::", "::1")])  # fmt: skip
def test_an_answer_that_takes_longer_finds_its_way(kind: type[Batch], host: str, to: str) -> None:
    with pair(host, to) as (server, client):
        batch = kind(server, 8)
        client.send(b"idquestion")
        assert len(batch.receive()) == 1
        route = batch.route(0)
        assert len(batch.receive()) == 0
        batch.later(b"idlate", route)
        assert client.recv(100) == b"idlate"


@pytest.mark.parametrize("kind", KINDS)
def test_some_slots_of_a_batch_can_be_left_out_and_used_again(kind: type[Batch]) -> None:
    with pair("127.0.0.1") as (server, client):
        batch = kind(server, 4)
        for _ in range(3):
            for i in range(4):
                client.send(b"%dq" % i + b"x" * i)
            assert list(batch.receive()) == [2, 3, 4, 5]
            answer = finished(b"??yes")
            for slot in (1, 3):
                batch.memory[batch.answers[slot]] = where(answer)
                batch.send(slot, slot + 1)
            assert [client.recv(10), client.recv(10)] == [b"1qyes", b"3qyes"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_waits_nothing_comes(kind: type[Batch]) -> None:
    with pair("127.0.0.1") as (server, _):
        batch = kind(server, 4)
        assert len(batch.receive()) == 0
        batch.send(0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_one_answer_that_cannot_be_sent_stops_none_after_it(kind: type[Batch]) -> None:
    with pair("127.0.0.1") as (server, client):
        batch = kind(server, 4)
        client.send(b"aaq")
        client.send(b"bbq")
        answers = [finished(b"??" + b"x" * 70000), finished(b"??small")]  # the first is too long
        assert echo(batch, answers) == 2
        assert client.recv(100) == b"bbsmall"


def test_the_kernels_way_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pair("127.0.0.1") as (server, _):
        assert isinstance(batch_for(server), KernelBatch)
        monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
        assert isinstance(batch_for(server), PlainBatch)
