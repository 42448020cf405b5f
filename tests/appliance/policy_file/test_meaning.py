"""What is right field by field and still cannot be meant is a mistake."""

from __future__ import annotations

import pytest

from appliance.policy_file import PolicyFileError, load

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles:
  staff: {name: Staff, rank: 1}
"""
YEAR = """\
calendar:
  terms: [{first: 2026-09-02, last: 2026-12-18}, {first: 2027-01-04, last: 2027-07-21}]
"""


def mistakes(more: str) -> tuple[str, ...]:
    try:
        load(SMALL + more, "p.yaml")
    except PolicyFileError as error:
        return tuple(map(str, error.mistakes))
    return ()


def only(more: str) -> str:
    (mistake,) = mistakes(more)
    return mistake


def rule(what: str) -> str:
    return f"rules:\n  - {{id: r, clause: '1', action: block, what: {what}}}\n"


@pytest.mark.parametrize("what", ["'category:school_services'", "[category:school_services]"])
def test_a_rule_on_a_category_without_anything_in_it(what: str) -> None:
    place = "[0]" if "[" in what else ""
    said = only(rule(what))
    assert said.startswith(f"p.yaml:5: rules[0].what{place}: nothing falls under category:school_s")


def test_social_media_arranged_so_that_nothing_is_left_in_it() -> None:
    arranged = "categories: {school_services: {name: Ours, part_of: social_media}}\n"
    said = only(rule("[category:blogs, category:social_media]") + arranged)
    assert said.startswith("p.yaml:5: rules[0].what[1]: nothing falls under category:social_media")


@pytest.mark.parametrize(
    ("category", "more"),
    [
        # What a list or a guess fills, or the school's own list may
        ("illegal", ""), ("unsuitable", ""), ("adult", ""), ("vpn", ""),
        ("unclassified_social", ""), ("violence", "categories: {violence: {name: Violence}}"),
        # What has services, domains or a sub-category
        ("social_media", ""), ("podcasts", ""),
        ("school_services",
         "categories: {school_services: {name: Ours, domains: mail.school.example}}"),
        ("school_services", "services: {mail: {name: Mail, categories: school_services, "
                            "domains: mail.school.example}}"),
        ("school_services",
         "categories: {blogs: {name: Blogs, part_of: [school_services, social_media]}}"),
    ],
)  # fmt: skip
def test_a_rule_on_a_category_that_something_falls_under(category: str, more: str) -> None:
    assert mistakes(rule(f"'category:{category}'") + more) == ()


@pytest.mark.parametrize("category", ["illegal", "worst", "own"])
def test_no_grant_opens_what_is_illegal(category: str) -> None:
    said = only(
        "categories:\n  worst: {name: W, part_of: illegal}\n  own: {name: O, class: illegal}\n"
        f"grants:\n  - {{id: g, who: role:staff, what: 'category:{category}', start: 2026-11-01,\n"
        "     end: 2026-11-02}\n"
    )
    wanted = f"p.yaml:8: grants[0].what: no grant opens category:{category}: it is illegal content"
    assert said == wanted


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("  covers: {first: 2026-09-01, last: 2027-05-31}\n", "2: calendar.terms[1]"),
        ("  covers: {first: 2026-09-03, last: 2027-08-31}\n", "2: calendar.terms[0]"),
        ("  holidays: [{first: 2025-10-26, last: 2025-10-30}]\n", "3: calendar.holidays[0]"),
        ("  holidays: [{first: 2027-09-01}]\n", "3: calendar.holidays[0]"),
        ("  inset: 2026-08-31\n", "3: calendar.inset"),
        ("  inset: [2026-09-01, 2027-09-01]\n", "3: calendar.inset[1]"),
        ("  one_off:\n    - {day: 2025-12-18, name: Early close}\n", "4: calendar.one_off[0].day"),
    ],
)
def test_days_outside_the_year(more: str, said: str) -> None:
    line, _, field = said.partition(": ")
    wanted = f"p.yaml:{int(line) + 3}: {field}: is not within the dates the calendar covers, "
    assert only(YEAR + more).startswith(wanted)


def test_days_within_the_year() -> None:
    """The summer holiday may run out of it: it is written to its end."""
    more = (
        "  holidays: [{first: 2026-10-26, last: 2026-10-30}, {first: 2027-07-22, last: 2027-09-02}]"
        "\n  inset: [2026-09-01]\n  one_off: [{day: 2026-12-18, name: Early close}]\n"
    )
    assert mistakes(YEAR + more) == ()


@pytest.mark.parametrize(
    ("earlier", "later", "wrong"),
    [
        ("", "", True),
        ("", "timetables: upper", True),  # the first holds for all: the second never does
        ("timetables: upper", "timetables: [upper, default]", True),
        ("timetables: upper", "timetables: default", False),
        ("timetables: upper", "", False),  # and all the others
    ],
)
def test_two_one_off_entries_for_one_day(earlier: str, later: str, wrong: bool) -> None:
    more = (
        "timetables: {default: {}, upper: {}}\ncalendar:\n  one_off:\n"
        f"    - {{day: 2026-12-18, name: A, {earlier}}}\n"
        f"    - {{day: 2026-12-18, name: B, {later}}}\n"
        f"    - {{day: 2026-12-19, name: C}}\n"
    )
    wanted = (
        "p.yaml:8: calendar.one_off[1].day: 2026-12-18 has bells of its own already, for the "
        "same people, on line 7"
    )
    assert mistakes(more) == ((wanted,) if wrong else ())


def test_two_devices_with_one_hardware_address() -> None:
    said = only(
        "devices:\n  a: {name: A, macs: 00-11-22-AA-BB-CC}\n"
        "  b: {name: B, macs: ['00:11:22:aa:bb:cd', '00:11:22:aa:bb:cc']}\n"
    )
    wanted = "p.yaml:6: devices.b.macs[1]: 00:11:22:aa:bb:cc is also that of devices.a on line 5"
    assert said == wanted


def test_two_networks_with_one_prefix() -> None:
    said = only(
        "networks:\n  a: {name: A, prefixes: [10.1.0.0/16, 'fd00::/64'], role: staff}\n"
        "  b: {name: B, prefixes: 'FD00:0::/64', role: staff}\n"
        "  c: {name: C, prefixes: 10.0.0.0/8, role: staff}\n"
    )
    assert said == "p.yaml:6: networks.b.prefixes: fd00::/64 is also that of networks.a on line 5"
