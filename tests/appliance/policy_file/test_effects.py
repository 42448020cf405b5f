"""A preview tells all that changes and nothing else: held against the engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.snapshot import Snapshot
from appliance.policy.survey import Survey, plain
from appliance.policy.survey_scope import askers, slots, things
from appliance.policy_file import TEMPLATES, build, load, template_text
from appliance.policy_file.edit import with_item, with_value, without
from appliance.policy_file.effects import Effect, effects, opens_for_pupils
from appliance.policy_file.thing_names import Names
from tests.builders import BUILT

DUFFIELD = template_text("duffield-meadows")
WIFI = "the permission “School Wi-Fi for personal accounts”"


def survey(text: str) -> tuple[Survey, Names]:
    document = load(text, "t")
    contents = plain(build.contents(document, version=1, built_at=BUILT))
    return Survey(Snapshot(contents), BUILT), Names(document, contents)


def told(before: str, after: str) -> tuple[Effect, ...]:
    new, names = survey(after)
    return effects(survey(before)[0], new, names)


def with_rule(**fields: Any) -> str:
    return with_item(DUFFIELD, ("rules",), {"id": "new", "clause": "7.3", **fields})


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (with_rule(action="allow", who="role:pupil", what="category:social_media", when="break"),
         ["Pupils: social media (but not Facebook or Instagram) opens at break."]),
        (with_rule(action="allow", who="role:staff", what="service:tiktok", when="break",
                   ownership="personal"),
         [f"Staff on personal devices without {WIFI}: TikTok opens at break."]),
        (with_rule(action="block", what="host:games.example"),
         ["Everybody: games.example closes at all times."]),
        (without(DUFFIELD, ("rules", 4)),
         [f"Staff on personal devices with {WIFI}: social media (but not Facebook or Instagram) "
          "closes before school, at break, at lunch and after school."]),
        (with_value(DUFFIELD, ("circumvention", "roles"), ["pupil"]),
         ["Staff and parents and visitors: encrypted resolvers, Tor, VPNs and web proxies open "
          "unrecorded at all times."]),
        (with_value(DUFFIELD, ("rules", 0, "grants"), "never"),
         ["Staff and pupils; parents and visitors on school-owned devices: Facebook and Instagram "
          "can no longer be opened by a request at all times."]),
        (with_value(DUFFIELD, ("policy", "name"), "Another name"), []),
        (with_value(DUFFIELD, ("rules", 0, "clause"), "7.3"), []),
    ],
)  # fmt: skip
def test_a_change_is_told_in_sentences(after: str, said: list[str]) -> None:
    assert sorted(e.said for e in told(DUFFIELD, after)) == sorted(said)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        (with_rule(action="allow", who="role:pupil", what="service:tiktok", when="break"), True),
        (with_rule(action="allow", who="role:staff", what="service:tiktok", when="break"), False),
        (with_rule(action="block", who="role:pupil", what="host:a.example"), False),
        (with_rule(action="allow", what="service:tiktok"), True),
        (without(DUFFIELD, ("rules", 0)), False),  # social media stays closed to pupils
        (with_value(DUFFIELD, ("circumvention", "roles"), ["staff"]), True),
    ],
)
def test_what_opens_for_pupils_is_known(after: str, opens: bool) -> None:
    assert opens_for_pupils(told(DUFFIELD, after)) is opens


@pytest.mark.parametrize("before", TEMPLATES)
@pytest.mark.parametrize("after", TEMPLATES)
def test_nothing_is_told_just_where_nothing_changes(before: str, after: str) -> None:
    old, new = survey(template_text(before))[0], survey(template_text(after))[0]
    both = old.snapshot.contents, new.snapshot.contents
    changed = any(
        old.answer(a, t, s).effect != new.answer(a, t, s).effect
        for a in askers(*both) for t in things(*both) for s in slots(*both)
    )  # fmt: skip
    assert bool(told(template_text(before), template_text(after))) is changed
    assert changed is (before != after)


ROLES = st.sampled_from(["role:staff", "role:pupil", "role:visitor", "everyone"])
WHAT = st.sampled_from(
    ["service:tiktok", "category:social_media", "category:chat", "everything", "service:facebook",
     "host:games.example", "url:games.example/a"]
)  # fmt: skip
WHEN = st.lists(st.sampled_from(["lesson", "break", "lunch"]), max_size=2, unique=True)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["allow", "block"]), ROLES, WHAT, WHEN,
       st.sampled_from(["school", "personal", ""]))  # fmt: skip
def test_every_thing_whose_answer_changes_is_spoken_of(
    action: str, who: str, what: str, when: list[str], owner: str
) -> None:
    fields: dict[str, Any] = {"action": action, "who": who, "what": what}
    fields |= {"when": when} if when else {}
    fields |= {"ownership": owner} if owner else {}
    after = with_rule(**fields)
    (old, _), (new, names) = survey(DUFFIELD), survey(after)
    found = effects(old, new, names)
    both = old.snapshot.contents, new.snapshot.contents
    spoken = {target.id for effect in found for target in effect.targets}
    for thing in things(*both):
        roles = {
            a.role for a in askers(*both) for s in slots(*both)
            if old.answer(a, thing, s).effect != new.answer(a, thing, s).effect
        }  # fmt: skip
        if not roles:
            continue
        above = {thing.target.id, *new.lineage(thing), "*"}
        assert spoken & above, (thing, found)
        told_of = {role for e in found if {t.id for t in e.targets} & above for role in e.roles}
        assert roles <= told_of
    if not found:
        assert all(
            old.answer(a, t, s).effect == new.answer(a, t, s).effect
            for a in askers(*both) for t in things(*both) for s in slots(*both)
        )  # fmt: skip
