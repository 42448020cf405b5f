"""Who searches under which lock: the default, the policy's own words, and what never opens it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.policy.plan import DnsPlan, Plan, plan
from appliance.policy.safe_search import SafeLevel, SafeName, SafeSearchRule
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Role
from tests.builders import PUPIL, STAFF, VISITOR, client, grant, query, rule, snapshot, subject

GOOGLE = SafeName(
    host="www.google.com", engine="google", strict="forcesafesearch.google.com",
    moderate="forcesafesearch.google.com",
)  # fmt: skip
YOUTUBE = SafeName(
    host="www.youtube.com", engine="youtube", strict="restrict.youtube.com",
    moderate="restrictmoderate.youtube.com",
)  # fmt: skip
STRICT, MODERATE, OFF = "restrict.youtube.com", "restrictmoderate.youtube.com", ""


def line(who: str, level: str, when: str = "", engines: str = "") -> SafeSearchRule:
    """Return a line of the policy."""
    return SafeSearchRule(
        level=SafeLevel(level), clause="7", who=(subject(who),),
        engines=frozenset(engines.split()), when=frozenset(when.split()),
    )  # fmt: skip


def school(*lines: SafeSearchRule, **more: Any) -> Snapshot:
    """Return the little school with two engines."""
    return snapshot(safe_names=(GOOGLE, YOUTUBE), safe_search=lines, **more)


def planned(snap: Snapshot, who: str, host: str = "www.youtube.com", when: str = "09:30") -> Plan:
    """Return how a host is carried."""
    return plan(query(host, client(who, snap), when), snap)


@pytest.mark.parametrize(
    ("who", "host", "alias"),
    [
        (PUPIL, "www.google.com", "forcesafesearch.google.com"),
        (PUPIL, "www.youtube.com", STRICT),
        (VISITOR, "www.youtube.com", STRICT),
        (STAFF, "www.youtube.com", OFF),
        (PUPIL, "google.com", OFF),  # exact hosts: the rest of an engine is not its search
        (PUPIL, "mail.www.google.com", OFF),
        ("192.168.7.7", "www.youtube.com", STRICT),  # nobody we know
    ],
)
def test_without_a_word_all_but_the_least_restricted_are_locked(
    who: str, host: str, alias: str
) -> None:
    assert planned(school(), who, host).alias == alias


@pytest.mark.parametrize(
    ("ranks", "alias"),
    [((1,), STRICT), ((1, 1), STRICT), ((1, 2), OFF), ((2, 1), STRICT), ((0, 1, 1), OFF)],
)
def test_where_no_role_stands_out_everybody_is_locked(ranks: tuple[int, ...], alias: str) -> None:
    roles = tuple(Role(id="staff" if n == 0 else f"r{n}", name="", rank=rank)
                  for n, rank in enumerate(ranks))  # fmt: skip
    assert planned(school(roles=roles), STAFF).alias == alias


@pytest.mark.parametrize(
    ("lines", "who", "when", "alias"),
    [
        ((line("role:staff", "moderate"),), STAFF, "09:30", MODERATE),
        ((line("role:staff", "moderate"),), PUPIL, "09:30", STRICT),
        ((line("role:pupil", "moderate"),), PUPIL, "09:30", MODERATE),
        ((line("role:pupil", "off"),), PUPIL, "09:30", OFF),
        ((line("everyone", "moderate"),), PUPIL, "09:30", MODERATE),
        ((line("role:staff", "moderate", "lesson"),), STAFF, "09:30", MODERATE),
        ((line("role:staff", "moderate", "lesson"),), STAFF, "10:35", OFF),
        ((line("role:pupil", "moderate", "break"),), PUPIL, "10:35", MODERATE),
        ((line("role:pupil", "moderate", "break"),), PUPIL, "09:30", STRICT),
        # The first line that fits holds.
        ((line("role:staff", "strict", "lesson"), line("role:staff", "moderate")), STAFF,
         "09:30", STRICT),
        ((line("role:staff", "strict", "lesson"), line("role:staff", "moderate")), STAFF,
         "10:35", MODERATE),
        ((line("role:staff", "off"), line("everyone", "strict")), STAFF, "09:30", OFF),
        # Engines.
        ((line("role:staff", "strict", engines="google"),), STAFF, "09:30", OFF),
        ((line("role:staff", "strict", engines="google youtube"),), STAFF, "09:30", STRICT),
        # A person, device, group or network: stricter, never looser.
        ((line("device:laptop", "off"),), PUPIL, "09:30", STRICT),
        ((line("person:ann", "moderate"),), PUPIL, "09:30", STRICT),
        ((line("group:3b", "off"), line("role:pupil", "moderate")), PUPIL, "09:30", MODERATE),
        ((line("network:staff", "strict"), line("role:staff", "off")), STAFF, "09:30", STRICT),
        ((line("role:staff", "off"), line("group:3b", "moderate")), STAFF, "09:30", MODERATE),
        ((line("group:3b", "strict", "break"),), STAFF, "09:30", OFF),
        ((line("group:3b", "strict", "break"),), STAFF, "10:35", STRICT),
        ((line("group:3b", "strict"), line("group:3b", "off")), STAFF, "09:30", STRICT),
    ],
)  # fmt: skip
def test_the_policy_says_for_whom_and_when(
    lines: tuple[SafeSearchRule, ...], who: str, when: str, alias: str
) -> None:
    snap = school(*lines)
    asker = client(who, snap, person="ann", device="laptop", groups=frozenset({"3b"}))
    assert plan(query("www.youtube.com", asker, when), snap).alias == alias


@pytest.mark.parametrize(
    "what", ["host:www.youtube.com", "everything", "host:youtube.com", "url:www.youtube.com/watch"]
)
def test_no_grant_takes_the_lock_off(what: str) -> None:
    for locked in (school(), school(line("role:pupil", "strict"))):
        c = locked.contents
        snap = Snapshot(replace(c, grants=(grant(what, "role:pupil"),)))
        assert planned(snap, PUPIL).alias == STRICT


def test_no_rule_takes_the_lock_off_and_what_is_closed_has_none() -> None:
    snap = school(rules=(rule("no", "host:www.youtube.com", who="role:pupil"),))
    assert planned(snap, PUPIL).alias == ""
    assert planned(snap, VISITOR).alias == STRICT
    assert planned(school(sanctuary_hosts=("www.youtube.com",)), PUPIL).alias == ""


def test_a_clock_in_doubt_is_lesson_time() -> None:
    snap = school(line("role:pupil", "moderate", "break"))
    asked = replace(query("www.youtube.com", client(PUPIL, snap), "10:35"), clock_trusted=False)
    assert plan(asked, snap).alias == STRICT


def test_a_lock_that_the_bell_changes_is_timed() -> None:
    at_break = (line("role:staff", "moderate", "break"),)
    assert not planned(school(), STAFF).timed
    assert planned(school(*at_break), STAFF).timed
    assert not planned(school(*at_break), PUPIL).timed
    assert not planned(school(*at_break), STAFF, "www.bbc.co.uk").timed
    assert not planned(school(line("role:staff", "moderate", "break", "google")), STAFF).timed
    steered = planned(school(*at_break, steerable=("youtube.com",)), STAFF)
    assert (steered.dns, steered.alias) == (DnsPlan.STEER, OFF)
    assert planned(school(*at_break), STAFF).verdict.expires_at is not None


def test_a_client_that_a_line_names_shares_no_answers_with_others() -> None:
    snap = school(line("device:laptop", "strict"))
    one = client(STAFF, snap)
    assert snap.class_of(one) != snap.class_of(replace(one, device="laptop"))
