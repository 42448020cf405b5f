"""The self-test on a gate whose resolver fails: what is closed stays closed, the rest is named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dnslib import RCODE, DNSRecord

from appliance.doctor import advice
from appliance.doctor.ground import Ground
from appliance.doctor.look import Looker
from appliance.doctor.result import Result
from appliance.doctor.trying import every
from appliance.policy.snapshot import Snapshot
from appliance.status.checks import Level
from tests.appliance.cli.gate_process import Gate

PUPILS = "Demo: pupils"


def pupils(look: Callable[[], Ground]) -> Callable[[], Ground]:
    """Return a look at the same gate, with the pupils' network alone."""

    def see() -> Ground:
        ground = look()
        contents = ground.snapshot.contents
        one = tuple(network for network in contents.networks if network.name == PUPILS)
        return replace(
            ground, snapshot=Snapshot(replace(contents, networks=one), ground.snapshot.lists)
        )

    return see


def one(found: list[Result], about: str, network: str = "") -> Result:
    return next(r for r in found if r.about == about and r.network == network)


@contextmanager
def resolver_that(answers: Callable[[DNSRecord], DNSRecord | None]) -> Iterator[int]:
    """Run an upstream of a test's own."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def run() -> None:
        while True:
            data, client = sock.recvfrom(4096)
            if not data:
                return
            reply = answers(DNSRecord.parse(data))
            if reply is not None:
                sock.sendto(reply.pack(), client)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield sock.getsockname()[1]
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", sock.getsockname())
        thread.join(5)
        sock.close()


def test_an_upstream_that_fails_is_named_and_the_helpline_is_red(tmp_path: Path) -> None:
    def fails(query: DNSRecord) -> DNSRecord:
        reply = query.reply()
        reply.header.rcode = RCODE.SERVFAIL
        return reply

    with (
        resolver_that(fails) as port,
        Gate(tmp_path, port, "--rehearse", "2026-11-23T10:35") as made,
    ):
        made.ready()
        found = list(every(pupils(Looker(tmp_path))))
    assert one(found, "Resolver behind the gate").todo == advice.NO_INTERNET
    helpline = one(found, "Helpline", PUPILS)
    assert (helpline.level, helpline.todo) == (Level.RED, advice.NO_INTERNET)
    assert one(found, "Facebook", PUPILS).level is Level.GOOD  # blocked all the same
    locked = one(found, "Safe search, Google", PUPILS)
    assert locked.level is Level.AMBER
    assert "closed rather than unlocked" in locked.words
