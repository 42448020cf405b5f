"""The self-test asks DNS as any network's client, and leaves no trace of having asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dnslib import RCODE, DNSRecord

from appliance.identity import stand_in
from appliance.policy.subjects import Device
from tests.appliance.dns.gate import (
    NETWORKS,
    PUPIL,
    STAFF,
    STEER,
    STRANGER,
    VISITOR,
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

HERE = "127.0.0.1"
GUEST = "198.51.100.9"
ABROAD = NETWORKS[2].__class__(
    id="abroad", name="Elsewhere", prefixes=("198.51.100.0/24",), role="visitor"
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    stand_in.make(tmp_path)
    return tmp_path


@pytest.fixture
def testing(nano: NanoNameServer, run: Path) -> Iterator[Gate]:
    holder = FixedHolder(school(networks=(*NETWORKS, ABROAD)))
    with gate(holder, [nano.address], run=run) as running:
        yield running


def option(run: Path, address: str) -> tuple[int, bytes]:
    said = stand_in.saying(run, address)
    assert said is not None
    return stand_in.EDNS_OPTION, said


def as_(worker: Gate, run: Path, address: str, name: str, source: str = HERE) -> DNSRecord:
    return worker.ask(name, source=source, options=[option(run, address)])


def test_each_network_is_answered_as_its_own_clients_are(testing: Gate, run: Path) -> None:
    assert addresses(as_(testing, run, PUPIL, "www.facebook.com")) == [STEER]
    assert as_(testing, run, VISITOR, "www.facebook.com").header.rcode == RCODE.NXDOMAIN
    assert as_(testing, run, GUEST, "www.facebook.com").header.rcode == RCODE.NXDOMAIN
    assert as_(testing, run, GUEST, "www.example.com").header.rcode == RCODE.NOERROR
    assert errors(as_(testing, run, VISITOR, "x.com")) == errors(
        testing.ask("x.com", source=VISITOR, edns=1232)
    )


def test_it_is_answered_over_tcp_too(testing: Gate, run: Path) -> None:
    packet = query("www.facebook.com", options=[option(run, VISITOR)])
    assert by_tcp(testing.address, packet, source=HERE)[0].header.rcode == RCODE.NXDOMAIN


def test_nothing_that_it_asks_is_an_attempt(testing: Gate, run: Path) -> None:
    as_(testing, run, PUPIL, "www.facebook.com")
    as_(testing, run, VISITOR, "www.facebook.com")
    by_tcp(testing.address, query("x.com", options=[option(run, PUPIL)]), source=HERE)
    testing.ask("www.facebook.com", source=STAFF)  # the one that is
    eventually(lambda: bool(testing.spool.attempts))
    assert [(a.address, a.host, a.count) for a in testing.spool.attempts] == [
        (STAFF, "www.facebook.com", 1)
    ]


def test_a_stranger_stays_a_stranger(testing: Gate, run: Path) -> None:
    assert as_(testing, run, STRANGER, "www.example.com").header.rcode == RCODE.REFUSED


@pytest.mark.parametrize("source", [PUPIL, STAFF, VISITOR])
def test_a_wrong_proof_leaves_whoever_asks_who_they_are(
    testing: Gate, run: Path, source: str
) -> None:
    code, said = option(run, GUEST)
    forged = said[:-1] + bytes((said[-1] ^ 1,))
    asked = testing.ask("x.com", source=source, options=[(code, forged)])
    plain = testing.ask("x.com", source=source)
    assert (asked.header.rcode, addresses(asked)) == (plain.header.rcode, addresses(plain))


def test_said_twice_it_counts_for_nothing(testing: Gate, run: Path) -> None:
    twice = [option(run, VISITOR), option(run, GUEST)]
    assert addresses(testing.ask("x.com", source=STAFF, options=twice)) == [STEER]


def test_without_a_file_it_counts_for_nothing(testing: Gate, run: Path) -> None:
    said = option(run, VISITOR)
    (run / stand_in.FILE).unlink()
    answer = testing.ask("x.com", source=HERE, options=[said])
    assert answer.header.rcode == RCODE.REFUSED  # this machine itself is on no network here


def test_its_answers_are_for_nobody_else(testing: Gate, run: Path) -> None:
    """The same bytes from a client would be found on the shelf, if they lay there."""
    packet = query("www.example.com", options=[option(run, PUPIL)])
    assert testing.raw(packet, HERE) is not None
    plain = testing.ask("www.facebook.com", source=STAFF)
    as_(testing, run, VISITOR, "www.facebook.com", source=STAFF)
    again = testing.ask("www.facebook.com", source=STAFF)
    assert addresses(plain) == addresses(again) == [STEER]


def test_it_never_has_a_devices_rights_by_mac(nano: NanoNameServer, run: Path) -> None:
    laptop = Device(id="laptop", name="Laptop", macs=("00:00:5e:00:53:01",), role="staff")
    mixed = tuple(replace(network, mixed=True) for network in school().networks)
    given = school(at("10:35"), devices=(laptop,), steerable=(), networks=mixed)
    neighbours = NoNeighbours()
    neighbours.macs[VISITOR] = laptop.macs[0]
    with gate(FixedHolder(given), [nano.address], neighbours=neighbours, run=run) as worker:
        assert addresses(worker.ask("x.com", source=VISITOR))
        assert as_(worker, run, VISITOR, "x.com").header.rcode == RCODE.NXDOMAIN


def test_a_new_snapshot_holds_for_it_too(testing: Gate, run: Path) -> None:
    assert addresses(as_(testing, run, PUPIL, "x.com")) == [STEER]
    testing.holder.swap(rules=(), version=2, steerable=())
    eventually(lambda: addresses(as_(testing, run, PUPIL, "x.com")) == ["192.0.2.67"])
