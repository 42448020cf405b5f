"""Every mistake in a policy file is told, at once, with file, line and field."""

from __future__ import annotations

import textwrap

import pytest

from appliance.policy_file import (
    TEMPLATES,
    PolicyFileError,
    load,
    template,
    template_text,
)

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles:
  staff: {name: Staff, rank: 1}
"""


def mistakes(more: str, base: str = SMALL) -> list[str]:
    """Return the mistakes of the small policy with more lines below it, from line 4 on."""
    with pytest.raises(PolicyFileError) as caught:
        load(base + textwrap.dedent(more).removeprefix("\n"), "p.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def only(more: str, base: str = SMALL) -> str:
    (mistake,) = mistakes(more, base)
    return mistake


def rule(line: str) -> str:
    """Return a file with one good rule on lines 4 to 8 and one more line in it, line 9."""
    return (
        f"rules:\n  - id: r\n    clause: '1'\n    action: block\n    what: everything\n    {line}\n"
    )


def test_the_small_policy_is_good() -> None:
    assert load(SMALL, "p.yaml").policy.id == "little"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("who: role:stff", "p.yaml:9: rules[0].who: there is no role 'stff'; did you mean 'staff'"),
        ("who: [everyone, group:x]", "p.yaml:9: rules[0].who[1]: there is no group 'x'"),
        ("who: network:x", "p.yaml:9: rules[0].who: there is no network 'x'"),
        ("who: person:x", "p.yaml:9: rules[0].who: there is no person 'x'"),
        ("who: device:x", "p.yaml:9: rules[0].who: there is no device 'x'"),
        ("who: staff", "p.yaml:9: rules[0].who: 'staff' should be everyone or one of person:…"),
        ("when: [lesson, Brek]", "p.yaml:9: rules[0].when[1]: there is no period 'Brek'; did you"),
        ("permission: wifi", "p.yaml:9: rules[0].permission: there is no permission 'wifi'"),
        ("ownership: mine", "p.yaml:9: rules[0].ownership: should be 'school' or 'personal'"),
        ("monitor: no", "p.yaml:9: rules[0].monitor: should be true or false, not 'no'"),
        ("monitor: on", "p.yaml:9: rules[0].monitor: should be true or false, not 'on'"),
        ("monitor: [true]", "p.yaml:9: rules[0].monitor: should be true or false"),
        ("grants: none", "p.yaml:9: rules[0].grants: should be 'allowed' or 'never', not"),
        ("whom: everyone", "p.yaml:9: rules[0].whom: is no field here; did you mean 'who'?"),
        ("zzzzzz: 1", "p.yaml:9: rules[0].zzzzzz: is no field here"),
        ("zzzzzz:", "p.yaml:9: rules[0].zzzzzz: is no field here"),
        ("clause: '2'", "p.yaml:9: rules[0].clause: is given twice; the first is on line 6"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule(line: str, said: str) -> None:
    assert only(rule(line)).startswith(said)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("service:facebok", "there is no service 'facebok'; did you mean 'facebook'?"),
        ("category:socialmedia", "there is no category 'socialmedia'; did you mean 'social_media'"),
        ("facebook", "should be everything or one of url:…, host:…, service:…, category:…"),
        ("host:not a host", "which no host name can"),
        ("url:https://x.com/a/../b", "has a path that servers read in different ways"),
        ("url:https://x.com/a%3Fb", "a path that servers read in different ways"),
        ("url:ftp://x.com/", "'ftp' is not one of http"),
    ],
)
def test_a_target_must_stand_for_something(what: str, said: str) -> None:
    text = f"rules:\n  - {{id: r, clause: '1', action: block, what: '{what}'}}\n"
    mistake = only(text)
    assert mistake.startswith("p.yaml:5: rules[0].what: ")
    assert said in mistake


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  - {id: r, clause: '1', action: block}", "p.yaml:5: rules[0]: says neither"),
        ("rules:\n  - {id: r, action: block, what: everything}",
         "p.yaml:5: rules[0].clause: is missing"),
        ("rules:\n  - {id: r, clause: 1, action: close, what: everything}",
         "p.yaml:5: rules[0].action: should be 'allow' or 'block', not 'close'"),
        ("rules:\n  - {id: r, clause: 1, action: allow, urls: [{hosts: x.com}]}",
         "p.yaml:5: rules[0].urls: only a block may name parts of a site"),
        ("rules: everything", "p.yaml:4: rules: should be a list"),
        ("rules: [everything]", "p.yaml:4: rules[0]: should be fields"),
        ("groups:\n  a: {name: A, timetable: b}",
         "p.yaml:5: groups.a.timetable: there is no timetable 'b'"),
        ("networks:\n  n: {name: N, prefixes: 10.0.0.1/8, role: staff}",
         "p.yaml:5: networks.n.prefixes[0]: should be a network like"),
        ("networks:\n  n: {name: N, prefixes: 10.0.0.0/8, role: boss}",
         "p.yaml:5: networks.n.role: there is no role 'boss'; there are: staff"),
        ("people:\n  p: {name: P, role: staff, groups: [x]}",
         "p.yaml:5: people.p.groups[0]: there is no group 'x'"),
        ("people:\n  p: {name: P, role: staff, site: x}",
         "p.yaml:5: people.p.site: there is no site 'x'"),
        ("devices:\n  d: {name: D, macs: 00-11-22-33-44}",
         "p.yaml:5: devices.d.macs[0]: should be a MAC address"),
        ("devices:\n  d: {name: D, addresses: 10.0.0.300}",
         "p.yaml:5: devices.d.addresses[0]: should be an address"),
        ("devices:\n  d: {name: D, person: x}", "p.yaml:5: devices.d.person: there is no person"),
        ("categories:\n  c: {name: C, part_of: d}", "p.yaml:5: categories.c.part_of: there is no"),
        ("categories:\n  c: {name: C, part_of: d}\n  d: {name: D, part_of: c}",
         "p.yaml:5: categories.c.part_of: 'c' would be part of itself"),
        ("categories:\n  c: {name: C, clas: illegal}",
         "p.yaml:5: categories.c.clas: is no field here; did you mean 'class'?"),
        ("categories:\n  c: {name: C, domains: com}",
         "p.yaml:5: categories.c.domains[0]: 'com' would cover a whole top-level domain"),
        ("services:\n  s: {name: S, domains: s.org, categories: x}",
         "p.yaml:5: services.s.categories: there is no category 'x'"),
        ("services:\n  s: {urls: [{hosts: s.org, path: a}]}",
         "p.yaml:5: services.s.urls[0].path: should be a path that starts with a slash"),
        ("services:\n  s: {urls: [{hosts: s.org, path: /a/../b}]}",
         "p.yaml:5: services.s.urls[0].path: '/a/../b' is not a plain path"),
        ("services:\n  s: {urls: [{hosts: s.org, methods: post}]}",
         "p.yaml:5: services.s.urls[0].methods[0]: should be a method in capitals"),
        ("circumvention: {roles: x, clause: '1'}", "p.yaml:4: circumvention.roles: there is no"),
        ("circumvention: {answered_only: x, clause: '1'}",
         "p.yaml:4: circumvention.answered_only: there is no role 'x'"),
        ("sanctuary: {remove: childline.org.uk}", "p.yaml:4: sanctuary.remove: is no field here"),
        ("unclassified_social: {action: maybe}", "p.yaml:4: unclassified_social.action: should"),
        ("concerns: {triage: caretaker}", "p.yaml:4: concerns.triage[0]: should be"),
        ("monitoring: {usage_minutes: 0}", "p.yaml:4: monitoring.usage_minutes: should be"),
        ("grants:\n  - {id: g, who: role:staff, what: service:x, start: soon, end: 2027-01-01}",
         "p.yaml:5: grants[0].start: should be a time like 2026-09-01T08:50, not 'soon'"),
        ("sanctions:\n  - {id: s, who: person:x, start: 2026-09-01, clause: '1'}",
         "p.yaml:5: sanctions[0].who: there is no person 'x'"),
        ("official_pages:\n  - {id: o, url: x.com/a, who: group:g, approved_by: slt, clause: '1'}",
         "p.yaml:5: official_pages[0].who: there is no group 'g'"),
        ("permissions_held:\n  - {permission: wifi, who: role:staff}",
         "p.yaml:5: permissions_held[0].permission: there is no permission 'wifi'"),
        ("calendar: {zone: Europe/Londn}", "p.yaml:4: calendar.zone: 'Europe/Londn' is no time"),
        ("calendar: {zone: ../../etc/passwd}", "p.yaml:4: calendar.zone: "),
        ("calendar: {inset: [1 September]}", "p.yaml:4: calendar.inset[0]: should be a date like"),
        ("calendar: {terms: [{first: 2027-01-04, last: 2026-12-18}]}",
         "p.yaml:4: calendar.terms[0]: ends on 2026-12-18, before it begins on 2027-01-04"),
        ("timetables: {other: {}}", "p.yaml:4: timetables: has no timetable named default"),
        ("clauses: {1: {text: A}}\nrules:\n  - {id: r, clause: 2, action: block, what: everything}",
         "p.yaml:6: rules[0].clause: there is no clause '2'; there are: 1"),
        ("grants:\n  - {id: g, who: everyone, what: host:x.uk, start: 2027-01-02, end: 2027-01-01}",
         "p.yaml:5: grants[0]: ends before it begins"),
        ("calendar: {inset: 0001-01-01}", "p.yaml:4: calendar.inset[0]: should be a date like"),
        ("policy: [x]", "p.yaml:4: policy: is given twice"),
        ("never_inspect: [[x.org]]", "p.yaml:4: never_inspect[0]: should be a host name"),
        ("official_pages:\n  - {id: o, url: [x], who: role:staff, approved_by: slt, clause: 1}",
         "p.yaml:5: official_pages[0].url: should be a URL"),
        ("calendar: {terms: [{first: 2027-01-04, lst: 2027-02-01}]}",
         "p.yaml:4: calendar.terms[0].lst: is no field here; did you mean 'last'?"),
        ("rules:\n  - {id: r, clause: 1, action: block, urls: [{hosts: x.org, methd: GET}]}",
         "p.yaml:5: rules[0].urls[0].methd: is no field here; did you mean 'methods'?"),
        ("timetables:\n  default: {periods: [{name: A, kindd: lesson, start: 9:00, end: 9:30}]}",
         "p.yaml:5: timetables.default.periods[0].kindd: is no field here; did you mean 'kind'?"),
        ("rules:\n  - {id: r, clause: '1', action: block, what: everything}\n"
         "  - {id: r, clause: '1', action: block, what: everything}",
         "p.yaml:6: rules[1].id: 'r' is also rules[0].id on line 5"),
    ],
)  # fmt: skip
def test_a_mistake_anywhere(text: str, said: str) -> None:
    assert any(mistake.startswith(said) for mistake in mistakes(text)), mistakes(text)


def bells(*periods: str) -> str:
    lines = "".join(f"      - {{{period}}}\n" for period in periods)
    return f"timetables:\n  default:\n    periods:\n{lines}"


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        (("name: A, kind: lesson, start: 09:00, end: 10:00",
          "name: B, kind: break, start: 09:59, end: 10:20"),
         "p.yaml:8: timetables.default.periods[1]: 'B' overlaps 'A' on Monday"),
        (("name: A, kind: lesson, start: 22:00, end: 01:00, days: sunday",
          "name: B, kind: closed, start: 00:30, end: 02:00, days: [monday]"),
         "p.yaml:8: timetables.default.periods[1]: 'B' overlaps 'A' on Monday"),
        (("name: A, kind: lesson, start: 9am, end: 10:00",),
         "p.yaml:7: timetables.default.periods[0].start: should be a time of day like 08:50"),
        (("name: A, kind: lesson, start: 09:00, end: 24:01",),
         "p.yaml:7: timetables.default.periods[0].end: should be a time of day like 08:50"),
        (("name: A, kind: lessons, start: 09:00, end: 10:00",),
         "p.yaml:7: timetables.default.periods[0].kind: should be 'lesson'"),
        (("name: A, kind: lesson, start: 09:00, end: 10:00, days: mondays",),
         "p.yaml:7: timetables.default.periods[0].days[0]: should be 'monday'"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_bells(periods: tuple[str, ...], said: str) -> None:
    assert only(bells(*periods)).startswith(said)


def test_a_one_off_day_may_not_overlap_either() -> None:
    said = only(
        """
        calendar:
          one_off:
            - day: 2026-12-18
              name: Early close
              periods:
                - {name: A, kind: lesson, start: 09:00, end: 12:00}
                - {name: B, kind: after_school, start: 11:00, end: 13:00}
        """
    )
    assert said.startswith("p.yaml:10: calendar.one_off[0].periods[1]: 'B' overlaps 'A'")


def test_times_and_clauses_are_read_as_they_are_written() -> None:
    """YAML 1.1 would make 630, False and 5.1 of these."""
    document = load(
        SMALL
        + bells("name: no, kind: lesson, start: 10:30, end: 11:00, days: [monday]")
        + "rules:\n  - {id: on, clause: 5.10, action: block, what: everything, when: no}\n",
        "p.yaml",
    )
    assert document.timetables is not None
    period = document.timetables["default"].periods[0]
    assert (period.name, period.minutes) == ("no", (630, 660))
    (found,) = document.rules
    assert (found.id, found.clause, found.when) == ("on", "5.10", ("no",))


def test_a_period_may_run_overnight() -> None:
    document = load(SMALL + bells("name: N, kind: closed, start: 20:00, end: 07:00"), "p.yaml")
    assert document.timetables is not None
    assert document.timetables["default"].periods[0].minutes == (1200, 1860)


def test_what_is_empty_is_absent() -> None:
    assert load(SMALL + "groups:\nrules: ~\nnetworks: null\n", "p.yaml").groups == {}


def test_all_mistakes_are_told_at_once() -> None:
    said = mistakes(
        """
        colour: blue
        groups:
          a: {name: A, timetable: x}
        rules:
          - {id: r, action: close, what: service:facebok, who: role:x}
        """
    )
    fields = [(m.split(":")[1], m.split(": ")[1]) for m in said]
    assert fields == [
        ("4", "colour"),
        ("6", "groups.a.timetable"),
        ("8", "rules[0].action"),
        ("8", "rules[0].clause"),
        ("8", "rules[0].what"),
        ("8", "rules[0].who"),
    ]


def test_a_top_level_typing_error_is_put_right() -> None:
    assert "did you mean 'networks'" in only("netwroks: {}\n")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_without_mistakes(name: str) -> None:
    assert template(name).policy.id == name
    assert template_text(name).startswith("# ")


def test_there_is_no_other_template() -> None:
    for call in (template, template_text):
        with pytest.raises(KeyError):
            call("../services")
