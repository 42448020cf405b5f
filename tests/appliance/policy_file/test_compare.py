"""Two policy files compared: nothing that differs is left unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy_file import PolicyDocument, load, template_text
from appliance.policy_file.compare import SECTIONS, differences, text_lines, weighty
from appliance.policy_file.edit import with_item, with_value, without
from appliance.policy_file.load import EXAMPLE, TEMPLATES

DUFFIELD = template_text("duffield-meadows")
RULE = {"id": "new", "clause": "7.3", "action": "block", "what": "service:tiktok"}
NAMES = [*TEMPLATES, EXAMPLE]


def told(after: str) -> list[tuple[str, str, str, str]]:
    found = differences(load(DUFFIELD, "a"), load(after, "b"))
    return [(one.kind, one.what, one.before, one.after) for one in found]


def test_every_section_of_a_file_has_words() -> None:
    assert set(SECTIONS) | {"rules", "timetables"} == set(PolicyDocument.model_fields)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (with_item(DUFFIELD, ("rules",), RULE),
         [("added", "Rule new", "", "Nobody may use TikTok at any time. (7.3)")]),
        (without(DUFFIELD, ("rules", 10)),
         [("removed", "Rule unsuitable", "Nobody may use unsuitable content at any time. (7.3)",
           "")]),
        (with_value(DUFFIELD, ("rules", 2, "clause"), "5.9"),
         [("changed", "Rule staff-lesson", "Staff may not use social media in lessons. (5.7)",
           "Staff may not use social media in lessons. (5.9)")]),
        (with_value(DUFFIELD, ("rules", 2, "text"), "Own words"),
         [("changed", "Rule staff-lesson", "Staff may not use social media in lessons. (5.7)",
           "Staff may not use social media in lessons. (5.7) (changed: text)")]),
        (with_value(DUFFIELD, ("policy", "next_review"), "2027-10-01"),
         [("changed", "Name, review and school of the policy: next review", "2027-09-01",
           "2027-10-01")]),
        (with_value(DUFFIELD, ("circumvention", "roles"), ["pupil", "staff"]),
         [("changed", "Ways round the filter: roles", "pupil, staff, visitor", "pupil, staff")]),
        (DUFFIELD + "\n# a comment\n", []),
    ],
)  # fmt: skip
def test_a_difference_is_a_sentence(after: str, said: list[tuple[str, str, str, str]]) -> None:
    assert told(after) == said


def test_bells_are_told_period_by_period() -> None:
    own = with_value(
        DUFFIELD, ("timetables", "default", "periods"),
        [{"name": "All day", "kind": "lesson", "start": "09:00", "end": "15:00", "days": "monday"}],
    )  # fmt: skip
    (kind, what, before, after), = told(own)  # fmt: skip
    assert (kind, what) == ("changed", "Timetable default")
    assert "Break (break) 10:30 to 10:50" in before
    assert after == "All day (lesson) 09:00 to 15:00 on Mondays"


@pytest.mark.parametrize("one", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_something_is_told_just_where_something_differs(one: str, other: str) -> None:
    a, b = load(template_text(one), "a"), load(template_text(other), "b")
    assert bool(differences(a, b)) is (a != b)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([
    ("school", "ask"), ("monitoring", "notice"), ("requests", "due_hours"), ("policy", "name"),
    ("sanctuary", "domains"), ("never_inspect",), ("local_domains",), ("unclassified_social",),
    ("never_block",),
]), st.integers(1, 99))  # fmt: skip
def test_whatever_field_changes_is_told(path: tuple[str, ...], number: int) -> None:
    values: dict[str, Any] = {"due_hours": str(number), "domains": f"h{number}.example",
                              "never_inspect": [f"h{number}.example"],
                              "never_block": [f"h{number}.example"],
                              "local_domains": [f"h{number}.example"],
                              "unclassified_social": {"action": "allow"}}  # fmt: skip
    after = with_value(DUFFIELD, path, values.get(path[-1], f"text {number}"))
    found = differences(load(DUFFIELD, "a"), load(after, "b"))
    assert [one.section for one in found] == [path[0]] * len(found)
    assert found


@pytest.mark.parametrize(
    ("path", "value", "heavy"),
    [(("sanctuary", "domains"), "a.example", True), (("never_block",), "a.example", True),
     (("policy", "name"), "X", False),
     (("circumvention", "answered_only"), "pupil", False),
     (("monitoring", "notice"), "X", True), (("school", "ask"), "X", False)],
)  # fmt: skip
def test_what_no_preview_of_rules_tells_is_weighty(path: Any, value: str, heavy: bool) -> None:
    after = with_value(DUFFIELD, path, value)
    assert weighty(differences(load(DUFFIELD, "a"), load(after, "b"))) is heavy


@pytest.mark.parametrize(
    ("before", "after", "heavy"),
    [(["pupil", "staff"], ["pupil"], True), (["pupil"], ["pupil", "staff"], False),
     (["pupil"], [], True)],
)  # fmt: skip
def test_who_is_no_longer_held_to_answers_is_weighty(
    before: list[str], after: list[str], heavy: bool
) -> None:
    path = ("circumvention", "answered_only")
    old, new = (load(with_value(DUFFIELD, path, one), "a") for one in (before, after))
    assert weighty(differences(old, new)) is heavy


def test_lines_that_differ_are_shown_with_a_sign() -> None:
    lines = text_lines(DUFFIELD, DUFFIELD.replace("ask: your teacher", "ask: the office"))
    assert "-  ask: your teacher" in lines
    assert "+  ask: the office" in lines
    assert len(lines) < 10
