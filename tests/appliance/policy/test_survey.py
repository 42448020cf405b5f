"""A survey says what the engine says: compared with real clients at real moments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.policy.engine import decide
from appliance.policy.model import (
    Action,
    Ownership,
    PeriodKind,
    Reason,
    Service,
    StandingPermission,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client, Device, Person
from appliance.policy.survey import Asker, Slot, Survey, Thing, client_of, plain
from appliance.policy.survey_scope import askers, permissions_asked, slots, thing_of, things
from appliance.policy_file import TEMPLATES, build, template
from tests.builders import BUILT, RULES, at, contents, grant, rule, snapshot, target

MOMENTS = {PeriodKind.LESSON: "09:30", PeriodKind.BREAK: "10:35", PeriodKind.LUNCH: "12:30",
           PeriodKind.CLOSED: "20:00"}  # fmt: skip
HOSTS = {"facebook": "facebook.com", "x": "x.com", "wikipedia": "wikipedia.org"}


@pytest.mark.parametrize("kind", MOMENTS)
@pytest.mark.parametrize("role", ["staff", "pupil", "visitor"])
@pytest.mark.parametrize("service", HOSTS)
@pytest.mark.parametrize("own", Ownership)
def test_an_answer_is_that_of_the_engine_at_such_a_moment(
    kind: PeriodKind, role: str, service: str, own: Ownership
) -> None:
    world = snapshot()
    said = Survey(world, BUILT).answer(
        Asker(role, own), Thing(target(f"service:{service}"), HOSTS[service]), Slot(kind)
    )
    client = Client(address="::", role=role, ownership=own)
    verdict = decide(Query(client, HOSTS[service], at(MOMENTS[kind])), world)
    assert (said.action, said.reason, said.rule, said.clause, said.record) == (
        verdict.action, verdict.reason, verdict.rule, verdict.clause, verdict.record,
    )  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_sharing_answers_among_like_things_changes_none(name: str) -> None:
    made = build.contents(template(name), version=1, built_at=BUILT)
    shared, fresh = Survey(Snapshot(made), BUILT), Snapshot(made)
    for thing in things(made):
        for asker in askers(made)[::5]:
            alone = Survey(fresh, BUILT).answer(asker, thing, Slot(PeriodKind.BREAK))
            assert shared.answer(asker, thing, Slot(PeriodKind.BREAK)) == alone


def test_a_permission_is_held_by_whoever_asks_with_it() -> None:
    free = rule("free", "category:social_media", Action.ALLOW, "role:pupil", permission="wifi",
                when="break")  # fmt: skip
    world = contents(rules=(*RULES, free))
    assert permissions_asked(world) == ("wifi",)
    survey, thing = Survey(Snapshot(world), BUILT), Thing(target("service:x"), "x.com")
    without = survey.answer(Asker("pupil", Ownership.SCHOOL), thing, Slot(PeriodKind.BREAK))
    held = survey.answer(Asker("pupil", Ownership.SCHOOL, "wifi"), thing, Slot(PeriodKind.BREAK))
    assert (without.action, held.action) == (Action.BLOCK, Action.ALLOW)
    assert (without.grantable, held.grantable) == (True, False)


def test_what_no_grant_opens_is_not_grantable() -> None:
    survey = Survey(snapshot(), BUILT)
    lesson = Slot(PeriodKind.LESSON)
    social = thing_of(target("category:social_media"))
    assert not survey.answer(Asker("visitor", Ownership.SCHOOL), social, lesson).grantable
    assert survey.answer(Asker("pupil", Ownership.SCHOOL), social, lesson).grantable
    vpn = survey.answer(Asker("pupil", Ownership.SCHOOL), thing_of(target("category:vpn")), lesson)
    assert (vpn.reason, vpn.grantable) == (Reason.CIRCUMVENTION, False)


def test_periods_named_by_a_rule_are_asked_about_by_name() -> None:
    story = rule("story", "host:games.example", who="role:pupil")
    world = contents(rules=(replace(story, when=frozenset(["Lesson 1"])),))
    assert Slot(PeriodKind.LESSON, "Lesson 1") in slots(world)
    survey, thing = Survey(Snapshot(world), BUILT), thing_of(target("host:games.example"))
    pupil = Asker("pupil", Ownership.SCHOOL)
    assert survey.answer(pupil, thing, Slot(PeriodKind.LESSON, "Lesson 1")).action is Action.BLOCK
    assert survey.answer(pupil, thing, Slot(PeriodKind.LESSON)).action is Action.ALLOW


def test_whoever_a_rule_names_is_asked_too() -> None:
    group = Subject(SubjectKind.GROUP, "3B")
    world = contents(rules=(rule("r", "service:x", who="group:3B"),))
    named = [asker for asker in askers(world) if asker.subject == group]
    assert {asker.role for asker in named} == {"staff", "pupil", "visitor"}
    assert client_of(named[0], world).groups == {"3B"}
    network = Subject(SubjectKind.NETWORK, "guests")
    found = askers(contents(rules=(rule("r", "service:x", who="network:guests"),)))
    assert {a.role for a in found if a.subject == network} == {"visitor"}


def test_plain_leaves_the_rules_alone() -> None:
    everyone = Subject(SubjectKind.EVERYONE)
    held = StandingPermission(name="w", subject=everyone, permitted=True, controls_applied=True,
                              start=BUILT)  # fmt: skip
    world = contents(grants=(grant(),), permissions=(held,))
    assert plain(world) == contents()


def test_things_hold_every_category_service_and_site() -> None:
    world = contents(rules=(*RULES, rule("u", "url:a.example/x"), rule("e", "everything")))
    found = {thing.target for thing in things(world)}
    assert {Target(TargetKind.CATEGORY, c.id) for c in world.categories} <= found
    assert {Target(TargetKind.SERVICE, s.id) for s in world.services} <= found
    assert {target("url:a.example/x"), Target(TargetKind.EVERYTHING)} <= found
    by_url = next(t for t in things(world) if t.target.id == "wikipedia_editing")
    assert by_url.url == "https://wikipedia.org/?action=edit"


def test_who_is_asked_about_keeps_their_roles_and_groups() -> None:
    world = contents(
        people=(Person(id="ann", name="Ann", role="staff", groups=("3B",)),),
        devices=(
            Device(id="pc", name="PC", role="pupil", groups=("lab",)),
            Device(id="loose", name="Loose"),
        ),
        rules=(
            rule("p", "service:x", who="person:ann"), rule("d", "service:x", who="device:pc"),
            rule("l", "service:x", who="device:loose"),
            rule("n", "service:x", who="network:guests"),
        ),
    )  # fmt: skip
    roles: dict[str, set[str]] = {}
    for asker in askers(world):
        roles.setdefault(asker.subject.id, set()).add(asker.role)
    assert (roles["ann"], roles["pc"], roles["guests"]) == ({"staff"}, {"pupil"}, {"visitor"})
    assert roles["loose"] == {"staff", "pupil", "visitor"}  # nothing says which

    def client(kind: SubjectKind, id_: str) -> Client:
        return client_of(Asker("staff", Ownership.SCHOOL, "", Subject(kind, id_)), world)

    assert (client(SubjectKind.PERSON, "ann").person, client(SubjectKind.PERSON, "ann").groups) == (
        "ann", {"3B"})  # fmt: skip
    assert (client(SubjectKind.DEVICE, "pc").device, client(SubjectKind.DEVICE, "pc").groups) == (
        "pc", {"lab"})  # fmt: skip
    assert client(SubjectKind.NETWORK, "guests").network == "guests"
    assert client(SubjectKind.NETWORK, "gone").groups == frozenset()


def test_an_effect_is_what_people_notice_whatever_the_clause() -> None:
    survey, pupil = Survey(snapshot(), BUILT), Asker("pupil", Ownership.SCHOOL)
    social = thing_of(target("category:social_media"))
    answer = survey.answer(pupil, social, Slot(PeriodKind.LESSON))
    assert answer.effect == (Action.BLOCK, True, answer.record)
    assert replace(answer, clause="9.9").effect == answer.effect
    assert survey.lineage(thing_of(target("category:microblogs"))) == ("microblogs", "social_media")


def test_a_service_without_any_site_is_still_a_thing() -> None:
    bare = Service(id="bare", name="Bare", categories=("microblogs",))
    found = {thing.target: thing for thing in things(contents(services=(bare,), rules=()))}
    assert found[target("service:bare")] == Thing(target("service:bare"))
