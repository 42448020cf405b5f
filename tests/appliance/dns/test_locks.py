"""A locked search engine, as clients meet it on real sockets: the twin's addresses or none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from dnslib import QTYPE, RCODE, DNSRecord

from appliance.dns.locks import asked
from appliance.dns.wire import read_question
from appliance.policy.safe_search import SafeLevel, SafeName, SafeSearchRule
from tests.appliance.dns.gate import (
    PUPIL,
    STAFF,
    STEER,
    VISITOR,
    FixedHolder,
    Gate,
    addresses,
    by_tcp,
    errors,
    gate,
    query,
    school,
)
from tests.appliance.dns.nanonameserver import ZONE, NanoNameServer, nanonameserver
from tests.builders import at, grant, subject

TWIN = "forcesafesearch.google.com"
NAMES = (
    SafeName(host="www.google.com", engine="google", strict=TWIN, moderate=TWIN),
    SafeName(host="duckduckgo.com", engine="duckduckgo", strict="safe.duckduckgo.com",
             moderate="safe.duckduckgo.com"),
    SafeName(host="www.bing.com", engine="bing", strict="strict.bing.com",
             moderate="strict.bing.com"),
    SafeName(host="www.youtube.com", engine="youtube", strict="restrict.youtube.com",
             moderate="restrictmoderate.youtube.com"),
    SafeName(host="ya.ru", engine="yandex", strict="213.180.193.56", moderate="213.180.193.56"),
    SafeName(host="gone.example.com", engine="gone", strict="gone.invalid.example",
             moderate="gone.invalid.example"),
    SafeName(host="rebound.example.com", engine="rebound", strict="rebind.example.com",
             moderate="rebind.example.com"),
)  # fmt: skip
SEARCH = [
    "www.google.com. 300 A 192.0.2.100", "www.google.com. 300 AAAA 2001:db8::100",
    "www.google.com. 300 HTTPS 1 . alpn=h3 ipv4hint=192.0.2.100",
    f"{TWIN}. 200 A 192.0.2.120", f"{TWIN}. 200 AAAA 2001:db8::78",
    "duckduckgo.com. 300 A 192.0.2.101", "duckduckgo.com. 300 MX 10 mx.example.com.",
    "safe.duckduckgo.com. 300 A 192.0.2.121", "safe.duckduckgo.com. 300 A 192.0.2.122",
    "www.bing.com. 300 CNAME www.bing.example.", "www.bing.example. 300 A 192.0.2.102",
    "strict.bing.com. 300 CNAME chain.bing.example.", "chain.bing.example. 90 A 192.0.2.123",
    "www.youtube.com. 300 A 192.0.2.103", "restrict.youtube.com. 300 A 192.0.2.124",
    "restrictmoderate.youtube.com. 300 A 192.0.2.125",
    "ya.ru. 300 A 192.0.2.104", "ya.ru. 300 MX 10 mx.ya.ru.", "gone.example.com. 300 A 192.0.2.105",
]  # fmt: skip


def searching(**more: Any) -> FixedHolder:
    """Return a school with a few engines."""
    return FixedHolder(school(**{"safe_names": NAMES, **more}))


@pytest.fixture
def engines() -> Iterator[NanoNameServer]:
    with nanonameserver() as server:
        server.zone = [*ZONE, *SEARCH]
        yield server


@pytest.fixture
def searched(engines: NanoNameServer) -> Iterator[Gate]:
    with gate(searching(), [engines.address]) as running:
        yield running


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize(
    ("host", "qtype", "said"),
    [
        ("www.google.com", "A", [f"{TWIN}.", "192.0.2.120"]),
        ("WWW.gOOgle.Com", "AAAA", [f"{TWIN}.", "2001:db8::78"]),
        ("duckduckgo.com", "A", ["safe.duckduckgo.com.", "192.0.2.121", "192.0.2.122"]),
        ("www.bing.com", "A", ["strict.bing.com.", "192.0.2.123"]),
        ("ya.ru", "A", ["213.180.193.56"]),
        ("www.google.com", "CNAME", [f"{TWIN}."]),
        # No data, and nothing that leads past the lock.
        ("duckduckgo.com", "AAAA", ["safe.duckduckgo.com."]),
        ("ya.ru", "AAAA", []),
        ("ya.ru", "CNAME", []),
        ("www.google.com", "HTTPS", []),
        ("www.google.com", "SVCB", []),
        ("www.bing.com", "TXT", []),
        # What is no way to the engine stays as it is.
        ("duckduckgo.com", "MX", ["10 mx.example.com."]),
        ("ya.ru", "MX", ["10 mx.ya.ru."]),
    ],
)
def test_a_pupil_gets_the_twin_and_staff_the_engine(
    searched: Gate, transport: str, host: str, qtype: str, said: list[str]
) -> None:
    def ask(source: str) -> DNSRecord:
        packet = query(host, qtype, edns=1232)
        if transport == "tcp":
            return by_tcp(searched.address, packet, source=source)[0]
        return DNSRecord.parse(searched.raw(packet, source) or b"")

    staff = ask(STAFF)
    for _ in range(3):  # from the upstream, then twice from the shelf
        for source in (PUPIL, VISITOR):
            answer = ask(source)
            assert answer.header.rcode == RCODE.NOERROR
            assert addresses(answer) == said
            assert str(answer.q.qname) == f"{host}."
            if not said or said == ["safe.duckduckgo.com."]:
                assert [r.rtype for r in answer.auth] == [QTYPE.SOA]
            if qtype in ("A", "AAAA", "CNAME") and said:
                assert errors(answer) == [(4, "safe search")]
        assert addresses(ask(STAFF)) == addresses(staff)
    assert TWIN not in " ".join(addresses(staff))


def test_the_records_hang_together(searched: Gate) -> None:
    answer = searched.ask("www.google.com", source=PUPIL, do=True, ad=True)
    first, second = answer.rr
    assert (str(first.rname), first.rtype) == ("www.google.com.", QTYPE.CNAME)
    assert (str(second.rname), second.rtype) == (f"{TWIN}.", QTYPE.A)
    assert first.ttl == second.ttl == 200
    assert (answer.header.ad, answer.header.aa) == (0, 0)
    none = searched.ask("duckduckgo.com", "AAAA", source=PUPIL)
    assert str(none.auth[0].rname) == "safe.duckduckgo.com."
    assert none.auth[0].ttl <= 60


def test_the_upstream_is_asked_for_the_twin_alone_and_once(
    searched: Gate, engines: NanoNameServer
) -> None:
    for source in (PUPIL, VISITOR, PUPIL):
        for do in (False, True):
            searched.ask("www.google.com", source=source, do=do)
    assert [str(DNSRecord.parse(p).q.qname).lower() for p in engines.asked] == [f"{TWIN}."]


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NXDOMAIN"])
def test_an_upstream_that_fails_for_the_twin_opens_nothing(
    engines: NanoNameServer, rcode: str
) -> None:
    with gate(searching(), [engines.address]) as worker:
        assert addresses(worker.ask("www.google.com", source=STAFF)) == ["192.0.2.100"]
        engines.rcode = rcode
        engines.zone = [line for line in engines.zone if not line.startswith(TWIN)]
        for qtype in ("A", "AAAA"):
            answer = worker.ask("www.google.com", qtype, source=PUPIL, edns=1232)
            assert (answer.header.rcode, addresses(answer)) == (RCODE.SERVFAIL, [])
            assert errors(answer)
        assert addresses(worker.ask("www.google.com", source=STAFF)) == ["192.0.2.100"]


def test_no_upstream_at_all_opens_nothing_and_the_last_addresses_serve(
    engines: NanoNameServer,
) -> None:
    engines.zone = [line.replace("com. 200 A 192.0.2.120", "com. 1 A 192.0.2.120")
                    for line in engines.zone]  # fmt: skip
    with gate(searching(), [engines.address]) as worker:
        assert addresses(worker.ask("www.google.com", source=PUPIL))[1:] == ["192.0.2.120"]
        assert addresses(worker.ask("duckduckgo.com", source=STAFF)) == ["192.0.2.101"]
        time.sleep(1.1)
        engines.dead = True
        stale = worker.ask("www.google.com", source=PUPIL, edns=1232)
        assert addresses(stale) == [f"{TWIN}.", "192.0.2.120"]
        assert errors(stale)[0][0] == 3
        none = worker.ask("duckduckgo.com", source=PUPIL, edns=1232)
        assert (none.header.rcode, addresses(none)) == (RCODE.SERVFAIL, [])


def test_a_twin_that_is_gone_or_leads_into_the_school_serves_nobody(searched: Gate) -> None:
    gone = searched.ask("gone.example.com", source=PUPIL, edns=1232)
    assert addresses(gone) == ["gone.invalid.example."]  # no data, as the upstream says
    rebound = searched.ask("rebound.example.com", source=PUPIL, edns=1232)
    assert (addresses(rebound), errors(rebound)[0][0]) == ([], 17)


def test_a_blocked_name_does_not_hide_behind_a_twin(engines: NanoNameServer) -> None:
    engines.zone += ["safe.duckduckgo.com. 300 CNAME www.x.com."]
    with gate(searching(steerable=()), [engines.address]) as worker:
        assert worker.ask("duckduckgo.com", source=PUPIL).header.rcode == RCODE.NXDOMAIN


def test_no_grant_and_no_device_takes_the_lock_off(engines: NanoNameServer) -> None:
    given = searching(
        grants=(grant("host:www.google.com", who="role:pupil"),),
        safe_search=(SafeSearchRule(level=SafeLevel.OFF, clause="1",
                                    who=(subject("network:pupils"),)),),
    )  # fmt: skip
    with gate(given, [engines.address]) as worker:
        answer = worker.ask("www.google.com", source=PUPIL)
        assert addresses(answer) == [f"{TWIN}.", "192.0.2.120"]
        assert max(r.ttl for r in answer.rr) <= 30  # the grant governs the name


def test_the_bell_changes_the_lock_and_no_answer_outlives_it(engines: NanoNameServer) -> None:
    bell = at("10:30")
    at_break = SafeSearchRule(
        level=SafeLevel.MODERATE, clause="1", who=(subject("role:pupil"),),
        engines=frozenset({"youtube"}), when=frozenset({"break"}),
    )  # fmt: skip
    given = school(
        bell - timedelta(seconds=2.5), safe_names=NAMES, safe_search=(at_break,), steerable=()
    )
    with gate(FixedHolder(given), [engines.address]) as worker:
        answer = worker.ask("www.youtube.com", source=PUPIL)
        assert addresses(answer)[1:] == ["192.0.2.124"]
        assert max(r.ttl for r in answer.rr) <= 2
        assert worker.ask("www.google.com", source=PUPIL).rr[0].ttl <= 2  # the verdict ends too
        deadline = time.monotonic() + 5
        while addresses(worker.ask("www.youtube.com", source=PUPIL))[1:] == ["192.0.2.124"]:
            assert time.monotonic() < deadline
        after = worker.ask("www.youtube.com", source=PUPIL)
        assert addresses(after) == ["restrictmoderate.youtube.com.", "192.0.2.125"]
        assert max(r.ttl for r in after.rr) <= 30


def test_a_steered_engine_keeps_its_gate(engines: NanoNameServer) -> None:
    given = searching(
        steerable=("youtube.com",), grants=(grant("host:www.youtube.com", who="role:pupil"),)
    )
    with gate(given, [engines.address]) as worker:
        assert addresses(worker.ask("www.youtube.com", source=PUPIL)) == [STEER]


def test_a_lock_that_comes_while_the_upstream_is_asked_holds_at_once(
    engines: NanoNameServer,
) -> None:
    """The engine's own addresses are on their way when the snapshot with the lock is swapped in."""
    holder = searching(safe_names=())
    engines.delay = 0.8
    with gate(holder, [engines.address], patience=(3.0,)) as worker:
        swap = threading.Timer(0.1, holder.swap, kwargs={"safe_names": NAMES})
        swap.start()
        answer = worker.ask("www.google.com", source=PUPIL)
        swap.join()
        assert addresses(answer) == [f"{TWIN}.", "192.0.2.120"]
        assert len(engines.asked) == 2  # first the engine, then the twin


def test_who_asks_for_structure_is_told_no_forgery(searched: Gate) -> None:
    answer = searched.ask("www.google.com", source=PUPIL, options=[(26, b"")])
    assert addresses(answer) == [f"{TWIN}.", "192.0.2.120"]
    assert errors(answer) == []


def test_what_is_not_locked_is_asked_as_it_came() -> None:
    question = read_question(query("www.google.com", "A", do=True))
    assert asked(question, "") is question
    txt = read_question(query("www.google.com", "TXT"))
    assert asked(txt, TWIN) is txt
    twin = asked(question, TWIN)
    assert (twin.type, twin.dnssec_ok, twin.edns) == (1, False, None)
