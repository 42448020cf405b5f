"""Each client is resolved once for a connection, and again with another snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow

from appliance.policy.subjects import Device, Person
from proxy_addons.connections import Connections, Face
from tests import builders
from tests.proxy_addons.world import Published

MAC = "00:16:3e:00:00:01"


def client(address: str = builders.STAFF, mode: str = "regular") -> Any:
    found = tflow.tclient_conn()
    found.peername, found.error = (address, 5000), None
    found.proxy_mode = ProxyMode.parse(mode)
    return found


@pytest.fixture
def published() -> Published:
    return Published(builders.snapshot())


@pytest.fixture
def connections(published: Published) -> Connections:
    return Connections(lambda: published.snapshot, {builders.PUPIL: MAC}.get)


@pytest.mark.parametrize("address", [builders.STAFF, "::ffff:10.2.0.5", "fd00:2::7"])
def test_our_own_are_let_in(connections: Connections, address: str) -> None:
    who = client(address)
    connections.client_connected(who)
    assert who.error is None
    assert connections.of(who).client.role == "staff"


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_strangers_are_closed(connections: Connections, address: str) -> None:
    who = client(address)
    connections.client_connected(who)
    assert who.error
    assert len(connections) == 0
    with pytest.raises(KeyError):
        connections.of(who)


@pytest.mark.parametrize(
    ("mode", "face"),
    [
        ("reverse:http://steer.invalid:443@8443", Face.TLS),
        ("reverse:http://steer.invalid:80@8080", Face.PLAIN),
        ("regular@3128", Face.EXPLICIT),
    ],
)
def test_the_listener_is_known(connections: Connections, mode: str, face: Face) -> None:
    who = client(mode=mode)
    connections.client_connected(who)
    assert connections.of(who).face is face


def test_a_new_snapshot_resolves_the_client_anew(
    connections: Connections, published: Published
) -> None:
    who = client(builders.PUPIL)
    connections.client_connected(who)
    before = connections.of(who).client
    assert connections.of(who).client is before
    device = Device(id="laptop", name="Laptop", macs=(MAC,), role="visitor")
    contents = replace(published.snapshot.contents, devices=(device,))
    published.snapshot = builders.Snapshot(contents)
    assert connections.of(who).client.device == "laptop"
    assert connections.of(who).client.role == "visitor"


def test_a_connection_that_closed_is_forgotten(connections: Connections) -> None:
    who = client()
    connections.client_connected(who)
    connections.client_disconnected(who)
    assert connections.by_id(who.id) is None
    connections.client_disconnected(who)  # a stranger's was never there


def test_a_stranger_on_this_machine_is_nobody_until_it_stands_in(connections: Connections) -> None:
    who = client("127.0.0.1")
    connections.client_connected(who)
    with pytest.raises(KeyError):
        connections.of(who)
    connections.stand_in(who, builders.PUPIL)
    assert (connections.of(who).client.role, connections.of(who).unseen) == ("pupil", True)
    connections.stand_in(who, "192.0.2.1")  # nobody's address
    assert len(connections) == 0


@pytest.mark.parametrize("mode", ["reverse:http://steer.invalid:443@8443",
                                  "reverse:http://steer.invalid:80@8080"])  # fmt: skip
def test_at_the_steered_faces_a_stranger_on_this_machine_is_closed(
    connections: Connections, mode: str
) -> None:
    who = client("127.0.0.1", mode)
    connections.client_connected(who)
    assert who.error


def test_a_stand_in_stays_without_a_mac_when_a_snapshot_comes(
    connections: Connections, published: Published
) -> None:
    who = client("127.0.0.1")
    connections.client_connected(who)
    connections.stand_in(who, builders.PUPIL)
    device = Device(id="laptop", name="Laptop", macs=(MAC,), role="staff")
    published.snapshot = builders.Snapshot(replace(published.snapshot.contents, devices=(device,)))
    assert connections.of(who).client.role == "pupil"


def test_who_signed_in_on_a_device_is_who_is_connected_and_no_longer_once_out(
    published: Published,
) -> None:
    signed_in: dict[tuple[str, str | None], str] = {}
    teacher = Person(id="t1", name="A teacher", role="staff")
    published.snapshot = builders.snapshot(people=(teacher,))
    mac_of = {builders.VISITOR: MAC}.get
    connections = Connections(
        lambda: published.snapshot, mac_of, lambda address, mac: signed_in.get((address, mac))
    )
    visitor = client(builders.VISITOR)
    connections.client_connected(visitor)
    before = connections.of(visitor)
    assert (before.client.role, before.client.person) == ("visitor", None)
    kind = before.kind
    signed_in[(builders.VISITOR, MAC)] = "t1"
    assert connections.of(visitor).client.person is None  # until it is told
    connections.refresh_all()
    after = connections.of(visitor)
    assert (after.client.role, after.client.person) == ("staff", "t1")
    assert after.kind != kind
    signed_in.clear()
    connections.refresh_all()
    assert connections.of(visitor).client.role == "visitor"


def test_a_stand_in_stays_an_unknown_device_whoever_signs_in(published: Published) -> None:
    teacher = Person(id="t1", name="A teacher", role="staff")
    published.snapshot = builders.snapshot(people=(teacher,))
    connections = Connections(lambda: published.snapshot, lambda _: None, lambda *_: "t1")
    test = client("127.0.0.1")
    connections.client_connected(test)
    connections.stand_in(test, builders.VISITOR)
    connections.refresh_all()
    assert connections.of(test).client.person is None
