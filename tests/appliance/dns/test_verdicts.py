"""What clients of each role see, and what is written down of it, on real sockets."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from dnslib import RCODE, DNSRecord

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
from tests.appliance.dns.nanonameserver import ZONE, NanoNameServer
from tests.builders import FixedLists, at, grant


def test_what_the_policy_says_nothing_of_passes(worker: Gate, nano: NanoNameServer) -> None:
    for _ in range(3):
        answer = worker.ask("WWW.example.com", edns=1232)
        assert addresses(answer) == ["192.0.2.1"]
        assert str(answer.q.qname) == "WWW.example.com."
        assert errors(answer) == []
    assert len(nano.asked) == 1
    assert worker.ask("nothere.example.com").header.rcode == RCODE.NOERROR


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_roles_get_different_answers_to_the_same_question(worker: Gate, transport: str) -> None:
    def ask(source: str) -> DNSRecord:
        packet = query("x.com", edns=1232)
        if transport == "tcp":
            return by_tcp(worker.address, packet, source=source)[0]
        return DNSRecord.parse(worker.raw(packet, source) or b"")

    for _ in range(3):  # from the policy, then twice from the shelf
        assert addresses(ask(PUPIL)) == [STEER]
        assert ask(VISITOR).header.rcode == RCODE.NXDOMAIN
        assert addresses(ask(STAFF)) == [STEER]
    assert errors(ask(VISITOR)) == [(17, "Blocked by the school's policy, clause 6.9")]
    assert errors(ask(PUPIL)) == [(4, "the gate decides; clause 6.8")]


def test_each_query_is_one_attempt_hot_or_not(worker: Gate) -> None:
    for _ in range(5):
        worker.ask("facebook.com", source=PUPIL)
    worker.ask("facebook.com", "HTTPS", source=PUPIL)
    worker.ask("facebook.com", source=VISITOR)
    worker.ask("www.example.com", source=PUPIL)  # no rule speaks of it
    worker.ask("childline.org.uk", source=PUPIL)  # sanctuary
    worker.stop()
    worker.stop = lambda: None  # type: ignore[method-assign]
    found = {(a.address, a.host, a.verdict): 0 for a in worker.spool.attempts}
    for attempt in worker.spool.attempts:
        found[attempt.address, attempt.host, attempt.verdict] += attempt.count
        assert attempt.at <= attempt.last
    assert found == {
        (PUPIL, "facebook.com", "block"): 6,
        (VISITOR, "facebook.com", "block"): 1,
    }
    assert worker.spool.closed


def test_the_bell_switches_and_no_answer_outlives_its_period(nano: NanoNameServer) -> None:
    bell = at("10:30")
    given = school(bell - timedelta(seconds=2.5), steerable=())
    with gate(FixedHolder(given), [nano.address]) as worker:
        answer = worker.ask("x.com")
        assert answer.header.rcode == RCODE.NXDOMAIN
        assert answer.auth[0].ttl <= 2
        deadline = time.monotonic() + 2.5
        lost = 0
        while not addresses(worker.ask("x.com")):
            lost += 1
            assert time.monotonic() < deadline + 0.3
        assert abs(time.monotonic() - deadline) < 0.3
        assert lost > 10
        assert worker.ask("x.com").rr[0].ttl <= 30
        worker.stop()
        worker.stop = lambda: None  # type: ignore[method-assign]
        for attempt in worker.spool.attempts:
            assert (attempt.last < bell) == (attempt.verdict == "block"), attempt
            assert (attempt.period_kind == "lesson") == (attempt.verdict == "block")


@pytest.mark.parametrize("name", ["use-application-dns.net", "mask.icloud.com", "wpad"])
def test_special_names_do_not_exist(worker: Gate, name: str) -> None:
    for _ in range(2):
        assert worker.ask(name).header.rcode == RCODE.NXDOMAIN


def test_the_resolver_names_no_other(worker: Gate, nano: NanoNameServer) -> None:
    answer = worker.ask("_dns.resolver.arpa", "SVCB")
    assert (answer.header.rcode, answer.rr) == (RCODE.NOERROR, [])
    assert addresses(worker.ask("bellgate.internal")) == [STEER]
    assert addresses(worker.ask("localhost")) == ["127.0.0.1"]
    assert nano.asked == []


@pytest.mark.parametrize("name", ["cloaked.example.com", "hidden.example.com"])
def test_a_blocked_name_does_not_hide_behind_an_alias(worker: Gate, name: str) -> None:
    qtype = "HTTPS" if name.startswith("hidden") else "A"
    for _ in range(2):
        assert worker.ask(name, qtype, source=PUPIL).header.rcode == RCODE.NXDOMAIN
    worker.stop()
    worker.stop = lambda: None  # type: ignore[method-assign]
    assert [(a.host, a.rule) for a in worker.spool.attempts][:1] == [(name, "pupils")]


def test_sanctuary_may_be_called_what_it_likes(worker: Gate) -> None:
    assert len(worker.ask("cloaked.childline.org.uk", source=PUPIL).rr) == 2


def test_a_list_does_not_close_what_a_school_rests_on_by_closing_its_network(
    nano: NanoNameServer,
) -> None:
    nano.zone = [*ZONE, "www.records.example. 60 CNAME edge.cdn.example.",
                 "shop.example. 60 CNAME edge.cdn.example.", "edge.cdn.example. 60 A 192.0.2.7",
                 "worse.records.example. 60 CNAME illegal.example.",
                 "illegal.example. 60 A 192.0.2.8"]  # fmt: skip
    lists = FixedLists({"cdn.example": ("adult", "too-wide")})
    given = school(never_block=("records.example",))
    with gate(FixedHolder(given, lists), [nano.address]) as worker:
        assert len(worker.ask("www.records.example", source=PUPIL).rr) == 2
        assert worker.ask("shop.example", source=PUPIL).header.rcode == RCODE.NXDOMAIN
        assert worker.ask("edge.cdn.example", source=PUPIL).header.rcode == RCODE.NXDOMAIN
        answer = worker.ask("worse.records.example", source=PUPIL)
        assert answer.header.rcode == RCODE.NXDOMAIN


@pytest.mark.parametrize(
    ("name", "qtype"),
    [("rebind.example.com", "A"), ("rebind6.example.com", "AAAA"), ("ours.example.com", "A")],
)
def test_a_public_name_does_not_lead_into_the_school(
    nano: NanoNameServer, name: str, qtype: str
) -> None:
    given = school(steer_ipv4=("203.0.113.80",), local_domains=("school.example",))
    with gate(FixedHolder(given), [nano.address]) as worker:
        answer = worker.ask(name, qtype, edns=1232)
        assert (answer.rr, answer.header.rcode) == ([], RCODE.NOERROR)
        assert errors(answer)[0][0] == 17
        assert addresses(worker.ask("printer.school.example")) == ["192.168.0.9"]


def test_the_law_and_a_list_have_their_own_errors(nano: NanoNameServer) -> None:
    lists = FixedLists({"bad.example.com": ("adult", "list-7")})
    with gate(FixedHolder(school(), lists), [nano.address]) as worker:
        assert errors(worker.ask("bad.example.com", source=PUPIL, edns=1232))[0][0] == 15
        assert errors(worker.ask("illegal.example", source=PUPIL, edns=1232)) == [
            (16, "Blocked by law")
        ]
        worker.stop()
        worker.stop = lambda: None  # type: ignore[method-assign]
        assert "withheld" in {a.host for a in worker.spool.attempts}


def test_structure_is_told_to_who_asks(worker: Gate) -> None:
    code, words = errors(worker.ask("x.com", source=VISITOR, options=[(26, b"")]))[0]
    assert code == 17
    assert words.startswith('{"j":"Blocked by the school')
    assert errors(worker.ask("x.com", source=PUPIL, options=[(26, b"")])) == []


def test_a_clock_in_doubt_is_lesson_time(nano: NanoNameServer) -> None:
    given = school(at("10:35"), built_at=at("10:35").replace(year=2090), steerable=())
    with gate(FixedHolder(given), [nano.address]) as worker:
        assert worker.ask("x.com", source=STAFF).header.rcode == RCODE.NXDOMAIN


def test_a_grant_opens_what_it_names_alias_or_not(nano: NanoNameServer) -> None:
    nano.zone = [*ZONE, "www.twitter.com. 60 CNAME www.x.com."]
    given = school(grants=(grant("host:www.twitter.com", who="role:pupil"),), steerable=())
    with gate(FixedHolder(given), [nano.address]) as worker:
        answer = worker.ask("www.twitter.com", source=PUPIL)
        assert len(answer.rr) == 2
        assert max(record.ttl for record in answer.rr) <= 30
        assert worker.ask("www.x.com", source=PUPIL).header.rcode == RCODE.NXDOMAIN
