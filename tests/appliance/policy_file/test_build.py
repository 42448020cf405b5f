"""A document that loads builds, and all it says arrives in the contents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action, CategoryClass, Ownership, Reason, TargetKind
from appliance.policy.plan import DnsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy_file import TEMPLATES, advice, build, load, template

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

WHOLE = """\
policy: {id: whole, name: Whole, short: WH, school: Whole School, next_review: 2027-01-01}
school: {ask: the office, contact: 'tel:+441234567890', language: cy}
roles:
  staff: {name: Staff, rank: 1}
  pupil: {name: Pupil, rank: 5}
groups:
  y6: {name: Year 6, timetable: upper}
  smm: {name: Managers}
sites: {north: {name: North, dsl: Jo, networks: lan}}
networks:
  lan: {name: LAN, prefixes: [10.1.0.0/16, 'fd00::/64'], role: pupil, groups: y6, ownership: school,
        trusts_ca: true}
people: {jo: {name: Jo, role: staff, groups: [smm], site: north}}
devices:
  pad: {name: Pad, macs: 00-11-22-AA-BB-CC, addresses: 10.1.0.9, ownership: school, trusts_ca: true,
        person: jo, role: staff, groups: smm}
categories:
  social_media: {name: Social media}
  collaborative: {name: Networks, part_of: social_media}
  adult: {name: Grown-up things, class: ordinary, domains: adult.example}
services:
  facebook: {domains: facebook.example}
  intranet: {name: Intranet, categories: collaborative, domains: intranet.example,
             hosts: a.b.example, assets: cdn.example,
             urls: [{hosts: forum.example, path: /post, query: {do: [new]}, methods: POST}]}
rules:
  - {id: social, clause: '1', action: block, what: category:social_media, who: role:pupil,
     when: [lesson, Upper bell], ownership: school, monitor: false}
  - {id: parts, clause: '2', action: block, text: No posting.,
     urls: [{hosts: wiki.example, path: /edit}]}
  - {id: never, clause: '3', action: block, what: ['url:https://Site.example/a', 'host:B.example.'],
     grants: never}
  - {id: wifi, clause: '4', action: allow, what: everything, permission: wifi}
timetables:
  upper: {periods: [{name: Upper bell, kind: lesson, start: 22:00, end: 02:00, days: saturday}]}
  default: {periods: []}
calendar:
  zone: Europe/Dublin
  covers: {first: 2026-09-01, last: 2027-08-31}
  terms: [{first: 2026-09-01, last: 2026-12-18, name: T}]
  holidays: [{first: 2026-10-26, last: 2026-10-30}]
  bank_holidays: [{first: 2026-12-25}]
  inset: 2026-09-01
  inset_roles: staff
  one_off: [{day: 2026-12-18, name: Early close, timetables: upper,
             periods: [{name: All, kind: lesson, start: 09:00, end: 12:00}]}]
permissions: {wifi: {name: Wi-Fi}}
permissions_held: [{permission: wifi, who: person:jo, permitted: true, controls_applied: true,
                    end: 2027-07-01}]
grants: [{id: g, who: group:y6, what: service:facebook, start: 2026-11-23T09:00, end:
          2026-11-23T12:00+00:00, when: lesson, methods: [GET], clause: '6', text: t}]
sanctions: [{id: s, who: device:pad, start: 2026-11-23, clause: '7'}]
sanction_allow: school.example
circumvention: {roles: pupil, answered_only: pupil, clause: '8'}
unclassified_social: {action: block, clause: '9'}
official_pages: [{id: page, url: 'https://www.facebook.com/School', who: group:smm,
                  approved_by: headteacher, approved_on: 2026-09-01, until: 2027-07-31,
                  administrators: Jo, clause: '10'}]
