from __future__ import annotations

from typing import Any

import pytest

from appliance.policy import steps
from appliance.policy.engine import STEPS, decide
from appliance.policy.model import (
    Action,
    Ownership,
    PeriodKind,
    Reason,
    ReportedBlock,
    StandingPermission,
    SupervisedSession,
)
from tests.builders import (
    BUILT,
    PUPIL,
    RULES,
    STAFF,
    VISITOR,
    FixedLists,
    at,
    client,
    grant,
    query,
    rule,
    sanction,
    snapshot,
    subject,
    target,
)


def answer(what: str, who: str = STAFF, when: str = "09:30", **more: Any) -> tuple[str, str, str]:
    """Return (action, reason, rule) of the little school, changed by ``more``."""
    method = more.pop("method", "GET")
    lists = more.pop("lists", None)
    trusted = more.pop("clock_trusted", True)
    snap = snapshot(lists, **more)
    asked = query(what, client(who, snap), when, method=method, clock_trusted=trusted)
    verdict = decide(asked, snap)
    return verdict.action.value, verdict.reason.value, verdict.rule


@pytest.mark.parametrize(
    ("what", "who", "when", "expected"),
    [
        ("www.facebook.com", STAFF, "10:35", ("block", "service_rule", "no-facebook")),
        ("scontent.xx.fbcdn.net", STAFF, "10:35", ("block", "service_rule", "no-facebook")),
        ("x.com", STAFF, "09:30", ("block", "category_rule", "staff-lesson")),
        ("x.com", STAFF, "10:35", ("allow", "category_rule", "staff-free")),
        ("x.com", STAFF, "16:00", ("allow", "default", "default")),
        ("x.com", PUPIL, "10:35", ("block", "category_rule", "pupils")),
        ("x.com", VISITOR, "10:35", ("block", "category_rule", "visitors")),
        ("notfacebook.com", PUPIL, "09:30", ("allow", "default", "default")),
        ("facebook.com.example.org", PUPIL, "09:30", ("allow", "default", "default")),
        ("www.childline.org.uk", PUPIL, "09:30", ("allow", "sanctuary", "sanctuary")),
        ("vpn.example", PUPIL, "09:30", ("block", "circumvention", "vpn")),
        ("vpn.example", STAFF, "09:30", ("allow", "default", "default")),
        ("illegal.example", STAFF, "10:35", ("block", "illegal", "unlawful")),
        ("adult.example", STAFF, "10:35", ("block", "category_rule", "adult")),
        ("en.wikipedia.org", STAFF, "09:30", ("allow", "default", "default")),
        (
            "https://en.wikipedia.org/w/index.php?action=edit", STAFF, "09:30",
            ("block", "service_rule", "no-editing"),
        ),
    ],
)  # fmt: skip
def test_the_little_school(what: str, who: str, when: str, expected: tuple[str, ...]) -> None:
    assert answer(what, who, when) == expected


def test_a_verdict_says_who_when_why_and_until_when() -> None:
    verdict = decide(query("www.facebook.com", STAFF, "10:35"), snapshot())
    assert (verdict.role, verdict.period, verdict.period_kind) == (
        "staff",
        "Break",
        PeriodKind.BREAK,
    )
    assert (verdict.clause, verdict.service, verdict.category) == (
        "7.1",
        "facebook",
        "collaborative",
    )
    assert verdict.expires_at == at("10:50")
    assert verdict.record


@pytest.mark.parametrize("what", ["www.childline.org.uk", "www.bbc.co.uk"])
def test_sanctuary_and_what_no_rule_speaks_of_are_not_recorded(what: str) -> None:
    assert not decide(query(what), snapshot()).record


def test_an_allow_without_monitoring_is_not_recorded() -> None:
    quiet = rule("quiet", "service:x", Action.ALLOW, monitor=False)
    assert not decide(query("x.com"), snapshot(rules=(quiet,))).record


PREFIX = "url:www.facebook.com/OurSchool"
PREFIX_WITH_QUERY = "url:www.facebook.com/watch?v=1"
OPEN = ("allow", "grant", "G1")
SHUT = ("block", "service_rule", "no-facebook")


