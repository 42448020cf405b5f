"""Versions: who, when, why; compared; put back. The register, and the review."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance import clock, policy_file
from appliance.accounts.posts import Post
from appliance.store import policies
from tests.admin_ui.conftest import School
from tests.admin_ui.policy.test_previewing import (
    STAFF_BREAK,
    actions,
    begin,
    current,
    main_of,
)

DUFFIELD = policy_file.template_text("duffield-meadows")


def strict(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    place = begin(client, "/policy/rules/staff-break", {**STAFF_BREAK, "when": ["break"]})
    client.post(place, data={"reason": "Lunch is for lunch"})


def test_versions_say_who_when_and_why_and_compare(school: School) -> None:
    strict(school)
    reader = school.client(Post.GOVERNOR)
    said = main_of(reader.get("/policy/versions"))
    assert "Lunch is for lunch" in said
    assert "Version 2" in said
    for query in ("a=1&b=2", "a=2&b=1"):
        said = main_of(reader.get(f"/policy/compare?{query}"))
        assert said.index("Staff may use social media") < said.index("- when: [break")
        assert "+ when: break" in said
    assert "What differs from version 1" in main_of(reader.get("/policy/versions/2"))
    assert reader.get("/policy/compare?a=1&b=9").status_code == 404
    assert reader.get("/policy/compare?a=x").status_code == 303


def test_an_earlier_version_comes_back_with_preview_and_reason(school: School) -> None:
    strict(school)
    client = school.client(Post.IT_TECHNICIAN)
    place = begin(client, "/policy/versions/1/restore", {})
    assert "opens before school, at lunch and after school" in main_of(client.get(place))
    client.post(place, data={"reason": "The staff asked"})
    assert current(school)[0] == 3
    assert current(school)[3] == DUFFIELD
    assert client.get("/policy/versions/1.yaml").text == DUFFIELD


def test_the_register_tells_for_each_rule_what_it_was_last_changed_for(school: School) -> None:
    strict(school)
    said = main_of(school.client(Post.SLT).get("/policy/register"))
    rules = policy_file.template("duffield-meadows").rules
    assert said.count("(version 1)") == len(rules) - 1
    assert said.count("(version 2)") == 1
    assert "Lunch is for lunch" in said
    assert "1 September 2027" in said


def test_a_review_is_recorded_and_the_next_date_kept(school: School) -> None:
    head = school.client(Post.HEADTEACHER)
    today = clock.real().date()
    soon = today + timedelta(days=200)
    fields = {"day": today.isoformat(), "took_part": "Head, DSL, IT, governor",
              "results": "All is well", "actions": "None",
              "next_review": soon.isoformat()}  # fmt: skip
    answer = head.post("/policy/review", data=fields)
    assert answer.status_code == 303
    assert policy_file.load(current(school)[3], "t").policy.next_review == soon
    assert "policy.reviewed" in actions(school)
    said = main_of(head.get("/policy/review"))
    assert "All is well" in said
    assert "Nothing of it changed since" in said
    strict(school)
    assert "Lunch is for lunch" in main_of(head.get("/policy/review"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"took_part": ""}, "who took part"),
        ({"results": ""}, "what was found"),
        ({"next_review": "1 May"}, "Enter a date"),
        ({"next_review": "2020-01-01"}, "later than this one"),
        ({"next_review": "2099-01-01"}, "within a year"),
        ({"day": "2090-01-01"}, "must have been held"),
    ],
)
def test_a_review_that_cannot_be_is_refused(
    school: School, fields: dict[str, str], said: str
) -> None:
    good = {"day": "2026-11-01", "took_part": "Head", "results": "Well", "actions": "",
            "next_review": "2027-09-01"}  # fmt: skip
    answer = school.client(Post.DSL).post("/policy/review", data={**good, **fields})
    assert answer.status_code == 422
    assert said in main_of(answer)


def test_an_overdue_review_is_said(school: School) -> None:
    with school.store.session() as session:
        late = DUFFIELD.replace("next_review: 2027-09-01", "next_review: 2020-09-01")
        policies.set_policy(session, late, "t", "a", "b", clock.real())
    for path in ("/policy", "/policy/review"):
        assert "due" in main_of(school.client(Post.IT_TECHNICIAN).get(path))
    assert "overdue" in main_of(school.client(Post.DSL).get("/policy/review"))


def test_readers_see_the_rules_and_no_way_to_change_them(school: School) -> None:
    for post in (Post.STAFF, Post.GOVERNOR, Post.DSL):
        client = school.client(post)
        for path in ("/policy", "/policy/rules"):
            page = client.get(path)
            assert page.status_code == 200
            assert "/policy/new-rule" not in page.text
            assert "/policy/change" not in page.text
        assert client.get("/policy/text").status_code == 403
        assert client.post("/policy/rules/pupil/remove").status_code == 403
