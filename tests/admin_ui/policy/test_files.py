"""The policy as a file: as text, brought in, taken out, begun anew."""

from __future__ import annotations

import pytest

from appliance import policy_file
from appliance.accounts.posts import Post
from appliance.policy_file.reading import MAX_CHARACTERS
from tests.admin_ui.conftest import School
from tests.admin_ui.policy.test_previewing import actions, begin, current, main_of
from tests.admin_ui.uploads import upload

DUFFIELD = policy_file.template_text("duffield-meadows")


def test_the_text_is_edited_and_previewed(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    assert (
        "Duffield Meadows Primary School: the reference policy" in client.get("/policy/text").text
    )
    changed = DUFFIELD.replace("ask: your teacher", "ask: the office").replace("\n", "\r\n")
    place = begin(client, "/policy/text", {"text": changed})
    said = main_of(client.get(place))
    assert "Nothing opens or closes for anybody" in said
    assert "What block pages say: ask" in said
    client.post(place, data={"reason": "The office knows"})
    assert current(school)[3] == DUFFIELD.replace("ask: your teacher", "ask: the office")


def test_mistakes_of_the_text_are_told_with_their_lines(school: School) -> None:
    bad = DUFFIELD.replace("action: block", "action: blokc", 1)
    answer = school.client(Post.IT_TECHNICIAN).post("/policy/text", data={"text": bad})
    assert answer.status_code == 422
    line = bad.splitlines().index("    action: blokc") + 1
    assert f"Line {line}" in main_of(answer)
    assert "blokc" in answer.text
    assert current(school)[0] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not empty"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"a: [", "Line"),
        (b"x" * (4 * MAX_CHARACTERS + 5), "longer than"),
        (("y" * (MAX_CHARACTERS + 1)).encode(), "characters"),
        (b"<script>alert(1)</script>", "Line 1"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(school: School, data: bytes, said: str) -> None:
    answer = upload(school.client(Post.IT_TECHNICIAN), "/policy/import", data, "p.yaml")
    assert answer.status_code == 422
    assert said in main_of(answer)
    assert "<script>alert" not in answer.text
    assert current(school)[0] == 1


def test_an_upload_has_a_limit_and_a_form_a_smaller_one(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    assert upload(client, "/policy/import", b"x" * (6 << 20)).status_code == 413
    assert client.post("/policy/text", data={"text": "x" * (2 << 20)}).status_code == 413


def test_a_file_goes_out_and_comes_back(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    out = client.get("/policy/policy.yaml")
    assert out.text == DUFFIELD
    assert out.headers["Content-Disposition"] == 'attachment; filename="policy-1.yaml"'
    assert actions(school)[-1] == "policy.exported"
    sent = upload(client, "/policy/import", out.data, "../../etc/p.yaml")
    back = client.get(sent.location)
    assert "Nothing was changed" in main_of(back)


@pytest.mark.parametrize("name", policy_file.TEMPLATES[1:])
def test_another_template_is_shown_before_it_is_in_force(school: School, name: str) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    assert policy_file.template(name).policy.school in main_of(client.get("/policy/templates"))
    place = begin(client, "/policy/templates", {"template": name})
    assert current(school)[0] == 1
    said = main_of(client.get(place))
    assert "Parents and visitors" in said
    assert "Name, review and school of the policy: school" in said


def test_an_unknown_template_is_refused(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    for name in ("example", "../x", ""):
        assert client.post("/policy/templates", data={"template": name}).status_code == 400


def test_details_beside_the_rules_are_changed_alone(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    fields = {"name": "Social Media Policy", "school": "Duffield Meadows Primary School",
              "next_review": "2027-10-01", "review_by": "the designated safeguarding leads",
              "ask": "your teacher", "contact": "", "unclassified": "follow",
              "notice": policy_file.template("duffield-meadows").monitoring.notice,
              "around": ["pupil", "staff", "visitor"]}  # fmt: skip
    place = begin(client, "/policy/details", fields)
    client.post(place, data={"reason": "New date"})
    assert current(school)[3] == DUFFIELD.replace("next_review: 2027-09-01",
                                                  "next_review: 2027-10-01")  # fmt: skip
    for field, value in (("next_review", "soon"), ("name", ""), ("contact", "x"), ("ask", "")):
        answer = client.post("/policy/details", data={**fields, field: value})
        assert answer.status_code in (303, 422)
        if field != "contact":
            assert answer.status_code == 422


def test_who_reaches_only_what_was_answered_is_chosen_on_the_page(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    page = client.get("/policy/details").get_data(as_text=True)
    assert "Who reaches only addresses that the school’s own name service gave them?" in page
    held = policy_file.template("duffield-meadows")
    fields = {"name": held.policy.name, "school": held.policy.school,
              "next_review": "2027-09-01", "review_by": held.policy.review_by,
              "ask": held.school.ask, "contact": held.school.contact or "",
              "unclassified": held.unclassified_social.action, "notice": held.monitoring.notice,
              "around": ["pupil", "staff", "visitor"], "answered": ["pupil"]}  # fmt: skip
    place = begin(client, "/policy/details", fields)
    client.post(place, data={"reason": "Close ways round"})
    around = policy_file.load(current(school)[3], "p").circumvention
    assert around is not None
    assert (around.roles, around.answered_only) == (("pupil", "staff", "visitor"), ("pupil",))