@pytest.mark.parametrize(
    ("what", "granted", "method", "expected"),
    [
        ("https://www.facebook.com/OurSchool/posts", PREFIX, "GET", OPEN),
        ("https://www.facebook.com/OurSchool", PREFIX, "POST", SHUT),
        ("https://www.facebook.com/OurSchoolEvil", PREFIX, "GET", SHUT),
        ("https://www.facebook.com/", PREFIX, "GET", SHUT),
        ("www.facebook.com", PREFIX, "GET", SHUT),
        ("https://static.xx.fbcdn.net/a.css", PREFIX, "GET", OPEN),
        ("https://static.xx.fbcdn.net/a.css", PREFIX, "POST", SHUT),
        ("static.xx.fbcdn.net", PREFIX, "GET", SHUT),
        ("https://www.facebook.com/watch?v=1&x=y", PREFIX_WITH_QUERY, "GET", OPEN),
        ("https://www.facebook.com/watch?v=2", PREFIX_WITH_QUERY, "GET", SHUT),
        ("https://www.facebook.com/watch?v=1&v=2", PREFIX_WITH_QUERY, "GET", SHUT),
        ("https://www.facebook.com/x", "service:facebook", "POST", OPEN),
        ("www.facebook.com", "service:facebook", "GET", OPEN),
        ("m.facebook.com", "host:facebook.com", "GET", OPEN),
        ("www.facebook.com", "host:m.facebook.com", "GET", SHUT),
        ("www.facebook.com", "category:social_media", "GET", OPEN),
        ("www.facebook.com", "everything", "GET", OPEN),
        ("vpn.example", "everything", "GET", OPEN),
        ("illegal.example", "everything", "GET", ("block", "illegal", "unlawful")),
    ],
)
def test_a_grant_is_exactly_as_wide_as_it_says(
    what: str, granted: str, method: str, expected: tuple[str, ...]
) -> None:
    assert answer(what, method=method, grants=(grant(granted),)) == expected


@pytest.mark.parametrize(
    ("more", "when", "opened"),
    [
        ({}, "09:30", True),
        ({"start": at("09:31")}, "09:30", False),
        ({"end": at("09:30")}, "09:30", False),
        ({"end": at("09:31")}, "09:30", True),
        ({"when": "break"}, "09:30", False),
        ({"when": "break"}, "10:35", True),
        ({"when": "Break"}, "10:35", True),
        ({"who": "role:pupil"}, "09:30", False),
        ({"what": PREFIX, "methods": ("POST",)}, "09:30", False),
    ],
)
def test_a_grant_holds_only_for_whom_and_when_it_says(
    more: dict[str, Any], when: str, opened: bool
) -> None:
    expected = OPEN if opened else SHUT
    assert (
        answer("https://www.facebook.com/OurSchool", when=when, grants=(grant(**more),)) == expected
    )


def test_only_a_page_out_of_a_blocked_site_is_shown_logged_out() -> None:
    granted = (grant(PREFIX),)
    page = query("https://www.facebook.com/OurSchool")
    assert decide(page, snapshot(grants=granted)).public_view
    assert not decide(page, snapshot(grants=granted, rules=())).public_view
    assert not decide(page, snapshot(grants=(grant("service:facebook"),))).public_view


def test_the_closest_grant_is_named() -> None:
    wide, close = grant("category:social_media", id="wide"), grant(PREFIX, id="close")
    assert answer("https://www.facebook.com/OurSchool", grants=(wide, close))[2] == "close"


def test_no_grant_opens_a_rule_that_takes_none() -> None:
    asked = answer("x.com", VISITOR, grants=(grant("service:x", "everyone"),))
    assert asked == ("block", "category_rule", "visitors")


SANCTIONED = ("block", "sanction", "S1")
UNTOUCHED = ("allow", "default", "default")


