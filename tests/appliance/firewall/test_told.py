"""What the DNS face tells the door, over a real socket. Whatever else arrives is nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.told import (
    MOST,
    ROOM,
    SOCKET,
    Teller,
    Told,
    opened,
    packed,
    place,
    unpacked,
)

PUPIL, PLACE = bytes([10, 10, 0, 5]), bytes([93, 184, 100, 1])
MAC = bytes.fromhex("00163e112233")
ONE = Told(PUPIL, "www.example.com", (PLACE, b"\x20\x01" + bytes(14)), 300)


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    made = Teller(tmp_path)
    yield made
    made.close()


@contextmanager
def door(run: Path) -> Iterator[socket.socket]:
    (run / SOCKET).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link, opened(run) as folder:
        link.bind(place(folder))
        link.settimeout(5)
        yield link


def told_on(link: socket.socket) -> list[Told]:
    return unpacked(link.recv(ROOM))


def test_what_is_told_is_heard() -> None:
    assert unpacked(packed([ONE, ONE])) == [ONE, ONE]


@pytest.mark.parametrize(
    ("client", "who"),
    [
        (PUPIL, ("10.10.0.5", None)),
        (PUPIL + MAC, ("10.10.0.5", "00:16:3e:11:22:33")),
        (b"\xfd" + bytes(15), ("fd00::", None)),
        (b"\xfd" + bytes(15) + MAC, ("fd00::", "00:16:3e:11:22:33")),
    ],
)
def test_a_client_is_an_address_and_what_a_forwarder_said_of_its_mac(
    client: bytes, who: tuple[str, str | None]
) -> None:
    assert Told(client, "a.example", (), 1).who == who


@given(st.binary(max_size=300))
def test_rubbish_is_nothing(data: bytes) -> None:
    for one in unpacked(data):  # what holds together by chance makes sense
        assert len(one.client) in (0, 4, 10, 16, 22)


told = st.builds(
    Told, st.binary(max_size=30), st.text(max_size=300),
    st.lists(st.binary(max_size=17), max_size=70).map(tuple), st.integers(-(2**63), 2**63 - 1),
)  # fmt: skip


@given(st.lists(told, max_size=MOST + 5))
def test_only_what_makes_sense_is_heard(every: list[Told]) -> None:
    heard = unpacked(packed(every))
    assert len(heard) <= MOST
    for one in heard:
        assert one in every
        assert all(len(address) in (4, 16) for address in one.addresses)
        assert one.ttl >= 0
        assert len(one.host) <= 253
        assert one.host.isascii()


def test_many_go_in_one_datagram_and_the_rest_in_the_next(tmp_path: Path, teller: Teller) -> None:
    with door(tmp_path) as link:
        for _ in range(MOST + 1):
            teller.tell(ONE)
        teller.flush()
        assert [len(told_on(link)), len(told_on(link))] == [MOST, 1]
    assert teller.waiting == 0


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    run = tmp_path / ("a" * 100) / ("b" * 100)
    run.mkdir(parents=True)
    teller = Teller(run)
    with door(run) as link:
        teller.tell(ONE)
        teller.flush()
        assert told_on(link) == [ONE]
    teller.close()


def test_a_door_that_is_away_hears_it_when_it_is_back(tmp_path: Path, teller: Teller) -> None:
    teller.tell(ONE)
    teller.flush()  # nobody has ever been there
    assert teller.waiting == 1
    with door(tmp_path) as link:
        teller.flush()
        assert told_on(link) == [ONE]
    teller.tell(ONE)
    teller.flush()  # it has gone
    assert teller.waiting == 1
    with door(tmp_path) as link:  # another one, at the same place
        teller.flush()
        assert told_on(link) == [ONE]


def test_a_door_that_does_not_listen_stops_nobody_and_costs_the_oldest(
    tmp_path: Path, teller: Teller
) -> None:
    with door(tmp_path) as link:
        for number in range(20_000):  # far more than the kernel queues
            teller.tell(Told(PUPIL, f"n{number}.example", (), 1))
            if number % MOST == 0:
                teller.flush()
        teller.flush()
        assert 0 < teller.waiting <= 4096
        heard = ""
        while heard != "n19999.example":
            heard = told_on(link)[-1].host
            teller.flush()
        assert teller.waiting == 0
