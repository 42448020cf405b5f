"""One value changes; every other line, and every comment, stays."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import policy_file
from appliance.policy_file import written
from appliance.policy_file.edit import EditError, with_item, with_value, without
from appliance.policy_file.load import EXAMPLE, TEMPLATES, template_text
from appliance.policy_file.reading import read

TEXTS = {name: template_text(name) for name in (*TEMPLATES, EXAMPLE)}
LINES = "\r\n".join(TEXTS["duffield-meadows"].split("\n"))
WORDS = st.text(min_size=1, max_size=40)
RULE = {"id": "new-one", "clause": "7.3", "action": "block", "what": "service:tiktok"}

COMMENTED = """\
policy: {id: a, name: A, short: A, school: S} # which
rules:
- id: one   # the first
  when:   # not always
  # above break
  - break # short
  - lunch
  clause: "1"

# between
- {id: two, what: [a, # odd
   b], who: c}
# at the end
"""


def said(text: str) -> Any:
    return read(text, "t").value


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"#[^\n\r]*", text))


def the_rest(text: str, other: str) -> set[str]:
    return set(text.splitlines()) - set(other.splitlines())


@given(st.recursive(
    st.none() | WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        WORDS, inner, max_size=3), max_leaves=8,
))  # fmt: skip
def test_what_is_written_is_read_back(value: Any) -> None:
    assert said("a: " + written.flow(value))["a"] == value
    assert said("a: [" + written.flow(value) + "]")["a"] == [value]
    assert said("a:\n" + written.entry({"b": value}, 2, "\n"))["a"] == [{"b": value}]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_any_field_of_any_rule_changes_alone(name: str, data: st.DataObject) -> None:
    text = TEXTS[name]
    tree = said(text)
    place = data.draw(st.integers(0, len(tree["rules"]) - 1))
    key = data.draw(st.sampled_from(["who", "when", "permission", "text", "clause", "what"]))
    value = data.draw(WORDS | st.lists(WORDS, min_size=1, max_size=3))
    changed = with_value(text, ("rules", place, key), value)
    meant = copy.deepcopy(tree)
    meant["rules"][place][key] = value
    assert said(changed) == meant
    assert not set(comments(text)) - set(comments(changed))
    assert len(the_rest(text, changed)) <= 4
    assert with_value(changed, ("rules", place, key), value) == changed


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([*sorted(TEXTS), "windows"]), st.data())
def test_rules_are_added_and_removed_and_the_rest_stays(name: str, data: st.DataObject) -> None:
    text = LINES if name == "windows" else TEXTS[name]
    added = with_item(text, ("rules",), RULE)
    assert said(added)["rules"] == [*said(text)["rules"], RULE]
    assert the_rest(text, added) == set()
    assert ("\r\n" in added) == (name == "windows")
    gone = without(added, ("rules", len(said(text)["rules"])))
    assert said(gone) == said(text)
    place = data.draw(st.integers(0, len(said(text)["rules"]) - 1))
    fewer = without(text, ("rules", place))
    assert [r["id"] for r in said(fewer)["rules"]] == [
        r["id"] for i, r in enumerate(said(text)["rules"]) if i != place
    ]
    whole_lines = [c for c in comments(text) if f"\n{c}" in text or f"\n  {c}" in text]
    assert set(whole_lines) <= set(comments(fewer))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_all_rules_can_go_and_one_can_come_back(name: str) -> None:
    text = TEXTS[name]
    while said(text).get("rules"):
        text = without(text, ("rules", 0))
    text = with_item(text, ("rules",), RULE)
    assert said(text)["rules"] == [RULE]


def test_a_section_is_made_where_there_is_none() -> None:
    periods = [{"name": "All day", "kind": "lesson", "start": "09:00", "end": "15:00"}]
    text = with_value(TEXTS["duffield-meadows"], ("timetables", "default", "periods"), periods)
    assert said(text)["timetables"] == {"default": {"periods": periods}}
    assert "  default:\n    periods:\n      - name: All day\n        kind: lesson\n" in text
    policy_file.load(text, "t")
    again = with_value(text, ("timetables", "default", "periods"), [*periods, periods[0]])
    assert len(said(again)["timetables"]["default"]["periods"]) == 2


def test_comments_in_what_is_replaced_move_above_it() -> None:
    changed = with_value(COMMENTED, ("rules", 0, "when"), ["lesson"])
    assert comments(changed) == comments(COMMENTED)
    assert said(changed)["rules"][0]["when"] == ["lesson"]
    changed = with_value(COMMENTED, ("rules", 1, "what"), "x")
    assert comments(changed) == comments(COMMENTED)
    assert said(changed)["rules"][1] == {"id": "two", "what": "x", "who": "c"}


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("policy", "name"), "B", "policy: {id: a, name: B, short: A, school: S} # which"),
        (("policy", "next_review"), "2027-09-01",
         "policy: {id: a, name: A, short: A, school: S, next_review: 2027-09-01} # which"),
        (("rules", 0, "id"), "no: body", '- id: "no: body"   # the first'),
        (("rules", 0, "grants"), "never", "  grants: never"),
        (("rules", 1, "who"), ["c", "null"], '   b], who: [c, "null"]}'),
        (("school", "ask"), "your teacher", "  ask: your teacher"),
    ],
)  # fmt: skip
def test_a_change_looks_like_its_surroundings(path: Any, value: Any, line: str) -> None:
    changed = with_value(COMMENTED, path, value)
    assert line in changed.splitlines()
    assert comments(changed) == comments(COMMENTED)


@pytest.mark.parametrize(
    ("path", "gone"),
    [(("rules", 1), "two"), (("rules", 0, "when"), "break"), (("rules", 1, "who"), "who"),
     (("rules", 1, "what", 0), "[a"), (("rules", 1, "what", 1), "b]"),
     (("policy", "short"), "short: A")],
)  # fmt: skip
def test_taking_out_leaves_the_rest(path: Any, gone: str) -> None:
    changed = without(COMMENTED, path)
    assert gone not in changed
    assert said(changed) != said(COMMENTED)


def test_taking_out_what_is_not_there_changes_nothing() -> None:
    assert without(COMMENTED, ("rules", 7)) == COMMENTED
    assert without(COMMENTED, ("policy", "nothing")) == COMMENTED


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: [", ("a",)),
        ("- a", (0, "b")),
        ("a: &x 1\nb: *x", ("a",)),
        ("a: b", ("a", "c")),
        ("rules: [1]", ("rules", 5)),
        ("? a\n: - 1\n", ("a", 0, "b")),
    ],
)
def test_what_is_not_seen_through_is_refused(text: str, path: Any) -> None:
    with pytest.raises(EditError):
        with_value(text, path, "z")


YAML = st.text(alphabet="ab:-#[]{},\"'|> \n?~", max_size=40)


@settings(max_examples=300, deadline=None)
@given(YAML, st.sampled_from([("a",), ("b",), ("a", "b"), ("a", 0), ("a", 0, "b")]), WORDS)
def test_whatever_the_text_it_is_right_or_refused(text: str, path: Any, value: str) -> None:
    for change in (lambda: with_value(text, path, value), lambda: with_item(text, path, value),
                   lambda: without(text, path)):  # fmt: skip
        try:
            changed = change()
        except EditError:
            continue
        read(changed, "t")
