"""Asking real resolvers on loopback whether the filter is there: in doubt it is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from dnslib import QTYPE, RCODE, RR, A, DNSRecord

from appliance.refresh import asking
from appliance.refresh.asking import Answer, Endpoint
from appliance.refresh.filter_check import CONTROL, blocked, look, run_if_due
from appliance.store import filter_checks
from appliance.store.filter_checks import Expect, FilterTest
from appliance.store.session import Store
from tests.appliance.refresh.conftest import Bed

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NAME = "blocked.filter.example"
TESTS = (FilterTest(NAME),)
Rule = Callable[[str], str]  # a name to its address, or to a response code


def _answer(query: DNSRecord, said: str) -> bytes:
    reply = query.reply()
    if said in RCODE.reverse:
        reply.header.rcode = RCODE.reverse[said]
    elif said:
        reply.add_answer(RR(query.q.qname, QTYPE.A, rdata=A(said), ttl=1))
    return bytes(reply.pack())


@contextmanager
def resolver(rule: Rule) -> Iterator[Endpoint]:
    """Run a resolver that answers as a rule says."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            message, client = sock.recvfrom(4096)
            if message == b"stop":
                return
            query = DNSRecord.parse(message)
            sock.sendto(_answer(query, rule(str(query.q.qname).rstrip("."))), client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield sock.getsockname()
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"stop", sock.getsockname())
        thread.join()
        sock.close()


def filtering(said: str) -> Rule:
    """A filter that answers so for what it blocks."""
    return lambda name: "192.0.2.80" if name == CONTROL else said


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.1)


@pytest.mark.parametrize(
    ("expect", "addresses", "said", "good"),
    [
        (Expect.BLOCKED, (), "NXDOMAIN", True),
        (Expect.BLOCKED, (), "REFUSED", True),
        (Expect.BLOCKED, (), "0.0.0.0", True),
        (Expect.BLOCKED, (), "127.0.0.1", True),
        (Expect.BLOCKED, (), "", True),
        (Expect.BLOCKED, (), "192.0.2.5", False),
        (Expect.BLOCKED, (), "SERVFAIL", False),
        (Expect.NXDOMAIN, (), "NXDOMAIN", True),
        (Expect.NXDOMAIN, (), "REFUSED", False),
        (Expect.REFUSED, (), "REFUSED", True),
        (Expect.REFUSED, (), "192.0.2.5", False),
        (Expect.ADDRESS, ("192.0.2.0/24",), "192.0.2.5", True),
        (Expect.ADDRESS, ("192.0.2.0/24",), "198.51.100.5", False),
        (Expect.ADDRESS, ("192.0.2.0/24",), "NXDOMAIN", False),
        (Expect.ADDRESS, ("2001:db8::/32",), "192.0.2.5", False),
    ],
)
def test_what_counts_as_blocked(
    expect: Expect, addresses: tuple[str, ...], said: str, good: bool
) -> None:
    with resolver(filtering(said)) as where:
        found, words = look([FilterTest(NAME, expect, addresses)], [where])
    assert found is good
    assert NAME in words


def test_every_resolver_has_to_filter() -> None:
    with resolver(filtering("NXDOMAIN")) as good, resolver(filtering("192.0.2.9")) as open_:
        assert look(TESTS, [good])[0]
        found, words = look(TESTS, [good, open_])
        assert not found
        assert "does not filter" in words


@pytest.mark.usefixtures("impatient")
def test_silence_is_no_filter() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        found, words = look(TESTS, [silent.getsockname()])
        assert not found
        assert "Nothing can be told" in words
        with resolver(filtering("NXDOMAIN")) as good:
            found, words = look(TESTS, [silent.getsockname(), good])
            assert found
            assert "does not answer" in words


def test_a_resolver_that_knows_no_name_at_all_is_no_filter() -> None:
    with resolver(lambda name: "NXDOMAIN") as broken:
        found, words = look(TESTS, [broken])
    assert not found
    assert CONTROL in words


def test_nothing_to_ask_or_nobody_to_ask_is_not_good() -> None:
    assert look((), [("127.0.0.1", 1)]) == (False, filter_words(()))
    assert not look(TESTS, [])[0]


def filter_words(tests: tuple[FilterTest, ...]) -> str:
    return look(tests, [])[1]


def test_an_answer_that_makes_no_sense_is_no_answer() -> None:
    assert not blocked(FilterTest(NAME), Answer("NOERROR", ("192.0.2.1", "0.0.0.0")))


def test_it_is_asked_once_a_day_and_sooner_after_trouble(bed: Bed) -> None:
    store: Store = bed.store
    state = {"said": "NXDOMAIN"}
    with resolver(lambda name: filtering(state["said"])(name)) as where:
        assert run_if_due(store, [where], NOW) is None, "it was never set up"
        with store.session() as session:
            filter_checks.put_tests(session, TESTS)
        first = run_if_due(store, [where], NOW)
        assert first is not None
        assert first.good
        assert run_if_due(store, [where], NOW + timedelta(hours=23)) is None
        state["said"] = "192.0.2.9"
        second = run_if_due(store, [where], NOW + timedelta(hours=24))
        assert second is not None
        assert not second.good
        assert run_if_due(store, [where], NOW + timedelta(hours=24, minutes=5)) is None
        assert run_if_due(store, [where], NOW + timedelta(hours=24, minutes=15)) is not None
        back = NOW - timedelta(days=900)  # the clock went wrong, and was set right
        assert run_if_due(store, [where], back) is not None
        assert run_if_due(store, [where], back) is None
    with store.reading() as session:
        assert len(filter_checks.history(session, 9)) >= 2
