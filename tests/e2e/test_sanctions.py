"""A sanction cuts what is open and leaves helplines; a session opens it again until the bell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from appliance.policy.model import Grant, Ownership, Subject, SubjectKind, Target, TargetKind
from appliance.policy.subjects import Device, Person
from appliance.store import devices, grants, people
from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
ORDINARY = "www.bbc.co.uk"  # open to everybody, never steered
HELPLINE = "www.childline.org.uk"
X = "https://x.com/"  # closed to pupils; a grant opens it to all of them today


def _furnish(session: Session, lab: Lab) -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    people.add_person(session, Person(id="pip", name="P. Pupil", role="pupil"))
    for id_, name, client, person, role in (
        ("tablet", "Tablet 8", lab.pupil, "pip", None),
        ("laptop", "Laptop 4", lab.staff, None, "pupil"),
    ):
        devices.add(session, Device(
            id=id_, name=name, addresses=(client.address4, client.address6), person=person,
            role=role, ownership=Ownership.SCHOOL, trusts_ca=True,
        ))  # fmt: skip
    grant = Grant(
        id="", subject=Subject(SubjectKind.ROLE, "pupil"), start=day, end=day + timedelta(days=1),
        target=Target(TargetKind.HOST, "x.com"),
    )  # fmt: skip
    grants.add(session, grant, author="head", reason="a project", at=day)


@pytest.fixture(scope="module", autouse=True)
def furnished(gate: Gate, lab: Lab) -> None:
    """A pupil with a tablet, and another pupil's laptop beside it."""
    gate.change(lambda session: _furnish(session, lab))


@pytest.fixture
def break_again(gate: Gate) -> Iterator[None]:
    """Put the clock back to break, and lift what was imposed."""
    yield
    gate.rehearse(school.BREAK)  # first: what was lifted later than that still holds then
    for one in [one for one in _json(gate, "list") if one["lifted_at"] is None]:
        _json(gate, "lift", str(one["id"]), "--reason", "The test is over")


def _json(gate: Gate, *words: str) -> list[dict[str, object]]:
    done = gate.command("sanctions", *words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return found if isinstance(found, list) else [found]


def _open(lab: Lab) -> tuple[str, str, int]:
    """Return what the tablet gets: an ordinary name, a helpline, and the granted site."""
    asked = (lab.pupil.dig(host).status for host in (ORDINARY, HELPLINE))
    return (*asked, lab.pupil.curl(X).status)  # type: ignore[return-value]


ALL, SHUT = ("NOERROR", "NOERROR", 200), ("NXDOMAIN", "NOERROR", 403)


def test_a_sanction_cuts_what_is_open_and_nobody_elses(
    gate: Gate, lab: Lab, break_again: None
) -> None:
    assert _open(lab) == ALL
    theirs = {
        "a download": lab.pupil.ticker("x.com", "/stream"),
        "a WebSocket": lab.pupil.ticker("x.com", "/ws", websocket=True),
    }
    beside = lab.staff.ticker("x.com", "/stream")
    for what, ticker in {**theirs, "the neighbour's": beside}.items():
        until(lambda t=ticker: t.ticks > 3, f"{what} is alive")  # type: ignore[misc]
    made = _json(gate, "add", "--for", "person:pip", "--until", "2026-11-27", "--reason", "A VPN")
    in_store = time.monotonic()  # later than the transaction: the command has ended
    for what, ticker in theirs.items():
        until(lambda t=ticker: t.ended_at is not None, f"{what} is cut")  # type: ignore[misc]
        assert ticker.ended_at is not None
        assert ticker.ended_at - in_store < 1.0, f"{what} lived on"
        ticker.close()
    until(lambda: _open(lab) == SHUT, "DNS has heard of it too")
    ticks = beside.ticks
    until(lambda: beside.ticks > ticks, "the neighbour's download goes on")
    assert lab.staff.dig(ORDINARY).status == "NOERROR"
    beside.close()
    body = lab.pupil.curl(X).body
    assert "The internet is closed for you" in body
    assert "Friday is the last day." in body
    assert "A VPN" not in body
    row = gate.attempt_on("x.com", "--verdict", "block")
    assert (row["reason"], row["rule"], row["person"]) == ("sanction", made[0]["id"], "pip")
    assert not [one for one in gate.attempts() if one["host"] == HELPLINE]


def test_a_session_opens_the_ordinary_policy_until_the_bell(
    gate: Gate, lab: Lab, break_again: None
) -> None:
    (made,) = _json(gate, "add", "--for", "person:pip", "--reason", "A VPN")
    until(lambda: _open(lab) == SHUT, "the sanction holds")
    bell = gate.rehearse("10:49:50") + 10.0
    (begun,) = _json(gate, "supervise", str(made["id"]), "--staff", "A. Teacher")
    assert str(begun["until"]).startswith("2026-11-23T10:50:00")
    until(lambda: _open(lab) == ALL, "the session opens it")
    assert lab.pupil.curl("https://www.facebook.com/").status == 403  # as for every pupil
    ticker = lab.pupil.ticker("x.com", "/stream")
    until(lambda: ticker.ticks > 3, "a download is alive in the session")
    assert time.monotonic() < bell, "the test bed was too slow for this bell"
    until(lambda: ticker.ended_at is not None, "the bell ends the session", 15)
    assert ticker.ended_at is not None
    assert ticker.last_at > bell - 0.5, "it died before the bell"
    assert ticker.ended_at - bell < 1.0, "it lived on"
    ticker.close()
    assert _open(lab) == SHUT


def test_the_button_ends_a_session_at_once(gate: Gate, lab: Lab, break_again: None) -> None:
    (made,) = _json(gate, "add", "--for", "device:tablet", "--reason", "A VPN")
    (begun,) = _json(gate, "supervise", str(made["id"]), "--staff", "A. Teacher")
    until(lambda: _open(lab) == ALL, "the session opens it")
    ticker = lab.pupil.ticker("x.com", "/stream")
    until(lambda: ticker.ticks > 3, "a download is alive in the session")
    _json(gate, "end", str(begun["session"]))
    until(lambda: ticker.ended_at is not None, "the session's end cuts it")
    ticker.close()
    until(lambda: _open(lab) == SHUT, "the sanction holds again")
    assert "The internet is closed on this device" in lab.pupil.curl(X).body
