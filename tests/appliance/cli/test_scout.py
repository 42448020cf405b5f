"""The core looks up where steered sites are and tells the door: a real resolver, a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance import policy_file
from appliance.cli import scouted
from appliance.cli.places import Places
from appliance.cli.scout import Scout
from appliance.firewall.told import ROOM, SOCKET, Told, opened, place, unpacked
from appliance.publish.publisher import Publisher
from appliance.store import policies
from appliance.store.session import open_store
from tests.appliance.dns.nanonameserver import NanoNameServer, nanonameserver
from tests.e2e.waiting import until

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
FACEBOOK, WWW = "192.0.2.66", "192.0.2.67"
ZONE = [
    f"facebook.com. 300 A {FACEBOOK}", "facebook.com. 60 AAAA 2001:db8::66",
    f"www.facebook.com. 300 A {WWW}", "www.bbc.co.uk. 300 A 192.0.2.1",
]  # fmt: skip


@pytest.fixture
def nano() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = ZONE
        yield server


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path)
    found.make()
    store = open_store(found.database)
    try:
        with store.session() as session:
            text = policy_file.template_text("duffield-meadows")
            policies.set_policy(session, text, "test", "technician", "test", NOW)
        Publisher(store, found.snapshot).publish(NOW)
    finally:
        store.close()
    return found


@contextmanager
def door(run: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link, opened(run) as folder:
        link.bind(place(folder))
        link.settimeout(60)
        yield link
    (run / SOCKET).unlink()


@contextmanager
def scouting(places: Places, *resolvers: tuple[str, int]) -> Iterator[Scout]:
    stopping = threading.Event()
    scout = Scout(places, lambda: resolvers, stopping)
    try:
        yield scout
    finally:
        stopping.set()
        scout.join(30)


def test_the_door_hears_of_every_steered_name_that_is_found(
    places: Places, nano: NanoNameServer
) -> None:
    with door(places.run) as link, scouting(places, nano.address) as scout:
        scout.look()
        heard: dict[str, Told] = {}
        while len(heard) < 2:
            heard |= {one.host: one for one in unpacked(link.recv(ROOM))}
    assert heard.keys() == {"facebook.com", "www.facebook.com"}
    first = heard["facebook.com"]
    assert first.client == b""
    assert {str(ip_address(one)) for one in first.addresses} == {FACEBOOK, "2001:db8::66"}
    assert first.ttl == 60


def test_without_a_door_nobody_is_asked(places: Places, nano: NanoNameServer) -> None:
    with scouting(places, nano.address) as scout:
        scout.look()
    assert nano.asked == []


def test_a_resolver_that_is_away_is_given_up_and_harms_nothing(places: Places) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = closed.getsockname()
    with door(places.run) as link, scouting(places, nowhere) as scout:
        scout.look()
        link.settimeout(2.5)
        with pytest.raises(TimeoutError):
            link.recv(ROOM)


def test_without_a_snapshot_there_is_nothing_to_look_up(
    tmp_path: Path, nano: NanoNameServer
) -> None:
    empty = Places(tmp_path)
    empty.make()
    with door(empty.run), scouting(empty, nano.address) as scout:
        scout.look()
    assert nano.asked == []


def test_a_restart_tells_the_door_at_once_what_was_found_before(
    places: Places, nano: NanoNameServer
) -> None:
    with door(places.run) as link, scouting(places, nano.address) as scout:
        scout.look()
        link.recv(ROOM)
        until(lambda: (places.data / scouted.FILE).exists(), "it is written down", 60)
    # Nobody answers this time: what is told was known.
    with door(places.run) as link, scouting(places) as scout:
        scout.look()
        heard: dict[str, tuple[bytes, ...]] = {}
        while len(heard) < 2:
            heard |= {told.host: told.addresses for told in unpacked(link.recv(ROOM))}
    assert ip_address(FACEBOOK).packed in heard["facebook.com"]
    assert heard["www.facebook.com"] == (ip_address(WWW).packed,)


def test_of_a_host_with_more_addresses_than_the_door_takes_the_first_are_told(
    places: Places, nano: NanoNameServer
) -> None:
    nano.zone = [
        *(f"facebook.com. 300 A 192.0.2.{n}" for n in range(1, 71)),
        *(f"facebook.com. 300 AAAA 2001:db8::{n:x}" for n in range(1, 71)),
    ]
    every = tuple(ip_address(f"198.51.100.{n}").packed for n in range(1, 71))
    scouted.keep(places.data, {"www.facebook.com": every})
    with door(places.run) as link, scouting(places, nano.address) as scout:
        scout.look()
        heard: dict[str, Told] = {}
        while len(heard) < 2:
            heard |= {one.host: one for one in unpacked(link.recv(ROOM))}
    assert heard["www.facebook.com"].addresses == every[:64]
    lengths = [len(one) for one in heard["facebook.com"].addresses]
    assert (lengths.count(4), lengths.count(16)) == (32, 32)
