"""Which entry of which list counts: the longest, unless the school knows better."""

from __future__ import annotations

import pytest

from appliance.policy.answer import answered, considered
from appliance.policy.domains import ListIndex, ListMatch
from appliance.policy.engine import closed_by_lists_alone, decide
from appliance.policy.model import Action, Category, CategoryClass
from appliance.policy.names import suffixes
from appliance.policy.snapshot import Snapshot
from appliance.policy.standing import Standing, weighed
from tests.builders import (
    CATEGORIES,
    PUPIL,
    RULES,
    STAFF,
    at,
    client,
    grant,
    query,
    rule,
    snapshot,
)

ALLOW = Action.ALLOW
COUNTS, NEVER, OWN, LONGER = Standing
KINDS = (
    *CATEGORIES,
    Category(id="games", name="Games"),
    Category(id="drugs", name="Drugs", parents=("unsuitable",), kind=CategoryClass.UNSUITABLE),
    Category(id="unsuitable", name="Unsuitable", kind=CategoryClass.UNSUITABLE),
    Category(id="homework", name="Homework", domains=("homework.example",)),
)
MORE = (
    *RULES,
    rule("no-drugs", "category:unsuitable"),
    rule("games-at-break", "category:games", ALLOW, who="role:pupil", when="break"),
    rule("no-games", "category:games", who="role:pupil"),
)