sanctuary: {domains: help.example, hosts: only.help.example.org}
never_inspect: union.example
never_block: [records.example, gov.uk]
local_domains: school.internal
monitoring: {notice: We look.}
"""


def built(text: str = WHOLE) -> Contents:
    return build.contents(load(text, "p.yaml"), version=3, built_at=BUILT)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_builds(name: str) -> None:
    contents = build.contents(template(name), version=3, built_at=BUILT)
    assert (contents.version, contents.built_at, contents.policy.id) == (3, BUILT, name)
    assert all(rule.text and rule.clause for rule in contents.rules)


def test_building_twice_is_the_same_twice() -> None:
    assert built() == built()


def test_who_is_on_the_network() -> None:
    contents = built()
    (network,) = contents.networks
    (device,) = contents.devices
    assert (network.prefixes, network.groups) == (("10.1.0.0/16", "fd00::/64"), ("y6",))
    assert (network.role, network.ownership, network.trusts_ca) == ("pupil", "school", True)
    assert device.macs == ("00:11:22:aa:bb:cc",)
    assert (device.person, device.role, device.groups) == ("jo", "staff", ("smm",))
    assert contents.people[0].groups == ("smm",)
    assert [(g.id, g.timetable) for g in contents.groups] == [("y6", "upper"), ("smm", None)]


def test_the_school_and_its_policy() -> None:
    contents = built()
    assert contents.policy.next_review == date(2027, 1, 1)
    assert (contents.school.name, contents.school.ask) == ("Whole School", "the office")
    assert (contents.school.language, contents.school.monitoring_notice) == ("cy", "We look.")
    assert contents.school.contact == "tel:+441234567890"


def test_rules_arrive_whole() -> None:
    social, parts, never, wifi, unclassified = built().rules
    assert (social.when, social.ownership) == (frozenset({"lesson", "Upper bell"}), "school")
    assert not social.monitor
    assert social.text.startswith("Pupil may not use social media on school-owned devices in les")
    assert (parts.text, parts.what[0].kind) == ("No posting.", TargetKind.SERVICE)
    assert not never.grants
    assert [t.id for t in never.what] == ["site.example/a", "b.example"]
    assert wifi.permission == "wifi"
    assert (unclassified.action, unclassified.clause) == (Action.BLOCK, "9")


def test_own_services_extend_the_catalogue() -> None:
    services = {service.id: service for service in built().services}
    assert {"facebook.com", "facebook.example"} <= set(services["facebook"].domains)
    intranet = services["intranet"]
    assert (intranet.hosts, intranet.assets) == (("a.b.example",), ("cdn.example",))
    assert intranet.urls[0].query == (("do", ("new",)),)


def test_what_is_unsuitable_stays_so_whatever_a_file_calls_it() -> None:
    categories = {category.id: category for category in built().categories}
    assert categories["adult"].kind is CategoryClass.UNSUITABLE
    assert categories["adult"].name == "Grown-up things"
    assert categories["adult"].domains == ("adult.example",)


def test_bells_and_year() -> None:
    contents = built()
    assert [t.id for t in contents.timetables] == ["default", "upper"]
    (bell,) = contents.timetables[1].periods
    assert (bell.start, bell.end, bell.days) == (1320, 1560, (5,))
    year = contents.calendar
    assert (year.zone, year.inset, year.inset_roles) == (
        "Europe/Dublin", (date(2026, 9, 1),), ("staff",),
    )  # fmt: skip
    assert [span.last for span in year.holidays] == [date(2026, 10, 30), date(2026, 12, 25)]
    assert year.one_off[0].timetables == ("upper",)


def test_what_bends_the_rules() -> None:
    contents = built()
    written, page = contents.grants
    assert (written.start, written.end) == (
        datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC),
    )  # fmt: skip
    assert (page.target.id, page.subject.id) == ("www.facebook.com/School", "smm")
    # Until the end of its last day, by the school's clock, which is an hour ahead in summer.
    assert page.end == datetime(2027, 7, 31, 23, tzinfo=UTC)
    assert contents.sanctions[0].end is None
    assert contents.permissions[0].controls_applied
    assert contents.sanction_allow == ("school.example",)


def test_additions_never_take_away() -> None:
    contents = built()
    assert {"help.example", "childline.org.uk"} <= set(contents.sanctuary_domains)
    assert "only.help.example.org" in contents.sanctuary_hosts
    assert {"union.example", "nhs.uk"} <= set(contents.never_inspect)
    assert {"records.example", "gov.uk"} <= set(contents.never_block)
    assert len(set(contents.never_block)) == len(contents.never_block)
    assert "records.example" not in contents.essential
    assert contents.local_domains == ("school.internal",)
    assert (contents.circumvention_roles, contents.circumvention_clause) == (("pupil",), "8")
    assert contents.answered_only == ("pupil",)


def test_steerable_is_what_the_policy_can_speak_of_and_nothing_else() -> None:
    steerable = set(built().steerable)
    assert {"facebook.com", "fbcdn.net", "intranet.example", "forum.example", "wiki.example",
            "site.example", "b.example", "wikipedia.org"} <= steerable  # fmt: skip
    assert not steerable & {"google.com", "chat.google.com", "youtubei.googleapis.com",
                            "podcasts.apple.com", "nhs.uk"}  # fmt: skip


def test_parts_of_a_site_are_closed_and_the_rest_is_open() -> None:
    snap = Snapshot(built())
    client = snap.register.resolve("10.1.0.5")
    edit, read = (urls.parse(f"https://wiki.example/{path}") for path in ("edit/1", "read/1"))
    blocked = decide(Query(client, edit.host, NOON, edit), snap)
    assert (blocked.action, blocked.clause, blocked.text) == (Action.BLOCK, "2", "No posting.")
    assert decide(Query(client, read.host, NOON, read), snap).reason is Reason.DEFAULT
    assert plan(Query(client, read.host, NOON), snap).dns is DnsPlan.STEER


@pytest.mark.parametrize(("action", "social"), [("follow", True), ("block", False)])
def test_unclassified_platforms(action: str, social: bool) -> None:
    snap = Snapshot(built(WHOLE.replace("{action: block,", f"{{action: {action},")))
    assert ("social_media" in snap.catalogue.lineage(("unclassified_social",))) is social
    assert any(rule.id == "unclassified-social" for rule in snap.contents.rules) is not social


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.20.1.1", "192.168.1.9", "127.0.0.1", "::1", "fd00::1", "fe80::1"]
)
def test_without_a_policy_social_media_is_closed_and_the_rest_open(address: str) -> None:
    snap = Snapshot(build.closed_contents(BUILT))
    assert snap.register.network_of(address) is not None
    client = snap.register.resolve(address)
    assert (client.role, client.trusts_ca) == ("visitor", False)
    for host in ("facebook.com", "x.com", "whatsapp.com", "youtube.com", "roblox.com"):
        assert decide(Query(client, host, NOON), snap).action is Action.BLOCK
        assert plan(Query(client, host, NOON), snap).dns is DnsPlan.REFUSE
    for host in ("bbc.co.uk", "en.wikipedia.org", "nordvpn.com"):
        assert decide(Query(client, host, NOON), snap).action is Action.ALLOW
    assert decide(Query(client, "childline.org.uk", NOON), snap).reason is Reason.SANCTUARY


def test_without_a_policy_nobody_outside_is_served() -> None:
    snap = Snapshot(build.closed_contents(BUILT))
    assert snap.register.network_of("8.8.8.8") is None


def test_advice() -> None:
    document = load(WHOLE, "p.yaml")
    said = advice.warnings(document, date(2027, 1, 1))
    assert said == (
        "The official page www.facebook.com/School has fewer than two administrators.",
        "The policy was due for review on 2027-01-01.",
    )
    bare = document.model_copy(
        update={
            "policy": document.policy.model_copy(update={"next_review": None}),
            "official_pages": (),
            "clauses": template(TEMPLATES[0]).clauses,
        }
    )
    assert "The policy has no next review date." in advice.warnings(bare, date(2027, 1, 1))
    assert "Nothing carries out clause 5.7." in advice.warnings(bare, date(2027, 1, 1))


def test_ownership_of_a_client_matters() -> None:
    contents = built()
    always_lesson = replace(contents.calendar, covers=None)
    snap = Snapshot(replace(contents, calendar=always_lesson))
    client = snap.register.resolve("10.1.0.5")
    own = replace(client, ownership=Ownership.PERSONAL)
    assert decide(Query(client, "facebook.com", NOON), snap).clause == "1"
    assert decide(Query(own, "facebook.com", NOON), snap).reason is Reason.DEFAULT
