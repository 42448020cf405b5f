"""The form of a rule: what it writes, what it refuses, what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.accounts.posts import Post
from appliance.policy_file import template, template_text
from appliance.store import policy_drafts
from tests.admin_ui.conftest import School
from tests.admin_ui.policy.test_previewing import PUPIL_BREAK, STAFF_BREAK, begin, main_of

TYPED = st.text(max_size=30) | st.lists(st.text(max_size=9), max_size=3)
SHARED = [HealthCheck.function_scoped_fixture]
RULES = template("duffield-meadows").rules


def draft_text(school: School) -> str:
    with school.store.reading() as session:
        found = [policy_drafts.find(session, number) for number in range(1, 50)]
        return next(d.text for d in reversed(found) if d is not None)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_form_sent_back_as_it_came_changes_nothing(school: School, rule: Any) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    page = client.get(f"/policy/rules/{rule.id}")
    assert page.status_code == 200
    fields = {"id": rule.id, "clause": rule.clause, "action": rule.action.value,
              "who": list(rule.who), "what": list(rule.what), "when": list(rule.when),
              "ownership": rule.ownership.value if rule.ownership else "",
              "permission": rule.permission or "", "grants": rule.grants,
              "monitor": "true"}  # fmt: skip
    answer = client.post(f"/policy/rules/{rule.id}", data=fields, follow_redirects=True)
    assert "Nothing was changed" in main_of(answer)


def test_sites_and_pages_are_written_as_the_file_has_them(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    sites = "games.example\nhttps://www.games.example/\nexample.com/a/b\n\n"
    begin(
        client, "/policy/new-rule", {**PUPIL_BREAK, "action": "block", "what": [], "sites": sites}
    )
    added = draft_text(school).rpartition("- id: pupil-break")[2]
    line = 'what: ["host:games.example", "host:www.games.example", "url:example.com/a/b"]'
    assert line.replace('"', "") in added.replace('"', "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "Not An Id"}, "small letters, digits and dashes"),
        ({"id": "pupil"}, "is also"),
        ({"who": []}, "Choose at least one"),
        ({"what": [], "sites": ""}, "speaks of nothing"),
        ({"sites": "com"}, "top-level"),
        ({"sites": "a b.example"}, "line"),
        ({"clause": "99.9"}, "there is no clause"),
        ({"clause": ""}, "Name the clause"),
        ({"action": ""}, "Choose block or allow"),
        ({"action": "open"}, "Not a valid choice"),
        ({"permission": "none-such"}, "Not a valid choice"),
        ({"when": ["noon"]}, "not a valid choice"),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    school: School, fields: dict[str, Any], said: str
) -> None:
    answer = school.client(Post.IT_TECHNICIAN).post(
        "/policy/new-rule", data={**PUPIL_BREAK, **fields}
    )
    assert answer.status_code == 422
    assert said in main_of(answer)
    assert "There is a problem" in main_of(answer)


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
@given(st.dictionaries(st.sampled_from([*PUPIL_BREAK, "sites", "text"]), TYPED))
def test_whatever_is_typed_the_form_answers(school: School, typed: dict[str, Any]) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    for path in ("/policy/new-rule", "/policy/rules/staff-break"):
        answer = client.post(path, data={**STAFF_BREAK, **typed})
        assert answer.status_code in (303, 422)
        assert "<script>" not in answer.text


def test_a_rule_that_is_not_there_is_not_changed(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    assert client.get("/policy/rules/none").status_code == 404
    assert client.post("/policy/rules/none/remove").status_code == 404


def test_the_form_is_filled_from_a_cell_of_the_table(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    page = client.get("/policy/change", query_string={"role": "pupil", "what": "service:tiktok"})
    assert "Blocked always (6.1, 6.8)." in page.text
    assert "Pupils may not use social media" in page.text
    query = {"role": "pupil", "what": ["service:tiktok", "host:a.example"], "action": "allow"}
    form = client.get("/policy/new-rule", query_string=query)
    assert 'value="role:pupil" checked' in form.text
    assert 'value="service:tiktok" checked' in form.text
    assert "a.example" in form.text


@pytest.mark.parametrize("query", ["role=none", "role=pupil&what=x", "url=http://[", "what=host:..",
                                   "role=staff&url=javascript:alert(1)", ""])  # fmt: skip
def test_what_cannot_be_asked_about_is_left_out(school: School, query: str) -> None:
    answer = school.client(Post.IT_TECHNICIAN).get(f"/policy/change?{query}")
    assert answer.status_code in (200, 404)
    assert "javascript:" not in answer.text


def test_a_rule_with_words_of_its_own_keeps_or_changes_them(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    begin(
        client, "/policy/rules/staff-break", {**STAFF_BREAK, "when": ["break"], "text": "At break"}
    )
    assert "text: At break" in draft_text(school)
    assert template_text("duffield-meadows") != draft_text(school)
