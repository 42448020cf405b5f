"""A bell and a sanction end what they close, forwarded or proxied, while a crowd goes on.

Whatever they do not close lives on.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.policy.model import (
    Grant,
    Ownership,
    Sanction,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.subjects import Device
from appliance.policy_file.edit import with_item
from appliance.store import devices, grants, sanctions
from tests.e2e import names, school
from tests.e2e.lab import ROOT, Lab
from tests.e2e.router_gate import RouterGate
from tests.e2e.ticker import Ticker
from tests.e2e.waiting import until

pytestmark = [pytest.mark.namespaces, pytest.mark.router]
BEFORE: Final = 8.0  # seconds between the rehearsed start and the bell of 10:50
GAME: Final = "plain.example.com"  # on a list of games; nothing of it can be read or steered
READ: Final = "en.wikipedia.org"  # the gate reads it, for one page of it was reported
CROWD: Final = ("www.gov.uk", 300, 150)  # a site, connections that stay, new ones a second
RULE: Final = {"id": "staff-games-lesson", "clause": "5.7", "action": "block", "who": "role:staff",
               "what": "category:games", "when": "lesson"}  # fmt: skip


@pytest.fixture(scope="module")
def gate(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RouterGate]:
    """The router at work, at break, with a site that lists close to staff in lessons."""
    gate = RouterGate(lab, tmp_path_factory.mktemp("router"))
    school.prepare(gate, "duffield-meadows")
    text = with_item(policy_file.template_text("duffield-meadows"), ("rules",), RULE)
    games = tmp_path_factory.mktemp("lists") / "games.txt"
    games.write_text(f"{GAME}\n")
    done = gate.command("lists", "add", str(games), "--category", "games", "--id", "games")
    assert done.returncode == 0, done.stderr
    mac = lab.pupil.machine.ip("-br", "link", "show", "eth0").split()[2]
    gate.write(lambda session: school.set_policy(session, text))
    gate.write(lambda session: _laptop(session, mac))
    gate.write(lambda session: school.report(session, Target(TargetKind.URL, f"{READ}/reported")))
    try:
        gate.start()
        for client in (lab.pupil, lab.staff):
            client.trust(lab.folder, lab.world_ca, gate.root_ca)
        yield gate
    finally:
        gate.end()


@pytest.fixture
def crowd(lab: Lab, gate: RouterGate, tmp_path: Path) -> Iterator[None]:
    """Others are busy meanwhile: none of their connections may suffer."""
    host, staying, rate = CROWD
    assert lab.staff.dig(host).answers
    with _crowd(lab, tmp_path, names.ADDRESSES[host][0], staying, rate) as ended:
        yield
    assert ended["open"] == staying
    assert ended["answered"] > 100
    assert ended.get("failed", 0) == 0


@pytest.fixture
def break_again(gate: RouterGate) -> Iterator[None]:
    """Put the clock back to break when the test is over."""
    yield
    gate.rehearse(school.BREAK)


def test_a_lessons_end_cuts_what_is_forwarded_and_what_is_proxied(
    gate: RouterGate, lab: Lab, crowd: None, break_again: None
) -> None:
    bell = gate.rehearse("10:49:52") + BEFORE
    closing = {
        "through the proxy": lab.staff.ticker("x.com", "/stream"),
        "forwarded by the kernel": lab.staff.ticker(GAME, "/stream"),
    }
    others = _others(lab)
    _alive({**closing, **others})
    assert time.monotonic() < bell, "the test bed was too slow for this bell"
    for what, ticker in closing.items():
        _ends(what, ticker, bell)
    _live_on(others)
    assert not lab.staff.curl(f"https://{GAME}/").from_origin


def test_a_sanction_cuts_all_but_what_stays_open(gate: RouterGate, lab: Lab, crowd: None) -> None:
    closing = {
        "forwarded by the kernel": lab.pupil.ticker("www.bbc.co.uk", "/stream"),
        "the same by IPv6": _by_six(lab, "www.bbc.co.uk"),
        "through the proxy": lab.pupil.ticker(READ, "/stream"),
    }
    others = {
        "somebody else's": lab.staff.ticker("www.bbc.co.uk", "/stream"),
        "a helpline": lab.pupil.ticker("www.childline.org.uk", "/stream"),
    }
    _alive({**closing, **others})
    sanction = Sanction(
        id="", subject=Subject(SubjectKind.DEVICE, "laptop"), start=school.TERM, end=None,
        clause="7.2", text="until Friday",
    )  # fmt: skip
    gate.write(
        lambda s: sanctions.add(s, sanction, author="dsl", reason="VPN", at=datetime.now(UTC))
    )
    written = time.monotonic()
    try:
        for what, ticker in closing.items():
            _ends(what, ticker, written)
        _live_on(others)
        assert not lab.pupil.curl("https://www.bbc.co.uk/").from_origin
    finally:
        gate.write(_lift)
    until(lambda: lab.pupil.curl("https://www.bbc.co.uk/").from_origin, "it opens again", 30)


def test_a_grant_that_is_revoked_cuts_what_it_opened(gate: RouterGate, lab: Lab) -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    grant = Grant(
        id="", subject=Subject(SubjectKind.DEVICE, "laptop"), target=Target(TargetKind.HOST, GAME),
        start=start, end=start + timedelta(days=1), text="for a lesson",
    )  # fmt: skip
    kept: list[str] = []
    gate.change(
        lambda s: kept.append(grants.add(s, grant, author="h", reason="lesson", at=start).id)
    )
    until(lambda: lab.pupil.curl(f"https://{GAME}/").from_origin, "the grant opens it", 30)
    game, others = lab.pupil.ticker(GAME, "/stream"), _others(lab)
    _alive({"the game": game, **others})
    gate.write(lambda session: grants.revoke(session, kept[0], by="h", at=start))
    _ends("the game", game, time.monotonic())
    _live_on(others)


def _others(lab: Lab) -> dict[str, Ticker]:
    return {
        "what no rule speaks of": lab.staff.ticker("www.bbc.co.uk", "/stream"),
        "somebody else's": lab.pupil.ticker("www.bbc.co.uk", "/stream"),
    }


def _by_six(lab: Lab, host: str) -> Ticker:
    assert lab.pupil.dig(host, "AAAA").answers
    sock = lab.pupil.tls(host, names.ADDRESSES[host][1])
    sock.sendall(f"GET /stream HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return Ticker(sock)


def _alive(tickers: dict[str, Ticker]) -> None:
    for what, ticker in tickers.items():
        until(lambda t=ticker: t.ticks > 3, f"{what} is alive", 30)  # type: ignore[misc]


def _ends(what: str, ticker: Ticker, moment: float) -> None:
    until(lambda: ticker.ended_at is not None, f"{what} is cut", BEFORE + 20)
    assert ticker.ended_at is not None
    assert ticker.last_at > moment - 0.5, f"{what} died before"
    assert ticker.ended_at - moment < 1.0, f"{what} lived on"
    ticker.close()


def _live_on(tickers: dict[str, Ticker]) -> None:
    for what, ticker in tickers.items():
        seen = ticker.ticks
        until(lambda t=ticker, n=seen: t.ticks > n + 10, f"{what} lives on", 30)  # type: ignore[misc]
        ticker.close()


def _laptop(session: Session, mac: str) -> None:
    device = Device(id="laptop", name="A laptop", macs=(mac,), role="pupil", trusts_ca=True,
                    ownership=Ownership.SCHOOL)  # fmt: skip
    devices.add(session, device)


def _lift(session: Session) -> None:
    (sanction,) = sanctions.list_(session)
    sanctions.lift(session, sanction.id, by="dsl", at=datetime.now(UTC))


@contextmanager
def _crowd(
    lab: Lab, folder: Path, address: str, staying: int, rate: int
) -> Iterator[dict[str, Any]]:
    said = folder / "crowd.log"
    counted: dict[str, Any] = {}
    command = (sys.executable, "-m", "tests.e2e.router_flood", address, str(staying), str(rate))
    with said.open("wb") as log:
        process = subprocess.Popen(
            lab.staff.machine.command(*command), stdout=log, stderr=log, cwd=ROOT
        )
    try:
        until(lambda: b"ready" in said.read_bytes(), "the crowd is there", 60)
        yield counted
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    counted.update(json.loads(said.read_text().splitlines()[-1]))
