"""Social media has its parts, whatever a file leaves out: a rule on it never does nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.policy.engine import decide
from appliance.policy.model import Action, CategoryClass
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy_file import build, load
from appliance.policy_file.build_categories import SOCIAL_PARTS, categories_of_class

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles: {pupil: {name: Pupil, rank: 1}}
networks: {lan: {name: LAN, prefixes: 10.0.0.0/8, role: pupil}}
rules: [{id: social, clause: '1', action: block, what: 'category:social_media'}]
"""
FACEBOOK, FORUM, PODCAST, WIKI = "facebook.com", "mumsnet.com", "podcasts.apple.com", "w.wiki"


def blocked(more: str) -> set[str]:
    document = load(SMALL + more, "p.yaml")
    snap = Snapshot(build.contents(document, version=1, built_at=NOON))
    client = snap.register.resolve("10.1.2.3")
    hosts = (FACEBOOK, FORUM, PODCAST, WIKI)
    return {h for h in hosts if decide(Query(client, h, NOON), snap).action is Action.BLOCK}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", {FACEBOOK, FORUM}),
        ("categories:\n", {FACEBOOK, FORUM}),
        ("categories: {social_media: {name: All that is social}}", {FACEBOOK, FORUM}),
        # A category of the school's own beside them takes nothing away,
        ("categories: {club: {name: Club, part_of: social_media}}", {FACEBOOK, FORUM}),
        # and a part that is also part of something else stays one.
        ("categories: {club: {name: Club}, forums: {name: Forums, part_of: club}}",
         {FACEBOOK, FORUM}),
        # A file that arranges any part of it is complete as it is written.
        ("categories: {forums: {name: Forums, part_of: social_media}}", {FORUM}),
        ("categories: {podcasts: {name: Podcasts, part_of: social_media}}", {PODCAST}),
        ("categories: {club: {name: Club, part_of: social_media}, "
         "forums: {name: Forums, part_of: club}}", {FORUM}),
    ],
)  # fmt: skip
def test_what_a_rule_on_social_media_blocks(more: str, wanted: set[str]) -> None:
    assert blocked(more) == wanted


def test_the_closed_policy_has_the_same_parts_and_what_nobody_classified() -> None:
    closed = {c.id for c in build.closed_contents(NOON).categories if "social_media" in c.parents}
    document = load(SMALL, "p.yaml")
    usual = build.contents(document, version=1, built_at=NOON).categories
    assert closed == SOCIAL_PARTS | {"unclassified_social"}
    assert closed == {c.id for c in usual if "social_media" in c.parents}


def test_what_is_part_of_a_class_is_of_it() -> None:
    more = "categories: {worst: {name: Worst, part_of: illegal}}"
    found = categories_of_class(load(SMALL + more, "p.yaml"), CategoryClass.ILLEGAL)
    assert found == {"illegal", "worst"}
