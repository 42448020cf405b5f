"""What each template makes of the kinds of content that lists fill, for every role and period."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from appliance.policy.domains import ListMatch
from appliance.policy.engine import decide
from appliance.policy.model import Action, Grant, Reason, Verdict
from appliance.policy.names import suffixes
from appliance.policy.snapshot import Snapshot
from appliance.policy_file import TEMPLATES, catalogue, prose, template
from tests.appliance.templates import test_templates
from tests.appliance.templates.test_templates import CC, DM, DP, DT, PP, TIMES, WHO, granted, query

ALWAYS = " ".join(TIMES)
UNSUITABLE = {DM: "7.3", DP: "Unsuitable", PP: "Access to inappropriate images",
              DT: "Unsuitable", CC: "Unsuitable"}  # fmt: skip
AROUND = {DM: "7.2", DP: "23", PP: "Key principles", DT: "8.1", CC: "Behaviour"}
RESTS_ON = ("www.gov.uk", "www.aqa.org.uk", "download.windowsupdate.com", "r3.o.lencr.org")


class KindLists:
    """A list for each kind of content, of one name; one names what must stay open as well."""

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return what ``games.example`` or a name below it is."""
        kinds = {f"{category.id}.example": category.id for category in catalogue.categories()}
        kinds |= dict.fromkeys(("gov.uk", "aqa.org.uk", "windowsupdate.com", "lencr.org"), "adult")
        return tuple(ListMatch(kinds[s], kinds[s], s) for s in suffixes(host) if s in kinds)


@cache
def snapshot(name: str) -> Snapshot:
    return Snapshot(test_templates.snapshot(name).contents, KindLists())


def ask(name: str, who: str, kind: str, when: str, grants: tuple[Grant, ...] = ()) -> Verdict:
    snap = snapshot(name)
    if grants:
        more = replace(snap.contents, grants=(*snap.contents.grants, *grants))
        snap = Snapshot(more, snap.lists)
    return decide(query(snap, who, kind if "." in kind else f"{kind}.example", when), snap)


# template, who, kind or host, when (several), action, clause
TRUTH = [
    *[(name, who, kind, ALWAYS, "block", UNSUITABLE[name])
      for name in TEMPLATES for who in (*WHO, "staff school")
      for kind in ("adult", "gambling", "violence_weapons", "drugs", "dating")],
    *[(name, who, kind, ALWAYS, "block", "KCSIE")
      for name in TEMPLATES for who in (*WHO, "staff school")
      for kind in ("malware_phishing", "piracy")],
    *[(name, "pupil", "games", ALWAYS, "block", "KCSIE") for name in TEMPLATES],
    *[(name, who, "games", ALWAYS, "allow", "")
      for name in (DM, DP, PP, CC) for who in ("staff", "staff school", "visitor")],
    (DT, "staff", "games", "lesson break", "block", "6.13"),
    (DT, "staff", "games", "before lunch after closed", "allow", ""),
    (DT, "visitor", "games", ALWAYS, "allow", ""),
    *[(name, "pupil", kind, ALWAYS, "block", "KCSIE")
      for name in TEMPLATES for kind in ("generative_ai", "unlocked_search")],
    *[(name, who, kind, ALWAYS, "allow", "")
      for name in TEMPLATES for who in ("staff", "visitor")
      for kind in ("generative_ai", "unlocked_search")],
    *[(name, who, kind, ALWAYS, "block", AROUND[name])
      for name in TEMPLATES for who in WHO for kind in ("vpn", "web_proxy", "doh", "tor")],
    *[(name, who, "illegal", ALWAYS, "block", "") for name in TEMPLATES for who in WHO],
    # What no list closes, though one does
    *[(name, who, host, "lesson break", "allow", "")
      for name in TEMPLATES for who in WHO for host in RESTS_ON],
    # A game that the catalogue knows is social is a game too
    (DM, "pupil", "www.roblox.com", "lesson lunch", "block", "KCSIE"),
    (DM, "staff", "www.roblox.com", "lesson lunch", "allow", ""),
    (CC, "pupil", "www.roblox.com", "lesson lunch", "block", "Intro"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "who", "kind", "when", "action", "clause"), TRUTH)
def test_the_table(name: str, who: str, kind: str, when: str, action: str, clause: str) -> None:
    for time in when.split():
        verdict = ask(name, who, kind, time)
        assert (verdict.action, verdict.clause) == (action, clause), time


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_rule_speaks_of_every_kind_that_lists_fill(name: str) -> None:
    """A kind that no rule speaks of would be a list that does nothing."""
    spoken_of = {target.id for rule in snapshot(name).contents.rules for target in rule.what}
    assert {*catalogue.listed_categories(), "unsuitable"} <= spoken_of
    assert "KCSIE" in {clause for clause, _, _ in prose.explain(template(name))}


@pytest.mark.parametrize(
    ("kind", "opens"),
    [("generative_ai", True), ("games", True), ("adult", True), ("vpn", False), ("illegal", False)],
)
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_grant_opens(name: str, kind: str, opens: bool) -> None:
    """A curriculum activity: one kind of content, in one lesson."""
    verdict = ask(name, "pupil", kind, "lesson", granted(f"category:{kind}", "role:pupil"))
    assert (verdict.action is Action.ALLOW) is opens
    assert (verdict.reason is Reason.GRANT) is opens