class Lists:
    """Several lists, each a category with entries: ``games: a.b.example``; ``?`` for secret."""

    def __init__(self, **lists: str) -> None:
        self._lists = lists

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return the matches of a host, longest entry first."""
        return tuple(
            ListMatch(category, f"{category}-list", "" if secret else suffix)
            for suffix in suffixes(host)
            for category, entries in self._lists.items()
            for secret in (f"?{suffix}" in entries.split(),)
            if secret or suffix in entries.split()
        )


def school(lists: ListIndex, **more: object) -> Snapshot:
    return snapshot(lists, **{"categories": KINDS, "rules": MORE, **more})


def standings(host: str, snap: Snapshot) -> dict[str, Standing]:
    return {match.list_id.removesuffix("-list"): how for match, how in weighed(host, snap)}


@pytest.mark.parametrize(
    ("host", "lists", "expected"),
    [
        # The longer entry says what the host is; each covers what lies below it alone.
        ("a.b.example", {"games": "a.b.example", "drugs": "b.example"},
         {"games": COUNTS, "drugs": LONGER}),
        ("c.a.b.example", {"games": "a.b.example", "drugs": "b.example"},
         {"games": COUNTS, "drugs": LONGER}),
        ("c.b.example", {"games": "a.b.example", "drugs": "b.example"}, {"drugs": COUNTS}),
        ("b.example", {"games": "a.b.example", "drugs": "b.example"}, {"drugs": COUNTS}),
        ("a.b.example", {"games": "b.example", "drugs": "b.example"},
         {"games": COUNTS, "drugs": COUNTS}),
        ("other.example", {"games": "b.example"}, {}),
        # A list of illegal content is beaten by no length, and beats none by its own.
        ("a.b.example", {"games": "a.b.example", "unlawful": "b.example"},
         {"games": COUNTS, "unlawful": COUNTS}),
        ("a.b.example", {"games": "b.example", "unlawful": "a.b.example"},
         {"games": COUNTS, "unlawful": COUNTS}),
        ("a.b.example", {"games": "a.b.example", "unlawful": "?b.example"},
         {"games": COUNTS, "unlawful": COUNTS}),
        # An entry that is kept secret may be the host itself, and never opens it.
        ("a.b.example", {"games": "b.example", "drugs": "?b.example"},
         {"games": COUNTS, "drugs": COUNTS}),
        # A category's own domain beats every list, a service those that are no longer.
        ("www.homework.example", {"drugs": "www.homework.example"}, {"drugs": OWN}),
        ("www.homework.example", {"unlawful": "homework.example"}, {"unlawful": COUNTS}),
        ("www.x.com", {"drugs": "x.com", "games": "com"}, {"drugs": OWN, "games": OWN}),
        ("shop.x.com", {"drugs": "shop.x.com", "games": "x.com"}, {"drugs": COUNTS, "games": OWN}),
        # What no list closes
        ("www.gov.example", {"drugs": "gov.example", "games": "www.gov.example"},
         {"drugs": NEVER, "games": NEVER}),
        ("www.gov.example", {"unlawful": "gov.example"}, {"unlawful": NEVER}),
        ("mis.example", {"drugs": "mis.example", "unlawful": "mis.example"},
         {"drugs": NEVER, "unlawful": COUNTS}),
        ("files.school.internal", {"drugs": "internal"}, {"drugs": NEVER}),
        ("gov.example.org", {"drugs": "example.org"}, {"drugs": COUNTS}),
        # An address is the school's own where it lies on its networks, or is named as such.
        ("10.1.0.9", {"drugs": "10.1.0.9"}, {"drugs": NEVER}),
        ("fd00:2::9", {"drugs": "fd00:2::9"}, {"drugs": NEVER}),
        ("192.0.2.1", {"drugs": "192.0.2.1"}, {"drugs": NEVER}),
        ("192.0.2.2", {"drugs": "192.0.2.2"}, {"drugs": COUNTS}),
    ],
)  # fmt: skip
def test_what_counts(host: str, lists: dict[str, str], expected: dict[str, Standing]) -> None:
    snap = school(
        Lists(**lists), essential=("gov.example",), never_block=("mis.example", "192.0.2.1"),
        local_domains=("school.internal",),
    )  # fmt: skip
    assert standings(host, snap) == expected


@pytest.mark.parametrize(
    ("host", "lists", "when", "expected"),
    [
        # One list says a game: allowed at break, blocked in lessons, whatever the parent is.
        ("a.b.example", {"games": "a.b.example", "drugs": "b.example"}, "10:35",
         ("allow", "games-at-break", "games")),
        ("a.b.example", {"games": "a.b.example", "drugs": "b.example"}, "09:30",
         ("block", "no-games", "games")),
        # The other way round
        ("a.b.example", {"games": "b.example", "drugs": "a.b.example"}, "10:35",
         ("block", "no-drugs", "drugs")),
        # Equally close: the stricter, though the rule on games speaks of pupils alone
        ("b.example", {"games": "b.example", "drugs": "b.example"}, "10:35",
         ("block", "no-drugs", "drugs")),
        ("b.example", {"drugs": "b.example", "games": "b.example"}, "09:30",
         ("block", "no-games", "games")),
        # A list closes one page of many, and opens none.
        ("shop.x.com", {"games": "shop.x.com"}, "10:35", ("block", "pupils", "microblogs")),
        ("shop.x.com", {"drugs": "shop.x.com"}, "10:35", ("block", "pupils", "microblogs")),
        ("www.homework.example", {"drugs": "homework.example"}, "10:35",
         ("allow", "default", "homework")),
        ("mis.example", {"drugs": "mis.example"}, "10:35", ("allow", "default", None)),
        ("www.childline.org.uk", {"drugs": "childline.org.uk", "unlawful": "childline.org.uk"},
         "10:35", ("allow", "sanctuary", None)),
    ],
)  # fmt: skip
def test_what_becomes_of_a_host(
    host: str, lists: dict[str, str], when: str, expected: tuple[str, str, str | None]
) -> None:
    snap = school(Lists(**lists), never_block=("mis.example",))
    verdict = decide(query(host, client(PUPIL, snap), when), snap)
    assert (verdict.action, verdict.rule, verdict.category) == expected


def test_a_list_closes_one_page_of_an_open_service() -> None:
    snap = school(Lists(drugs="shop.x.com", games="shop.x.com"))
    for host, expected in (("x.com", "staff-free"), ("shop.x.com", "no-drugs")):
        verdict = decide(query(host, client(STAFF, snap), "10:35"), snap)
        assert verdict.rule == expected


def test_a_list_in_a_category_that_is_allowed_opens_nothing() -> None:
    """Staff at break: two words that both allow, and then a rule that closes everything."""
    open_ = (rule("a", "category:games", ALLOW), rule("b", "category:microblogs", ALLOW))
    snap = school(Lists(games="shop.x.com"), rules=open_)
    assert decide(query("shop.x.com", client(STAFF, snap)), snap).rule in ("a", "b")
    shut = (open_[0], rule("all", "everything"))
    snap = school(Lists(games="shop.x.com"), rules=shut)
    assert decide(query("shop.x.com", client(STAFF, snap)), snap).rule == "all"


def test_a_rule_on_everything_is_no_word_about_a_list() -> None:
    rules = (rule("games", "category:games", ALLOW), rule("all", "everything"))
    snap = school(Lists(games="b.example", drugs="b.example"), rules=rules)
    assert decide(query("b.example", client(STAFF, snap)), snap).rule == "games"
    snap = school(Lists(homework="b.example", drugs="b.example"), rules=rules)
    assert decide(query("b.example", client(STAFF, snap)), snap).rule == "all"


@pytest.mark.parametrize("what", ["host:b.example", "url:b.example/page"])
def test_an_allow_rule_of_the_school_is_above_every_list(what: str) -> None:
    rules = (*MORE, rule("ours", what, ALLOW))
    snap = school(Lists(drugs="b.example", vpn="b.example"), rules=rules)
    asked = query("https://b.example/page", client(PUPIL, snap))
    assert decide(asked, snap).rule == "ours"


def test_an_allow_rule_lifts_no_way_round_that_the_appliance_knows_itself() -> None:
    snap = school(Lists(vpn="vpn.example"), rules=(rule("ours", "host:vpn.example", ALLOW),))
    assert decide(query("vpn.example", client(PUPIL, snap)), snap).reason == "circumvention"


@pytest.mark.parametrize(
    ("what", "expected"),
    [("host:other.example", "circumvention"), ("service:x", "circumvention")],
)
def test_a_list_of_ways_round_closes_what_no_rule_names(what: str, expected: str) -> None:
    snap = school(Lists(vpn="b.example"), rules=(rule("ours", what, ALLOW),))
    verdict = decide(query("b.example", client(PUPIL, snap)), snap)
    assert (verdict.reason, verdict.rule, verdict.category) == (expected, "vpn-list", "vpn")


def test_illegal_content_is_opened_by_no_rule_of_the_school() -> None:
    rules = (rule("ours", "host:b.example", ALLOW),)
    snap = school(Lists(unlawful="b.example"), rules=rules, never_block=("b.example",))
    verdict = decide(query("b.example", client(STAFF, snap)), snap)
    assert (verdict.action, verdict.reason, verdict.rule) == ("block", "illegal", "unlawful-list")


@pytest.mark.parametrize(
    ("what", "lists", "opened"),
    [
        ("category:games", {"games": "b.example", "drugs": "b.example"}, False),
        ("category:unsuitable", {"games": "b.example", "drugs": "b.example"}, False),
        ("category:games", {"games": "b.example"}, True),
        ("category:unsuitable", {"drugs": "b.example"}, True),
        ("host:b.example", {"games": "b.example", "drugs": "b.example"}, True),
        ("category:unsuitable", {"homework": "b.example", "drugs": "b.example"}, True),
    ],
)
def test_a_grant_for_a_category_opens_what_is_blocked_for_that_alone(
    what: str, lists: dict[str, str], opened: bool
) -> None:
    snap = school(Lists(**lists), grants=(grant(what, "role:pupil"),))
    verdict = decide(query("b.example", client(PUPIL, snap), "09:30"), snap)
    assert (verdict.action is ALLOW) is opened


def test_an_answer_names_every_entry_and_what_became_of_it() -> None:
    snap = school(Lists(games="a.b.example", drugs="b.example"))
    answer = answered(query("a.b.example", client(PUPIL, snap)), "a.b.example", snap)
    assert answer.lists == (
        (ListMatch("games", "games-list", "a.b.example"), COUNTS),
        (ListMatch("drugs", "drugs-list", "b.example"), LONGER),
    )
    assert considered(answer.query, snap)[-1][0] == "category_rule"


def test_lists_do_not_change_when_an_answer_ends() -> None:
    snap = school(Lists(games="a.b.example", drugs="b.example"))
    verdict = decide(query("a.b.example", client(PUPIL, snap), "10:35"), snap)
    assert verdict.expires_at == at("10:50")


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("b.example", True),
        ("bad.vpn.example", False),  # the appliance itself knows it for a way round
        ("illegal.example", False),
        ("other.example", False),
        ("x.com", False),
        ("unlawful.example", False),
    ],
)
def test_what_lists_alone_close(host: str, alone: bool) -> None:
    lists = Lists(drugs="b.example x.com vpn.example", unlawful="unlawful.example")
    snap = school(lists)
    assert closed_by_lists_alone(query(host, client(PUPIL, snap)), snap) is alone
