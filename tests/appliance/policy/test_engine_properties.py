"""What must hold for every school, client, host and moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.engine import decide
from appliance.policy.model import (
    Action,
    Grant,
    Ownership,
    Reason,
    Rule,
    Sanction,
    StandingPermission,
    SupervisedSession,
)
from appliance.policy.situation import Query
from appliance.policy.urls import parse
from tests.builders import LONDON, PUPIL, STAFF, VISITOR, client, snapshot, subject, target

WHO = st.sampled_from(
    ["everyone", "role:staff", "role:pupil", "role:visitor", "person:t1", "device:d1", "group:g1",
     "network:staff"]
).map(subject)  # fmt: skip
WHAT = st.sampled_from(
    ["everything", "category:social_media", "category:microblogs", "service:x", "service:facebook",
     "host:x.com", "url:x.com/a", "url:www.facebook.com/OurSchool", "host:www.childline.org.uk"]
).map(target)  # fmt: skip
ASKED = st.sampled_from(
    ["x.com", "https://x.com/a/b", "https://x.com/a/../b", "www.facebook.com", "www.example.org",
     "https://www.facebook.com/OurSchool", "https://static.fbcdn.net/a", "www.childline.org.uk",
     "https://www.childline.org.uk/x", "vpn.example", "illegal.example"]
)  # fmt: skip
INSTANT = st.datetimes(datetime(2026, 11, 20), datetime(2026, 11, 25)).map(
    lambda wall: wall.replace(tzinfo=LONDON).astimezone(UTC)
)
WHEN = st.frozensets(
    st.sampled_from(["lesson", "break", "lunch", "closed", "Lesson 1"]), max_size=2
)
SPAN = st.tuples(INSTANT, st.timedeltas(timedelta(minutes=1), timedelta(days=2)))


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    start, length = draw(SPAN)
    return Grant(
        id="G", subject=draw(WHO), target=draw(WHAT), start=start, end=start + length,
        when=draw(WHEN), methods=draw(st.sampled_from([(), ("POST",)])),
    )  # fmt: skip


@st.composite
def sanctions(draw: st.DrawFn) -> Sanction:
    start, length = draw(SPAN)
    end = draw(st.sampled_from([None, start + length]))
    return Sanction(id="S", subject=draw(WHO), start=start, end=end)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    return Rule(
        id=draw(st.sampled_from("abc")), clause="1", action=draw(st.sampled_from(Action)),
        what=(draw(WHAT),), who=(draw(WHO),), when=draw(WHEN), grants=draw(st.booleans()),
        ownership=draw(st.sampled_from([None, *Ownership])),
        permission=draw(st.sampled_from([None, "wifi"])),
    )  # fmt: skip


@st.composite
def permissions(draw: st.DrawFn) -> StandingPermission:
    start, length = draw(SPAN)
    return StandingPermission(
        name="wifi", subject=draw(WHO), permitted=True, controls_applied=draw(st.booleans()),
        start=start, end=start + length,
    )  # fmt: skip


@st.composite
def sessions(draw: st.DrawFn) -> SupervisedSession:
    start, length = draw(SPAN)
    return SupervisedSession(subject=draw(WHO), start=start, end=start + length)


SCHOOL = st.fixed_dictionaries(
    {
        "rules": st.lists(rules(), max_size=4).map(tuple),
        "grants": st.lists(grants(), max_size=2).map(tuple),
        "sanctions": st.lists(sanctions(), max_size=1).map(tuple),
        "permissions": st.lists(permissions(), max_size=1).map(tuple),
        "supervised": st.lists(sessions(), max_size=1).map(tuple),
    }
)
CLIENT = st.builds(
    lambda address, known: replace(
        client(address),
        person="t1" if known else None,
        device="d1" if known else None,
        groups=frozenset({"g1"}) if known else frozenset(),
    ),
    st.sampled_from([PUPIL, STAFF, VISITOR]),
    st.booleans(),
)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    text = draw(ASKED)
    url = parse(text) if "://" in text else None
    return Query(
        draw(CLIENT), url.host if url else text, draw(INSTANT), url,
        draw(st.sampled_from(["GET", "POST"])), draw(st.booleans()),
    )  # fmt: skip


@given(SCHOOL, queries(), grants())
def test_adding_a_grant_never_blocks_more(
    school: dict[str, Any], asked: Query, more: Grant
) -> None:
    before = decide(asked, snapshot(**school))
    after = decide(asked, snapshot(**{**school, "grants": (*school["grants"], more)}))
    if before.action is Action.ALLOW:
        assert after.action is Action.ALLOW


@given(SCHOOL, queries(), sanctions())
def test_a_sanction_never_allows_more(school: dict[str, Any], asked: Query, more: Sanction) -> None:
    before = decide(asked, snapshot(**school))
    after = decide(asked, snapshot(**{**school, "sanctions": (*school["sanctions"], more)}))
    if before.action is Action.BLOCK:
        assert after.action is Action.BLOCK


@given(SCHOOL, queries())
def test_sanctuary_always_wins_and_is_never_recorded(school: dict[str, Any], asked: Query) -> None:
    verdict = decide(replace(asked, host="www.childline.org.uk", url=None), snapshot(**school))
    assert (verdict.action, verdict.reason, verdict.record) == (
        Action.ALLOW,
        Reason.SANCTUARY,
        False,
    )


@given(SCHOOL, queries())
def test_the_illegal_class_never_opens(school: dict[str, Any], asked: Query) -> None:
    verdict = decide(replace(asked, host="www.illegal.example", url=None), snapshot(**school))
    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.ILLEGAL)


@settings(max_examples=300)
@given(SCHOOL, queries(), st.floats(0, 1))
def test_a_verdict_holds_until_it_expires(
    school: dict[str, Any], asked: Query, share: float
) -> None:
    snap = snapshot(**school)
    verdict = decide(asked, snap)
    if not asked.clock_trusted:
        return
    assert verdict.expires_at is not None
    span = verdict.expires_at - asked.at - timedelta(microseconds=1)
    later = decide(replace(asked, at=asked.at + span * share), snap)
    assert later == replace(verdict, expires_at=later.expires_at)
    assert later.expires_at == verdict.expires_at


@given(SCHOOL, queries())
def test_clients_of_one_class_get_one_answer(school: dict[str, Any], asked: Query) -> None:
    snap = snapshot(**school)
    twin = replace(asked.client, address="192.0.2.99", mac="00:00:00:00:00:99", device_name="x")
    assert snap.class_of(twin) == snap.class_of(asked.client)
    assert decide(replace(asked, client=twin), snap) == decide(asked, snap)
    other = replace(asked.client, person="t9", device="d9")
    if snap.class_of(other) == snap.class_of(asked.client):
        assert decide(replace(asked, client=other), snap) == decide(asked, snap)
