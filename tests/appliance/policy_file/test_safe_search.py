"""The section ``safe_search`` of a policy file: read, refused, told in English, built."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from appliance.policy.safe_search import SafeLevel, SafeSearchRule
from appliance.policy_file import PolicyFileError, advice, build, load, prose
from appliance.policy_file.compare import differences, weighty
from tests.builders import subject

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School, next_review: 2099-01-01}
roles:
  staff: {name: Member of staff, plural: staff, rank: 1}
  pupil: {name: Pupil, plural: pupils, rank: 5}
  visitor: {name: Visitor, plural: visitors, rank: 9}
groups: {3B: {name: Class 3B}}
"""
LOCKED = "; no permission can take it off."


def told(text: str) -> list[tuple[str, str]]:
    """Return clause and sentence of everything said about searching."""
    return [(c, s) for c, s, id_ in prose.explain(load(text, "p.yaml")) if id_ == "safe-search"]


def section(*lines: str) -> str:
    """Return the little policy with lines on safe search."""
    return SMALL + "safe_search:\n" + "".join(f"  - {line}\n" for line in lines)


def test_a_policy_that_says_nothing_says_what_holds() -> None:
    assert told(SMALL) == [("", f"Pupils and visitors search with strict safe search{LOCKED}")]
    alone = SMALL.replace("  staff: {name: Member of staff, plural: staff, rank: 1}\n", "")
    assert told(alone)[0][1].startswith("Visitors search")
    one = alone.replace("  visitor: {name: Visitor, plural: visitors, rank: 9}\n", "")
    assert told(one)[0][1].startswith("Pupils search")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{who: role:pupil, level: strict, clause: '1'}",
         f"Pupils search with strict safe search at any time{LOCKED}"),
        ("{who: [role:pupil, role:visitor], level: moderate, engines: youtube, clause: '1'}",
         f"Pupils and visitors search with moderate safe search on YouTube at any time{LOCKED}"),
        ("{level: strict, when: [lesson, break], clause: '1'}",
         f"Everyone searches with strict safe search in lessons and at break{LOCKED}"),
        ("{who: group:3B, level: strict, engines: [bing, google], clause: '1'}",
         f"Class 3B search with strict safe search on Bing and Google at any time{LOCKED}"),
        ("{who: role:staff, level: off, when: lunch, clause: '1'}",
         "Safe search is not locked for staff at lunch."),
    ],
)  # fmt: skip
def test_a_line_in_english(line: str, said: str) -> None:
    assert told(section(line))[0] == ("1", said)


def test_what_no_line_says_is_said_after_them() -> None:
    lines = told(section("{who: role:pupil, level: moderate, when: break, clause: '1'}",
                         "{who: role:visitor, level: strict, clause: '1'}"))  # fmt: skip
    rest = "Pupils search with strict safe search unless a line above says otherwise"
    assert lines[-1] == ("", rest + LOCKED)
    assert len(told(section("{level: strict, clause: '1'}"))) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{who: role:pupils, level: strict, clause: '1'}",
         "safe_search[0].who: there is no role 'pupils'; did you mean 'pupil'?"),
        ("{level: strict, engines: [goggle], clause: '1'}",
         "safe_search[0].engines[0]: there is no engine 'goggle'; did you mean 'google'?"),
        ("{level: strict, when: lessons, clause: '1'}",
         "safe_search[0].when: there is no period 'lessons'; did you mean 'lesson'?"),
        ("{who: [role:pupil, group:3B], level: off, clause: '1'}",
         "safe_search[0].who[1]: safe search is set for a role: group:3B may search more "
         "strictly, never less"),
        ("{level: strict}", "safe_search[0].clause: "),
        ("{clause: '1'}", "safe_search[0].level: "),
        ("{level: lax, clause: '1'}", "safe_search[0].level: "),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(line: str, said: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        load(section(line), "p.yaml")
    (mistake,) = map(str, caught.value.mistakes)
    assert mistake.startswith(f"p.yaml:8: {said}")


def test_a_clause_of_a_list_has_to_be_there() -> None:
    with pytest.raises(PolicyFileError, match="there is no clause '2'; there are: 1"):
        load(section("{level: strict, clause: '2'}") + "clauses: {'1': {text: One}}\n", "p.yaml")


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        (("{who: role:staff, level: off, clause: '1'}",), None),
        (("{who: role:pupil, level: off, clause: '1'}",), "pupils"),
        (("{level: off, when: lunch, clause: '1'}",), "pupils and visitors"),
        (("{who: role:pupil, level: strict, clause: '1'}", "{level: off, clause: '1'}"),
         "visitors"),
        (("{who: role:pupil, level: strict, when: lesson, clause: '1'}",
          "{who: role:pupil, level: off, clause: '1'}"), "pupils"),
        (("{level: moderate, clause: '1'}", "{level: off, clause: '1'}"), None),
    ],
)  # fmt: skip
def test_children_without_a_lock_are_worth_a_word(lines: tuple[str, ...], who: str | None) -> None:
    said = advice.warnings(load(section(*lines), "p.yaml"), date(2026, 11, 23))
    words = f"Safe search may be off for {who}; schools are asked to lock it for all children."
    assert said == ((words,) if who else ())


def test_lines_become_rules_in_their_order() -> None:
    text = section("{who: [role:pupil, group:3B], level: moderate, engines: youtube, "
                   "when: [break], clause: '1'}", "{level: strict, clause: '2'}")  # fmt: skip
    built = build.contents(load(text, "p.yaml"), version=1, built_at=datetime.now(UTC))
    assert built.safe_search == (
        SafeSearchRule(
            level=SafeLevel.MODERATE, clause="1", who=(subject("role:pupil"), subject("group:3B")),
            engines=frozenset({"youtube"}), when=frozenset({"break"}),
        ),
        SafeSearchRule(level=SafeLevel.STRICT, clause="2"),
    )  # fmt: skip
    assert len(built.safe_names) == 260


def test_a_change_of_it_waits_for_the_headteacher() -> None:
    before = load(section("{who: role:pupil, level: strict, clause: '1'}"), "p.yaml")
    after = load(section("{who: role:pupil, level: moderate, clause: '1'}"), "p.yaml")
    found = differences(before, after)
    assert [one.section for one in found] == ["safe_search"]
    assert weighty(found)
