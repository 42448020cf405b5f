from __future__ import annotations

from math import inf

import pytest
from dnslib import DNSRecord

from appliance.dns.answers import Answer, made_up
from appliance.dns.answers import forwarded as carried
from appliance.dns.handler import Reply
from appliance.dns.judge import Judge, Judged
from appliance.dns.records import read_response
from appliance.dns.shelf import Finished, Shelf
from appliance.dns.wire import read_question
from tests.appliance.dns.gate import FixedHolder, NoNeighbours, query, school
from tests.appliance.dns.test_records import response

QUESTION = read_question(query("www.example.com"))
PUPIL = b"\x7f\0\x0a\5"


def upstream(seconds: int, ceiling: int = 1 << 31) -> Answer:
    """Return an upstream's answer that lasts so long."""
    read = read_response(response(f"www.example.com. {seconds} A 192.0.2.1"))
    return carried(QUESTION, read, keep=seconds, ceiling=ceiling)


def judged(until: float) -> Judged:
    """Return a plan that holds until an instant."""
    judge = Judge(FixedHolder(school()), NoNeighbours())
    asker = judge.asker(PUPIL)
    assert asker is not None
    found = judge.judged(asker, "www.example.com")
    found.until = until
    return found


def shown(answer: Answer, until: float, at: float, born: float = 1000.0) -> int | None:
    """Return the TTL that an answer shows at an instant; None: its time is up."""
    finished = Finished(Reply(answer, born, judged(until)), born)
    if at >= finished.until and not finished.still_good(at):
        return None
    return int(DNSRecord.parse(finished.message).rr[0].ttl)


@pytest.mark.parametrize(
    ("seconds", "until", "at", "ttl"),
    [
        (60, inf, 1000.0, 60),
        (60, inf, 1000.9, 60),
        (60, inf, 1001.0, 59),
        (60, inf, 1059.9, 1),
        (60, inf, 1060.0, None),
        (60, 1010.5, 1000.0, 10),
        (60, 1010.5, 1000.4, 10),
        (60, 1010.5, 1000.6, 9),
        (60, 1010.5, 1010.4, 1),
        (60, 1010.5, 1010.5, None),
        (5, 1010.5, 1004.9, 1),
        (5, 1010.5, 1005.0, None),
    ],
)
def test_what_a_client_is_told_and_until_when(
    seconds: int, until: float, at: float, ttl: int | None
) -> None:
    assert shown(upstream(seconds), until, at) == ttl


def test_no_shown_ttl_outlives_its_verdict_by_a_tick() -> None:
    """Walk through ten seconds as the hot loop does: stamped only when it must be."""
    until = 1010.37
    finished = Finished(Reply(upstream(60), 999.5, judged(until)), 1000.0)
    for step in range(1000):
        at = 1000.0 + step / 100
        if at >= finished.until:
            assert finished.still_good(at)
        ttl = DNSRecord.parse(finished.message).rr[0].ttl
        assert ttl == 1 or ttl <= until - at + 1e-6


def test_governed_by_the_bell_lasts_half_a_minute_at_most() -> None:
    assert shown(upstream(300, ceiling=30), inf, 1000.0) == 30
    assert shown(upstream(300, ceiling=30), inf, 1290.0) == 10


def test_a_shelf_belongs_to_a_class_and_takes_so_much() -> None:
    shelf = Shelf(most=2)
    finished = Finished(Reply(made_up(QUESTION), 0.0, None, True), 0.0)
    never = Finished(Reply(made_up(QUESTION, keep=0), 0.0, None, True), 0.0)
    shelf.admit(PUPIL, ("pupil",))
    shelf.put(("pupil",), b"never", never)
    for key in (b"1", b"1", b"2", b"3"):
        shelf.put(("pupil",), key, finished)
    assert list(shelf.by_source[PUPIL]) == [b"1", b"2"]
    assert shelf.full
    shelf.admit(b"\x0a\0\0\1", ("staff",))
    assert shelf.by_source[b"\x0a\0\0\1"] == {}
    shelf.forget_sources()
    assert shelf.by_source == {}
    shelf.admit(PUPIL, ("pupil",))
    assert len(shelf.by_source[PUPIL]) == 2
    shelf.clear()
    shelf.admit(PUPIL, ("pupil",))
    assert (shelf.by_source[PUPIL], shelf.full) == ({}, False)