@pytest.mark.parametrize(
    ("what", "more", "expected"),
    [
        ("www.example.org", {}, SANCTIONED),
        ("news.bbc.co.uk", {}, UNTOUCHED),
        ("www.childline.org.uk", {}, ("allow", "sanctuary", "sanctuary")),
        ("www.example.org", {"sanctions": (sanction("role:staff"),)}, UNTOUCHED),
        ("www.example.org", {"sanctions": (sanction(end=at("09:30")),)}, UNTOUCHED),
        ("www.example.org", {"sanctions": (sanction(end=None),)}, SANCTIONED),
        ("x.com", {"grants": (grant("service:x", "role:pupil"),)}, SANCTIONED),
    ],
)
def test_a_sanction_leaves_sanctuary_and_the_short_list(
    what: str, more: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert answer(what, PUPIL, **{"sanctions": (sanction(),), **more}) == expected


def test_a_supervised_session_brings_the_ordinary_policy_back() -> None:
    session = SupervisedSession(subject=subject("role:pupil"), start=at("09:00"), end=at("10:00"))
    held = {"sanctions": (sanction(),), "supervised": (session,)}
    assert answer("www.example.org", PUPIL, "09:30", **held)[0] == "allow"
    assert answer("x.com", PUPIL, "09:30", **held)[2] == "pupils"
    assert answer("www.example.org", PUPIL, "10:00", **held) == SANCTIONED


@pytest.mark.parametrize(
    ("spoken_of", "what", "blocked"),
    [
        ("host:bad.example", "www.bad.example", True),
        ("url:bad.example/page", "https://bad.example/PAGE/1", True),
        ("url:bad.example/page", "https://bad.example/other", False),
        ("url:bad.example/page", "https://bad.example/x/../page", True),
        ("url:bad.example/page", "bad.example", False),
    ],
)
def test_a_reported_site_is_blocked_for_everyone(spoken_of: str, what: str, blocked: bool) -> None:
    block = ReportedBlock(id="R1", target=target(spoken_of), start=BUILT, clause="7.3")
    asked = answer(what, reported=(block,), grants=(grant("everything"),))
    assert (asked[1] == "blocked_by_report") is blocked


def test_a_report_starts_when_it_was_made() -> None:
    block = ReportedBlock(id="R1", target=target("host:bad.example"), start=at("10:00"))
    assert answer("bad.example", when="09:59", reported=(block,))[0] == "allow"
    assert answer("bad.example", when="10:00", reported=(block,))[0] == "block"


def test_a_veiled_report_is_answered_as_illegal_content() -> None:
    block = ReportedBlock(id="R1", target=target("host:bad.example"), start=BUILT, veiled=True)
    asked = answer("bad.example", reported=(block,), grants=(grant("everything"),))
    assert asked == ("block", "illegal", "R1")


def test_a_list_names_itself_in_the_verdict() -> None:
    lists = FixedLists({"bad.example": ("unlawful", "licensed-list")})
    assert answer("www.bad.example", lists=lists) == ("block", "illegal", "licensed-list")
    unknown = FixedLists({"bad.example": ("no-such-category", "some-list")})
    assert answer("www.bad.example", lists=unknown)[1] == "default"


PERMIT = StandingPermission(
    name="wifi", subject=subject("role:staff"), permitted=True, controls_applied=True, start=BUILT
)


@pytest.mark.parametrize(
    ("permission", "opened"),
    [
        ((PERMIT,), True),
        ((), False),
        ((StandingPermission(name="wifi", subject=subject("role:staff"), permitted=True,
                             controls_applied=False, start=BUILT),), False),
        ((StandingPermission(name="wifi", subject=subject("role:staff"), permitted=False,
                             controls_applied=True, start=BUILT),), False),
        ((StandingPermission(name="wifi", subject=subject("role:pupil"), permitted=True,
                             controls_applied=True, start=BUILT),), False),
        ((StandingPermission(name="other", subject=subject("role:staff"), permitted=True,
                             controls_applied=True, start=BUILT),), False),
        ((StandingPermission(name="wifi", subject=subject("role:staff"), permitted=True,
                             controls_applied=True, start=BUILT, end=at("09:00")),), False),
    ],
)  # fmt: skip
def test_a_standing_permission_needs_both_signatures(permission: Any, opened: bool) -> None:
    rules = (
        rule("with", "service:x", Action.ALLOW, permission="wifi"),
        rule("without", "service:x"),
    )
    expected = "with" if opened else "without"
    assert answer("x.com", rules=rules, permissions=permission)[2] == expected


def test_a_clock_in_doubt_is_lesson_and_nothing_timed_opens() -> None:
    doubt = {"clock_trusted": False, "when": "10:35"}
    assert answer("x.com", **doubt)[2] == "staff-lesson"
    assert answer("x.com", grants=(grant("service:x"),), **doubt)[2] == "staff-lesson"
    assert answer("www.example.org", PUPIL, sanctions=(sanction(),), **doubt) == SANCTIONED
    block = ReportedBlock(id="R1", target=target("host:bad.example"), start=at("23:00"))
    assert answer("bad.example", reported=(block,), **doubt)[1] == "blocked_by_report"


def test_a_rule_for_the_other_kind_of_device_does_not_apply() -> None:
    owned = rule("owned", "service:x", ownership=Ownership.SCHOOL)
    assert answer("x.com", STAFF, rules=(owned,))[1] == "default"
    assert answer("x.com", PUPIL, rules=(owned,))[2] == "owned"


def test_every_reason_is_the_name_of_a_step() -> None:
    assert [step.__name__ for step in STEPS] == [reason.value for reason in Reason]
    assert STEPS[-1] is steps.default


def test_the_rules_of_the_little_school_all_win_somewhere() -> None:
    asked = ("x.com", "facebook.com", "adult.example", "https://en.wikipedia.org/?action=edit")
    won = {answer(w, who, t)[2] for w in asked for who in (PUPIL, STAFF, VISITOR)
           for t in ("09:30", "10:35")}  # fmt: skip
    assert {r.id for r in RULES} <= won
