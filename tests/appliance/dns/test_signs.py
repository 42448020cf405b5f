"""What the DNS face writes down of tunnels and canaries: of whom, once, with what evidence."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.dns.judge import Judge
from appliance.dns.recording import Recording
from appliance.dns.signs import Signs
from tests.appliance.dns.gate import (
    PUPIL,
    STAFF,
    FixedHolder,
    Gate,
    ListSpool,
    NoNeighbours,
    eventually,
    gate,
    school,
)
from tests.appliance.dns.nanonameserver import NanoNameServer

WATCHED: dict[str, Any] = {"circumvention_roles": ("pupil",), "circumvention_clause": "7.2"}
CANARY = "use-application-dns.net"


@pytest.fixture
def watching(nano: NanoNameServer) -> Iterator[Gate]:
    with gate(FixedHolder(school(**WATCHED)), [nano.address]) as running:
        yield running


def signs(running: Gate) -> list[Attempt]:
    return [attempt for attempt in running.spool.attempts if attempt.signal]


def waited_for(running: Gate, many: int = 1) -> list[Attempt]:
    eventually(lambda: len(signs(running)) >= many, 30)
    return signs(running)


def dig_a_tunnel(running: Gate, source: str, domain: str, count: int = 60) -> None:
    rng = random.Random(domain)
    for _ in range(count):
        name = f"{rng.getrandbits(230):060x}.{domain}"
        running.ask(name, "TXT", source)


def test_a_tunnel_becomes_one_attempt_with_its_evidence(watching: Gate) -> None:
    dig_a_tunnel(watching, PUPIL, "t.example.org")
    (attempt,) = waited_for(watching)
    assert (attempt.signal, attempt.reason, attempt.host) == (
        "dns_tunnel", "circumvention", "example.org",
    )  # fmt: skip
    assert (attempt.layer, attempt.visit, attempt.verdict) == (Layer.DNS, Visit.BACKGROUND, "allow")
    assert (attempt.address, attempt.role, attempt.clause) == (PUPIL, "pupil", "7.2")
    assert attempt.count >= 30
    assert "random names below example.org" in attempt.evidence
    assert "TXT" in attempt.evidence


def test_whoever_the_policy_does_not_watch_is_left_alone(watching: Gate) -> None:
    dig_a_tunnel(watching, STAFF, "t.example.org")
    watching.ask(CANARY, source=STAFF)
    dig_a_tunnel(watching, PUPIL, "u.example.org")  # the end of what is looked for
    assert {a.role for a in waited_for(watching)} == {"pupil"}


def test_sanctuary_and_the_school_s_own_names_are_never_taken_down(nano: NanoNameServer) -> None:
    given = school(**WATCHED, local_domains=("ours.example",))
    with gate(FixedHolder(given), [nano.address]) as running:
        dig_a_tunnel(running, PUPIL, "a.childline.org.uk")
        dig_a_tunnel(running, PUPIL, "a.ours.example")
        dig_a_tunnel(running, PUPIL, "t.example.org")
        assert {a.host for a in waited_for(running)} == {"example.org"}


def test_a_canary_is_taken_down_once_a_day_for_each_client(watching: Gate) -> None:
    for source in (PUPIL, "127.0.10.6", PUPIL, "127.0.10.6"):
        for name in (CANARY, "mask.icloud.com", f"www.{CANARY}"):
            assert watching.ask(name, source=source).header.rcode == 3
    waited_for(watching, 4)
    found = sorted((a.address, a.host) for a in signs(watching))
    assert found == [
        (PUPIL, "mask.icloud.com"), (PUPIL, CANARY),
        ("127.0.10.6", "mask.icloud.com"), ("127.0.10.6", CANARY),
    ]  # fmt: skip
    assert {(a.signal, a.verdict, a.visit, a.count) for a in signs(watching)} == {
        ("canary_name", "block", Visit.BACKGROUND, 1)
    }


def test_on_the_next_day_a_canary_is_taken_down_again() -> None:
    judge, spool = Judge(FixedHolder(school(**WATCHED)), NoNeighbours()), ListSpool()
    recording = Recording(spool, judge)
    looking, asker = Signs(judge, recording), judge.asker(b"\x7f\0\x0a\5")
    assert asker is not None
    for day in (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 24)):
        looking.begin(day)
        assert looking.canary(asker, CANARY)
    assert not looking.canary(asker, "example.com")
    recording.flush()
    assert len(spool.attempts) == 2
