from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.policy.model import Action, ReportedBlock
from appliance.policy.plan import DnsPlan, TlsPlan, opens_at, plan
from appliance.policy.timetable import Calendar
from tests.builders import (
    BUILT,
    MONDAY,
    PUPIL,
    STAFF,
    VISITOR,
    at,
    client,
    grant,
    query,
    rule,
    snapshot,
    target,
)

PASS = (DnsPlan.PASS, TlsPlan.SPLICE)
STEER_READ = (DnsPlan.STEER, TlsPlan.INSPECT)
STEER_UNREAD = (DnsPlan.STEER, TlsPlan.SPLICE)
REFUSE = (DnsPlan.REFUSE, TlsPlan.REFUSE)


def planned(
    what: str, who: str = STAFF, when: str = "09:30", *, ca: bool | None = None, **more: Any
) -> tuple[DnsPlan, TlsPlan]:
    """Return the two plans of the little school, changed by ``more``."""
    snap = snapshot(**more)
    asker = client(who, snap)
    asker = asker if ca is None else replace(asker, trusts_ca=ca)
    made = plan(query(what, asker, when), snap)
    return made.dns, made.tls


@pytest.mark.parametrize(
    ("what", "who", "when", "ca", "expected"),
    [
        ("www.bbc.co.uk", PUPIL, "09:30", True, PASS),
        ("www.facebook.com", PUPIL, "09:30", True, STEER_READ),
        ("www.facebook.com", VISITOR, "09:30", False, REFUSE),
        ("x.com", STAFF, "09:30", True, STEER_READ),
        ("x.com", STAFF, "10:35", True, STEER_UNREAD),
        ("x.com", STAFF, "10:35", False, STEER_UNREAD),
        ("x.com", STAFF, "09:30", False, REFUSE),
        ("en.wikipedia.org", STAFF, "09:30", True, STEER_READ),
        ("en.wikipedia.org", STAFF, "09:30", False, PASS),
        ("en.wikipedia.org", PUPIL, "09:30", True, PASS),
        ("www.childline.org.uk", PUPIL, "09:30", True, PASS),
        ("vpn.example", PUPIL, "09:30", True, REFUSE),
        ("adult.example", STAFF, "09:30", True, REFUSE),
        ("192.0.2.1", STAFF, "09:30", True, PASS),
    ],
)
def test_only_what_needs_it_crosses_the_appliance(
    what: str, who: str, when: str, ca: bool, expected: tuple[DnsPlan, TlsPlan]
) -> None:
    assert planned(what, who, when, ca=ca) == expected


def test_the_url_of_the_query_plays_no_part() -> None:
    edit = "https://en.wikipedia.org/w/index.php?action=edit"
    assert planned(edit) == STEER_READ
    assert plan(query(edit, method="POST"), snapshot()).verdict.action is Action.ALLOW


def test_what_must_never_be_read_is_refused_by_name() -> None:
    barred = (rule("no-bank", "host:bank.example"),)
    assert planned("www.bank.example", rules=barred) == REFUSE
    assert planned("www.bank.example") == PASS


def test_a_granted_page_makes_its_host_worth_reading() -> None:
    page = (grant("url:www.facebook.com/OurSchool"),)
    assert planned("www.facebook.com", grants=page) == STEER_READ
    assert planned("www.facebook.com", ca=False, grants=page) == REFUSE


def test_a_granted_host_is_not_read_but_stays_in_reach_of_the_bell() -> None:
    assert planned("www.facebook.com", grants=(grant("service:facebook"),)) == STEER_UNREAD


def test_a_reported_url_closes_the_host_to_those_we_cannot_read() -> None:
    block = ReportedBlock(id="R", target=target("url:x.com/bad"), start=BUILT)
    assert planned("x.com", when="10:35", reported=(block,)) == STEER_READ
    assert planned("x.com", when="10:35", ca=False, reported=(block,)) == REFUSE


@pytest.mark.parametrize(
    ("what", "who", "when", "opens"),
    [
        ("x.com", STAFF, "09:30", "10:30"),
        ("x.com", STAFF, "10:35", "10:35"),
        ("x.com", STAFF, "13:30", "15:00"),
        ("x.com", PUPIL, "09:30", None),
    ],
)
def test_when_it_opens_again(what: str, who: str, when: str, opens: str | None) -> None:
    expected = None if opens is None else at(opens)
    assert opens_at(query(what, who, when), snapshot()) == expected


def test_a_change_further_than_a_week_is_not_promised() -> None:
    december = MONDAY.replace(month=12)
    later = grant(start=at("09:00", december), end=at("23:00", december))
    assert opens_at(query("facebook.com"), snapshot(grants=(later,))) is None


def test_an_empty_timetable_promises_nothing() -> None:
    assert opens_at(query("x.com", clock_trusted=False), snapshot(calendar=Calendar())) is None
