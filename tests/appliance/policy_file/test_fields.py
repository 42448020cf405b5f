"""The single values of a policy file: how wide a name may be."""

from __future__ import annotations

import pytest

from appliance.policy_file import PolicyFileError, catalogue, load
from appliance.policy_file.fields import SHARED_SUFFIXES

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
    ],
)
def test_nobody_is_out_of_sight_by_the_half_country(field: str, text: str, suffix: str) -> None:
    name = suffix.removeprefix("*.").removesuffix(".").lower()
    (said,) = mistakes(text.format(f"'{suffix}'" if "'" not in text else suffix))
    assert said == f"p.yaml:3: {field}: {name!r} would cover everybody who has a name below it"


def test_what_the_appliance_itself_exempts_may_be_written_too() -> None:
    domains, hosts = catalogue.sanctuary()
    ours = {*domains, *hosts, *catalogue.never_inspect()}
    assert {"nhs.uk", "gov.uk", "police.uk"} <= ours
    assert not ours & SHARED_SUFFIXES
    names = ", ".join(sorted(ours))
    assert mistakes(f"sanctuary: {{domains: [{names}]}}\nnever_inspect: [{names}]") == ()


def test_an_address_is_no_top_level_domain() -> None:
    what = "['host:192.0.2.1', 'host:2001:db8::1', 'url:https://192.0.2.1/a']"
    assert mistakes(f"rules: [{{id: r, clause: '1', action: block, what: {what}}}]") == ()
