"""Gateway mode: the door hears of each client's answer once, and before the client does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance.dns.noting import Noting
from appliance.firewall.told import ROOM, SOCKET, Teller, Told, opened, place, unpacked
from tests.appliance.dns.gate import (
    PUPIL,
    STAFF,
    STEER,
    FixedHolder,
    Gate,
    addresses,
    by_tcp,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer

HOST = "www.example.com"


class Door:
    """Hears what is told. Nothing is waited for: what was not told yet is not there."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        with opened(run) as folder:
            self._link.bind(place(folder))

    def heard(self) -> list[Told]:
        found: list[Told] = []
        while True:
            try:
                found += unpacked(self._link.recv(ROOM))
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._link.close()
        (self._run / SOCKET).unlink()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path)
    yield made
    made.close()


@pytest.fixture
def worker(nano: NanoNameServer, tmp_path: Path) -> Iterator[Gate]:
    noting = Noting(Teller(tmp_path))
    running = Gate(FixedHolder(school()), [nano.address], noting=noting)
    yield running
    running.stop()


def packed(*texts: str) -> tuple[bytes, ...]:
    return tuple(ip_address(text).packed for text in texts)


def test_each_client_is_told_once_by_miss_and_by_shelf(worker: Gate, door: Door) -> None:
    given = packed(*addresses(worker.ask(HOST, source=PUPIL)))
    (first,) = door.heard()  # it is there as soon as the answer is
    assert (first.client, first.host, first.addresses) == (*packed(PUPIL), HOST, given)
    assert 0 < first.ttl <= 300
    worker.ask(HOST, source=STAFF)
    (second,) = door.heard()
    assert (second.client, second.addresses) == (*packed(STAFF), given)
    for source in (PUPIL, STAFF):
        worker.ask(HOST, source=source)
    assert door.heard() == []


def test_over_tcp_too(worker: Gate, door: Door) -> None:
    (answer,) = by_tcp(worker.address, query(HOST), source=PUPIL)
    assert [one.addresses for one in door.heard()] == [packed(*addresses(answer))]


def test_what_is_closed_or_led_to_us_says_that_somebody_asks(worker: Gate, door: Door) -> None:
    worker.ask("facebook.com", source=PUPIL)  # led to our own address
    worker.ask("facebook.com", source="127.0.30.5")  # refused
    first, second = door.heard()
    assert (first.host, first.addresses) == ("facebook.com", packed(STEER))
    assert (second.host, second.addresses) == ("facebook.com", ())


def test_it_is_counted_for_the_log_as_before(
    nano: NanoNameServer, tmp_path: Path, door: Door
) -> None:
    worker = Gate(FixedHolder(school()), [nano.address], noting=Noting(Teller(tmp_path)))
    for _ in range(3):
        worker.ask("facebook.com", source=PUPIL)
    assert len(door.heard()) == 1
    worker.stop()
    assert [(row.host, row.count) for row in worker.spool.attempts] == [("facebook.com", 3)]


def test_a_door_that_is_away_keeps_no_answer_back(nano: NanoNameServer, tmp_path: Path) -> None:
    worker = Gate(FixedHolder(school()), [nano.address], noting=Noting(Teller(tmp_path)))
    given = addresses(worker.ask(HOST, source=PUPIL))
    assert given
    late = Door(tmp_path)
    worker.stop()  # the last thing that it does is to tell
    assert [(one.client, one.addresses) for one in late.heard()] == [
        (*packed(PUPIL), packed(*given))
    ]
    late.close()


def test_strangers_and_our_own_names_are_nobody_s_business(worker: Gate, door: Door) -> None:
    worker.raw(query(HOST), source="127.0.99.5")
    worker.ask("version.bind", "TXT", qclass="CH")
    assert door.heard() == []


def test_a_client_behind_a_forwarder_is_told_by_its_own_address(
    nano: NanoNameServer, tmp_path: Path
) -> None:
    door, subnet = Door(tmp_path), (8, bytes((0, 1, 32, 0)) + packed(PUPIL)[0])
    mac = (65_001, bytes.fromhex("00005e005301"))
    given = FixedHolder(school(forwarders=(f"{STAFF}/32",)))
    running = Gate(given, [nano.address], noting=Noting(Teller(tmp_path)))
    try:
        assert running.raw(query(HOST, options=[subnet, mac]), STAFF) is not None
        assert [told.client for told in door.heard()] == [packed(PUPIL)[0]]
    finally:
        running.stop()
        door.close()
