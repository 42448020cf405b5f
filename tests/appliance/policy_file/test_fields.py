"""The single values of a policy file: how wide a name may be."""

from __future__ import annotations

import json
import re

import pytest

from appliance.policy_file import PolicyDocument, PolicyFileError, catalogue, load
from appliance.policy_file.fields import IN_WORDS, SHARED_SUFFIXES

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles: {staff: {name: Staff, rank: 1}}
"""
GRANT = "who: role:staff, start: 2026-11-01, end: 2026-11-02"


def mistakes(more: str) -> tuple[str, ...]:
    try:
        load(SMALL + more, "p.yaml")
    except PolicyFileError as error:
        return tuple(map(str, error.mistakes))
    return ()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("rules[0].what", "rules: [{id: r, clause: '1', action: block, what: 'host:com'}]"),
        ("rules[0].what", "rules: [{id: r, clause: '1', action: block, what: 'host:COM.'}]"),
        ("rules[0].what", "rules: [{id: r, clause: '1', action: block, what: 'url:com/'}]"),
        ("rules[0].urls[0].hosts[0]",
         "rules: [{id: r, clause: '1', action: block, urls: [{hosts: com}]}]"),
        ("grants[0].what", f"grants: [{{id: g, what: 'host:com', {GRANT}}}]"),
        ("official_pages[0].url", "official_pages: [{id: o, url: 'https://com/a', who: role:staff, "
                                  "approved_by: slt, clause: '1'}]"),
        ("sanctuary.domains[0]", "sanctuary: {domains: com}"),
        ("sanctuary.hosts[0]", "sanctuary: {hosts: com}"),
        ("never_inspect[0]", "never_inspect: com"),
        ("never_block[0]", "never_block: com"),
        ("sanction_allow[0]", "sanction_allow: com"),
        ("services.s.domains[0]", "services: {s: {name: S, domains: '*.com'}}"),
    ],
)  # fmt: skip
def test_no_field_takes_a_whole_top_level_domain(field: str, text: str) -> None:
    (said,) = mistakes(text)
    assert said == f"p.yaml:3: {field}: 'com' would cover a whole top-level domain"


@pytest.mark.parametrize("suffix", ["co.uk", "org.uk", "ac.uk", "sch.uk", "com.au", "*.CO.uk."])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("sanctuary.domains[0]", "sanctuary: {{domains: {}}}"),
        ("sanctuary.hosts[0]", "sanctuary: {{hosts: '{}'}}"),
        ("never_inspect[0]", "never_inspect: ['{}']"),
        ("never_block[0]", "never_block: ['{}']"),
    ],
)
def test_nobody_is_out_of_sight_by_the_half_country(field: str, text: str, suffix: str) -> None:
    name = suffix.removeprefix("*.").removesuffix(".").lower()
    (said,) = mistakes(text.format(f"'{suffix}'" if "'" not in text else suffix))
    assert said == f"p.yaml:3: {field}: {name!r} would cover everybody who has a name below it"


def test_what_the_appliance_itself_exempts_may_be_written_too() -> None:
    domains, hosts = catalogue.sanctuary()
    ours = {*domains, *hosts, *catalogue.never_inspect(), *catalogue.never_block()}
    assert {"nhs.uk", "gov.uk", "police.uk"} <= ours
    assert not ours & SHARED_SUFFIXES
    names = ", ".join(sorted(ours))
    assert mistakes(f"sanctuary: {{domains: [{names}]}}\nnever_inspect: [{names}]") == ()


def test_an_address_is_no_top_level_domain() -> None:
    what = "['host:192.0.2.1', 'host:2001:db8::1', 'url:https://192.0.2.1/a']"
    assert mistakes(f"rules: [{{id: r, clause: '1', action: block, what: {what}}}]") == ()


CLASSES = """\
groups: {3B: {name: Class 3B}}
people: {Jo: {name: Jo, role: staff, groups: 3B}}
devices: {PC-1: {name: PC, person: Jo, groups: [3B]}}
networks: {Room_2: {name: Room 2, prefixes: 10.0.0.0/24, role: staff, groups: 3B}}
sites: {north: {name: North, networks: Room_2}}
rules:
  - {id: r, clause: '1', action: block, what: everything,
     who: ['group:3B', 'person:Jo', 'device:PC-1', 'network:Room_2']}
"""


def test_ids_of_people_and_groups_are_as_schools_write_them() -> None:
    document = load(SMALL + CLASSES, "p.yaml")
    assert list(document.groups) == ["3B"]
    assert document.devices["PC-1"].person == "Jo"


def test_capitals_stand_for_themselves() -> None:
    (said,) = mistakes(CLASSES.replace("'group:3B'", "'group:3b'"))
    assert "there is no group '3b'" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups: {3 B: {name: B}}",
         "groups.3 B: should be 1 to 64 letters (no accents), digits, dots, dashes or underscores, "
         "and begin with a letter or digit, not '3 B'"),
        ("rules: [{id: One, clause: '1', action: block, what: everything}]",
         "rules[0].id: should be 1 to 64 small letters, digits, dots, dashes or underscores, and "
         "begin with a letter or digit, not 'One'"),
        ("school: {language: English}",
         "school.language: should be a language like en-GB or cy, not 'English'"),
    ],
)  # fmt: skip
def test_what_a_pattern_asks_for_is_said_in_words(text: str, said: str) -> None:
    assert mistakes(text) == (f"p.yaml:3: {said}",)


def test_every_pattern_of_the_schema_has_words_or_is_a_choice_of_words() -> None:
    found = set(re.findall(r'"pattern": "([^"]*)"', json.dumps(PolicyDocument.model_json_schema())))
    assert set(IN_WORDS) <= found
    assert all(re.fullmatch(r"\^\([a-z|]+\)\$", each) for each in found - set(IN_WORDS))
