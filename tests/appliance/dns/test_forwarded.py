"""For whom a forwarder asks: heard from the school's own alone, and never more than it says."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from dnslib import RCODE, DNSRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.dns import forwarded
from appliance.dns.forwarded import MAC, SUBNET
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import Device, Network, Person
from tests.appliance.dns.gate import (
    NETWORKS,
    PUPIL,
    STAFF,
    STRANGER,
    VISITOR,
    FixedHolder,
    Gate,
    addresses,
    by_tcp,
    eventually,
    gate,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import ZONE, NanoNameServer, nanonameserver
from tests.builders import at

FORWARDER = "127.0.20.53"  # on the staff's network
OUTSIDE = "127.0.99.53"  # a forwarder on none of the school's networks
TABLET, LAPTOP = "00:00:5e:00:53:01", "00:00:5e:00:53:02"
UNKNOWN = "00:00:5e:00:53:99"


def subnet(address: str, length: int | None = None, scope: int = 0) -> tuple[int, bytes]:
    packed = ip_address(address).packed
    family = 1 if len(packed) == 4 else 2
    head = family.to_bytes(2) + bytes((len(packed) * 8 if length is None else length, scope))
    return SUBNET, head + packed


def mac(text: str) -> tuple[int, bytes]:
    return MAC, bytes.fromhex(text.replace(":", ""))


@pytest.fixture(scope="module")
def upstream() -> Iterator[NanoNameServer]:
    with nanonameserver() as running:
        running.zone += ZONE
        yield running


@pytest.fixture(scope="module")
def behind(upstream: NanoNameServer) -> Iterator[Gate]:
    with gate(FixedHolder(little()), [upstream.address]) as running:
        yield running


@pytest.fixture
def fresh(upstream: NanoNameServer) -> Iterator[Gate]:
    with gate(FixedHolder(little()), [upstream.address]) as running:
        yield running


def little() -> Contents:
    """A school at break with two forwarders, a pupil's tablet, and a teacher's laptop."""
    return school(
        at("10:35"), steerable=(), forwarders=(f"{FORWARDER}/32", f"{OUTSIDE}/32"),
        people=(Person(id="t1", name="A teacher", role="staff"),),
        devices=(
            Device(id="tablet", name="Tablet", macs=(TABLET,), role="pupil"),
            Device(id="laptop", name="Laptop", macs=(LAPTOP,), person="t1"),
            Device(id="router", name="Router", addresses=(FORWARDER,), person="t1"),
        ),
        networks=(*NETWORKS, Network(id="six", name="Six", prefixes=("fd00:1::/64",),
                                     role="pupil")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "opened"),
    [
        ([subnet(STAFF)], True),
        ([subnet(PUPIL)], False),
        ([subnet(VISITOR)], False),
        ([subnet("fd00:1::7")], False),
        ([mac(LAPTOP)], True),
        ([mac(TABLET)], False),
        ([subnet(STAFF), mac(LAPTOP)], True),
        ([subnet(STAFF), mac(TABLET)], False),
        ([subnet(PUPIL), mac(LAPTOP)], False),  # it moved: the stricter of the two
        ([subnet(PUPIL), mac(UNKNOWN)], False),
        ([], True),  # an unknown device on the forwarder's network
        ([mac(TABLET), mac(LAPTOP)], True),  # two names are none
        ([subnet(PUPIL), subnet(VISITOR)], True),
        ([subnet(PUPIL, 24)], True),
        ([subnet(PUPIL, 32, 24)], True),
        ([(SUBNET, b"")], True),
        ([(MAC, bytes(5))], True),
        ([(MAC, b"\xff" * 6)], True),
    ],
)
@pytest.mark.parametrize("tcp", [False, True])
def test_a_forwarder_says_for_whom_it_asks(
    behind: Gate, options: list[tuple[int, bytes]], opened: bool, tcp: bool
) -> None:
    packet = query("x.com", options=options, edns=1232)
    for _ in range(2):
        if tcp:
            answer = by_tcp(behind.address, packet, source=FORWARDER)[0]
        else:
            answer = DNSRecord.parse(behind.raw(packet, FORWARDER) or b"")
        assert bool(addresses(answer)) is opened
        assert answer.header.rcode == (RCODE.NOERROR if opened else RCODE.NXDOMAIN)


@pytest.mark.parametrize("source", [PUPIL, VISITOR])
@pytest.mark.parametrize("option", [subnet(STAFF), mac(LAPTOP), subnet(FORWARDER)])
def test_from_anybody_else_the_options_count_for_nothing(
    behind: Gate, source: str, option: tuple[int, bytes]
) -> None:
    packet = query("x.com", options=[option])
    assert DNSRecord.parse(behind.raw(packet, source) or b"").header.rcode == RCODE.NXDOMAIN
    assert by_tcp(behind.address, packet, source=source)[0].header.rcode == RCODE.NXDOMAIN


def test_a_forwarder_elsewhere_is_served_for_the_schools_own_alone(behind: Gate) -> None:
    def asks(*options: tuple[int, bytes]) -> int:
        packet = query("x.com", options=list(options))
        return int(DNSRecord.parse(behind.raw(packet, OUTSIDE) or b"").header.rcode)

    assert asks(subnet(STAFF)) == RCODE.NOERROR
    assert asks(subnet(PUPIL)) == RCODE.NXDOMAIN
    assert asks() == asks(mac(LAPTOP)) == asks(subnet("198.51.100.1")) == RCODE.REFUSED
    assert asks(subnet("127.0.0.1")) == RCODE.REFUSED


def test_no_answer_for_one_client_is_another_ones(behind: Gate) -> None:
    """The same name in turn, all from one source, with and without options."""
    for _ in range(3):
        for who, opened in ((STAFF, True), (PUPIL, False), (VISITOR, False)):
            packet = query("x.com", options=[subnet(who)])
            answer = DNSRecord.parse(behind.raw(packet, FORWARDER) or b"")
            assert bool(addresses(answer)) is opened, who
        assert addresses(behind.ask("x.com", source=FORWARDER))
        assert not addresses(behind.ask("x.com", source=PUPIL))


def test_the_log_names_the_client_and_never_the_forwarder(fresh: Gate) -> None:
    for options in ([subnet(PUPIL), mac(TABLET)], [subnet(VISITOR)]):
        packet = query("x.com", options=options)
        fresh.raw(packet, FORWARDER)
        by_tcp(fresh.address, packet, source=FORWARDER)
    eventually(lambda: sum(a.count for a in fresh.spool.attempts) == 4)
    found = {(a.address, a.mac, a.device, a.role) for a in fresh.spool.attempts}
    assert found == {(PUPIL, TABLET, "tablet", "pupil"), (VISITOR, "", "", "visitor")}


def test_nothing_of_it_goes_upstream(behind: Gate, upstream: NanoNameServer) -> None:
    before = len(upstream.asked)
    packet = query("fresh.example.com", options=[subnet(STAFF), mac(LAPTOP)])
    assert behind.raw(packet, FORWARDER) is not None
    sent = upstream.asked[before:]
    assert sent
    for one in sent:
        codes = [o.code for r in DNSRecord.parse(one).ar if r.rtype == 41 for o in r.rdata]
        assert SUBNET not in codes
        assert MAC not in codes


def test_a_forwarder_that_is_no_longer_one_is_a_client(fresh: Gate) -> None:
    packet = query("x.com", options=[subnet(PUPIL)])
    assert not addresses(DNSRecord.parse(fresh.raw(packet, FORWARDER) or b""))
    fresh.holder.swap(forwarders=(), version=2)
    eventually(lambda: bool(addresses(DNSRecord.parse(fresh.raw(packet, FORWARDER) or b""))))
    assert fresh.raw(packet, STRANGER) is not None


ODD = st.lists(st.tuples(st.sampled_from([MAC, SUBNET, 3, 10]), st.binary(max_size=24)), max_size=4)


@settings(deadline=None)
@given(ODD)
def test_any_options_name_an_address_and_a_mac_or_nobody(options: list[tuple[int, bytes]]) -> None:
    home = ip_address(FORWARDER).packed
    source = forwarded.whose(query("x.com", options=options, edns=1232), home)
    packed, found = forwarded.parted(source)
    assert len(packed) in (4, 16)
    assert packed == home or packed in {data[4:] for code, data in options if code == SUBNET}
    assert found is None or bytes.fromhex(found.replace(":", "")) in {
        data for code, data in options if code == MAC
    }
    assert ip_address(forwarded.written(packed)).packed == packed


@settings(deadline=None)
@given(st.binary(max_size=90))
def test_any_bytes_are_the_forwarders_own(packet: bytes) -> None:
    home = ip_address(FORWARDER).packed
    assert forwarded.whose(packet, home) == home or b"\xfd\xe9" in packet or b"\0\x08" in packet
