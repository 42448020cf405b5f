"""Account limits and search terms, from the file to what the engine and the authority get."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.policy.names import within
from appliance.policy.snapshot import Contents
from appliance.policy_file import PolicyFileError, build, load, prose

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles: {staff: {name: Staff, rank: 1}, pupil: {name: Pupil, plural: pupils, rank: 5}}
"""
DIRECTORY = "12345678-90AB-cdef-1234-567890abcdef"
OFFICE = (
    f"account_limits: [{{provider: microsoft, allowed: School.example, directory: {DIRECTORY}, "
    "who: role:pupil, clause: '6'}]\n"
)
TERMS = "search_terms: [{who: role:pupil, engines: [bing], clause: '7'}]\n"


def built(more: str) -> Contents:
    document = load(SMALL + more, "p.yaml")
    return build.contents(document, version=1, built_at=datetime(2026, 11, 1, tzinfo=UTC))


def test_a_limit_reads_the_hosts_that_sign_in_and_no_others() -> None:
    made = built(OFFICE)
    (limit,) = made.account_limits
    assert (limit.allowed, limit.directory) == (("school.example",), DIRECTORY.lower())
    assert {"login.microsoftonline.com", "login.live.com"} <= set(made.steerable)
    assert not any(within("outlook.live.com", name) for name in made.steerable)
    assert "microsoftonline.com" in made.never_inspect
    assert not any(within("login.live.com", name) for name in built("").steerable)


def test_only_engines_that_are_named_are_read() -> None:
    made = built(TERMS)
    assert "www.bing.com" in made.steerable
    assert "duckduckgo.com" not in made.steerable
    assert made.search_terms[0].engines == {"bing"}


def test_what_the_school_will_not_have_read_stays_unread() -> None:
    made = built(TERMS + "never_inspect: bing.com\n")
    assert not any(within("www.bing.com", name) for name in made.steerable)


def test_googles_limit_takes_its_warning_to_be_accepted() -> None:
    google = "account_limits: [{provider: google, allowed: s.example, clause: '6'%s}]\n"
    with pytest.raises(PolicyFileError, match="Chromebooks"):
        built(google % "")
    made = built(google % ", accept_warning: true")
    assert "google.com" in made.steerable
    assert "google.com" not in made.never_inspect
    assert "google.com" in built("").never_inspect


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("account_limits: [{provider: microsoft, allowed: a.example, clause: '6'}]", "directory"),
        ("account_limits: [{provider: microsoft, allowed: a.example, directory: x, clause: '6'}]",
         "directory"),
        ("account_limits: [{provider: apple, allowed: a.example, clause: '6'}]", "microsoft"),
        ("account_limits: [{provider: microsoft, clause: '6'}]", "allowed"),
        ("search_terms: [{who: role:pupil, engines: google, clause: '6'}]", "Chromebooks"),
        ("search_terms: [{who: role:pupil, engines: [bing, altavista], clause: '6'}]",
         "there is no 'altavista'; there are bing"),
        ("search_terms: [{who: role:pupils, clause: '6'}]", "there is no role 'pupils'"),
        ("search_terms: [{who: role:pupil}]", "clause"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_line(line: str, said: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        load(SMALL + line, "p.yaml")
    assert str(caught.value).startswith("p.yaml:3: ")
    assert said in str(caught.value)


def test_they_are_explained_in_plain_english() -> None:
    said = {sentence for _, sentence, _ in prose.explain(load(SMALL + OFFICE + TERMS, "p.yaml"))}
    assert (
        "On devices with the school’s certificate, pupils may sign in to Microsoft accounts of "
        "school.example alone."
    ) in said
    assert "What pupils search for on bing is recorded." in said
