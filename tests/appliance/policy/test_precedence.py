from __future__ import annotations

import pytest

from appliance.policy.engine import decide
from appliance.policy.model import Action, Ownership, Rule
from tests.builders import STAFF, client, query, rule, snapshot

ALLOW = Action.ALLOW


def by(who: str, action: Action = Action.BLOCK) -> Rule:
    """Return a rule on the service, named after whom it speaks of."""
    return rule(who, "service:x", action, who=who)


def on(what: str, action: Action = Action.BLOCK) -> Rule:
    """Return a rule for everyone, named after what it speaks of."""
    return rule(what, what, action)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (on("url:m.x.com/a"), on("host:x.com", ALLOW)),
        (on("url:m.x.com/a/b"), on("url:m.x.com/a", ALLOW)),
        (on("host:x.com"), on("service:x", ALLOW)),
        (on("host:m.x.com"), on("host:x.com", ALLOW)),
        (on("service:x"), on("category:microblogs", ALLOW)),
        (on("category:microblogs"), on("category:social_media", ALLOW)),
        (on("category:social_media"), on("everything", ALLOW)),
        (by("person:t1"), by("device:d1", ALLOW)),
        (by("device:d1"), by("group:g1", ALLOW)),
        (by("group:g1"), by("role:staff", ALLOW)),
        (by("role:staff"), by("network:staff", ALLOW)),
        (by("network:staff"), by("everyone", ALLOW)),
        (rule("when", "service:x", when="lesson"), on("service:x", ALLOW)),
        (rule("owned", "service:x", ownership=Ownership.PERSONAL), on("service:x", ALLOW)),
        (rule("shut", "service:x"), rule("open", "service:x", ALLOW)),
    ],
)
def test_the_first_wins_wherever_it_stands(first: Rule, second: Rule) -> None:
    for rules in ((first, second), (second, first)):
        snap = snapshot(rules=rules)
        who = client(STAFF, snap, person="t1", device="d1", groups=frozenset({"g1"}))
        assert decide(query("https://m.x.com/a/b/c", who), snap).rule == first.id


def test_among_equals_the_earlier_line_is_named() -> None:
    rules = (rule("first", "service:x"), rule("later", "service:x"))
    assert decide(query("x.com"), snapshot(rules=rules)).rule == "first"


def test_what_counts_before_whom() -> None:
    rules = (by("person:t1"), on("host:x.com", ALLOW))
    snap = snapshot(rules=rules)
    assert decide(query("x.com", client(STAFF, snap, person="t1")), snap).rule == "host:x.com"
