"""Who is heard, what is answered, and what counts once, or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.identity.radius_server import AGAIN, FRESH, MOST, Heard, Listener, Sender, serve
from tests.appliance.identity.accounting import SECRET, answers, request

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
PEER = ("10.0.0.5", 40_000)


class School:
    """A listener with what it kept. ``away``: the store cannot be written."""

    def __init__(self) -> None:
        self.kept: list[Heard] = []
        self.batches = 0
        self.away = False
        self.monotonic = 0.0
        self.senders = [Sender(ip_network("10.0.0.0/24"), SECRET)]
        self.listener = Listener(
            lambda: self.senders, self.keep, lambda: NOW, lambda: self.monotonic
        )

    def keep(self, batch: Sequence[Heard]) -> bool:
        if not self.away:
            self.kept += batch
            self.batches += 1
        return not self.away

    def hear(self, *data: bytes, peer: tuple[str, int] = PEER) -> list[bytes]:
        return [answer for answer, _ in self.listener.hear([(one, peer) for one in data])]

    def counted(self) -> dict[str, int]:
        return dict(self.listener.counts)


@pytest.fixture
def school() -> School:
    return School()


def test_a_proven_request_is_kept_and_answered(school: School) -> None:
    (answer,) = school.hear(request())
    assert answers(request(), answer)
    assert [heard.record.user for heard in school.kept] == ["t-larch"]
    assert school.counted() == {"taken": 1}


def test_what_waits_together_is_kept_in_one_transaction(school: School) -> None:
    sent = [request(session=f"s{n}", id_=n) for n in range(20)]
    assert len(school.hear(*sent)) == 20
    assert (school.batches, len(school.kept)) == (1, 20)


@pytest.mark.parametrize(
    ("data", "peer", "counted"),
    [
        (request(), ("10.0.1.5", 1), "stranger"),
        (request(), ("fd00::5", 1), "stranger"),
        (request(secret=b"another secret"), PEER, "forged"),
        (request()[:30], PEER, "rubbish"),
        (request(code=1), PEER, "rubbish"),
        (request(at=EPOCH - FRESH - 1), PEER, "stale"),
        (request(at=EPOCH + FRESH + 1), PEER, "stale"),
        (request(at=0), PEER, "stale"),
    ],
)
def test_everything_else_changes_nothing_and_is_counted(
    school: School, data: bytes, peer: tuple[str, int], counted: str
) -> None:
    assert school.hear(data, peer=peer) == []
    assert school.kept == []
    assert school.counted() == {counted: 1}


def test_what_was_held_back_is_not_stale(school: School) -> None:
    assert len(school.hear(request(at=EPOCH - 3600, delay=3600))) == 1


def test_a_mapped_address_is_the_ipv4_one(school: School) -> None:
    assert len(school.hear(request(), peer=("::ffff:10.0.0.5", 1))) == 1


def test_what_is_sent_again_is_answered_again_and_counts_once(school: School) -> None:
    first = school.hear(request())
    assert school.hear(request()) == first
    assert len(school.kept) == 1
    assert len(school.hear(request(id_=9), request(id_=9))) == 1
    assert len(school.kept) == 2
    assert school.counted() == {"taken": 2, "duplicate": 2}


def test_what_is_played_again_later_is_not_even_answered(school: School) -> None:
    school.hear(request())
    school.monotonic = AGAIN + 1
    assert school.hear(request()) == []
    assert len(school.kept) == 1
    assert school.counted()["replayed"] == 1


def test_what_cannot_be_kept_is_not_answered_and_counts_when_it_comes_again(
    school: School,
) -> None:
    school.away = True
    assert school.hear(request()) == []
    assert school.counted() == {"not kept": 1}
    school.away = False
    assert len(school.hear(request())) == 1


def test_the_narrowest_sender_has_the_secret(school: School) -> None:
    school.senders.append(Sender(ip_network("10.0.0.5/32"), b"of its own"))
    assert school.hear(request()) == []
    assert len(school.hear(request(secret=b"of its own"))) == 1


def test_it_remembers_only_so_much(school: School) -> None:
    for n in range(0, MOST + 600, 300):
        school.hear(*(request(session=f"{n + i}", id_=i % 256) for i in range(300)))
    assert len(school.listener._memory._kept) == MOST


@given(
    st.lists(st.binary(max_size=80), max_size=5), st.sampled_from(["10.0.0.5", "::1", "fe80::1%lo"])
)
def test_nothing_that_is_sent_raises(data: list[bytes], address: str) -> None:
    school = School()
    assert school.hear(*data, peer=(address, 1)) == []
    assert school.kept == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_answers_on_real_sockets_until_it_is_told_to_stop(school: School, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    school.senders = [Sender(ip_network(host), SECRET)]
    stop, turns = threading.Event(), []
    with (
        socket.socket(family, socket.SOCK_DGRAM) as ours,
        socket.socket(family, socket.SOCK_DGRAM) as access_point,
    ):
        ours.bind((host, 0))
        thread = threading.Thread(
            target=serve, args=([ours], school.listener, stop.is_set, lambda: turns.append(1))
        )
        thread.start()
        try:
            access_point.settimeout(30)
            access_point.sendto(b"rubbish", ours.getsockname()[:2])
            access_point.sendto(request(), ours.getsockname()[:2])
            assert answers(request(), access_point.recv(4096))
        finally:
            stop.set()
            thread.join(30)
    assert not thread.is_alive()
    assert turns
