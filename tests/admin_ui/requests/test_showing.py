"""One request: questions and answers, taking back, ending early, its history and its PDF."""

from __future__ import annotations

import pytest

from appliance.accounts.posts import Post
from appliance.store import grants
from appliance.store.audit_tables import AuditRow
from appliance.store.request_tables import RequestRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import (
    FORM,
    LESSON,
    VIDEO,
    ask,
    authorised,
    decide,
    kept,
    open_to,
    printed,
    review,
)


def send(school: School, id_: str, what: str, post: Post, text: str, version: int = 0) -> int:
    """Send one of the small forms of the page; return the status of the answer."""
    name = {"question": "ask"}.get(what, what)
    data = {f"{name}-version": version or kept(school, id_).version, f"{name}-text": text}
    return school.client(post).post(f"/requests/{id_}/{what}", data=data).status_code


def test_a_question_is_asked_and_answered(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    assert send(monday, id_, "question", Post.IT_TECHNICIAN, "Which class is it for?") == 303
    assert kept(monday, id_).state == "question_asked"
    assert review(monday, id_) == 409  # the answer comes first
    page = monday.client(Post.STAFF).get(f"/requests/{id_}").text
    assert "A question was put to you" in page
    assert "Which class is it for?" in page
    assert send(monday, id_, "answer", Post.IT_TECHNICIAN, "3B") == 403
    assert send(monday, id_, "answer", Post.STAFF, "Class 3B") == 303
    assert kept(monday, id_).state == "submitted"
    assert "Class 3B" in monday.client(Post.IT_TECHNICIAN).get(f"/requests/{id_}").text


def test_whoever_asked_takes_it_back(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    assert send(monday, id_, "withdraw", Post.HEADTEACHER, "No") == 403
    assert send(monday, id_, "withdraw", Post.STAFF, "Not needed any more") == 303
    assert kept(monday, id_).state == "withdrawn"
    assert review(monday, id_) in (403, 409)


@pytest.mark.parametrize("post", [Post.STAFF, Post.IT_TECHNICIAN, Post.HEADTEACHER])
def test_what_is_open_is_ended_early_with_a_reason(monday: School, post: Post) -> None:
    request = authorised(monday)
    assert send(monday, request.id, "revoke", post, "") == 400
    assert send(monday, request.id, "revoke", Post.LINE_MANAGER, "Because") == 403
    assert send(monday, request.id, "revoke", post, "The lesson was moved") == 303
    monday.publish()
    assert not open_to(monday, "127.0.10.7", VIDEO, LESSON.replace(minute=50))
    with monday.store.reading() as session:
        (grant,) = grants.list_(session)
        entry = session.query(AuditRow).order_by(AuditRow.number.desc()).first()
    assert grant.revoked_by == post.value
    assert entry is not None
    assert (entry.action, entry.reason) == ("request.revoked", "The lesson was moved")
    assert send(monday, request.id, "revoke", post, "Again") == 409


def test_a_page_that_somebody_else_changed_keeps_what_was_typed(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    assert review(monday, id_) == 303
    data = {"withdraw-version": "1", "withdraw-text": "Typed with care"}
    answer = monday.client(Post.STAFF).post(f"/requests/{id_}/withdraw", data=data)
    assert answer.status_code == 409
    assert "Somebody else changed this request" in answer.text
    assert "Typed with care" in answer.text
    assert 'name="withdraw-version" type="hidden" value="2"' in answer.text


@pytest.mark.parametrize("post", list(Post))
def test_who_reads_the_requests_of_others(monday: School, post: Post) -> None:
    id_ = ask(monday.client(Post.STAFF))
    readers = {Post.STAFF, Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.DSL,
               Post.DEPUTY_DSL, Post.AUDITOR}  # fmt: skip
    client = monday.client(post)
    for path in (f"/requests/{id_}", f"/requests/{id_}/form.pdf"):
        assert client.get(path).status_code == (200 if post in readers else 403)
    assert client.get("/requests/R99").status_code == (403 if post is Post.GOVERNOR else 404)


def test_the_finished_form_as_a_pdf(monday: School) -> None:
    request = authorised(monday, content="Wulkany – Żółć", reasons="<b>Geography</b>")
    answer = monday.client(Post.STAFF).get(f"/requests/{request.id}/form.pdf")
    assert answer.content_type == "application/pdf"
    said = printed(answer.data)
    for part in (
        "Blocked content access request R1", "Requester", "Staff name",
        "Date Monday 23 November 2026",
        "Full URL https://www.youtube.com/watch?v=abc", "Wulkany – Żółć", "<b>Geography</b>",
        FORM["risks"], "Authoriser Approved Yes", "It is needed", "A. Head, signed",
        "as signed", "Grant G1", "Control measures in place Checked",
    ):  # fmt: skip
        assert part in said, part
    with monday.store.reading() as session:
        entry = session.query(AuditRow).order_by(AuditRow.number.desc()).first()
    assert entry is not None
    assert entry.action == "request.printed"


def test_a_form_changed_underneath_no_longer_fits_its_signature(monday: School) -> None:
    request = authorised(monday)
    client = monday.client(Post.HEADTEACHER)
    assert "It fits what is shown here" in client.get(f"/requests/{request.id}").text
    with monday.store.session() as session:
        row = session.get(RequestRow, request.id)
        assert row is not None
        row.reasons = "Something else"
    assert "It does not fit" in client.get(f"/requests/{request.id}").text
    assert "NOT as signed" in printed(client.get(f"/requests/{request.id}/form.pdf").data)


def test_what_people_wrote_is_escaped(monday: School) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    id_ = ask(monday.client(Post.STAFF), content=hostile, reasons=hostile, risks=hostile,
              url="https://x.example/?q=<script>", ref="<i>")  # fmt: skip
    page = monday.client(Post.IT_TECHNICIAN).get(f"/requests/{id_}").text
    assert "<script>alert" not in page
    assert "?q=<script>" not in page
    assert 'href="https://x.example' not in page
    assert "{{7*7}}" in page


def test_whoever_comes_too_late_is_told_so_and_sent_back(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    technician, head = monday.client(Post.IT_TECHNICIAN), monday.client(Post.HEADTEACHER)
    assert technician.get(f"/requests/{id_}/review").status_code == 200
    early = head.get(f"/requests/{id_}/decide")
    assert (early.status_code, "The review comes first." in early.text) == (403, True)
    assert review(monday, id_) == 303
    assert decide(monday, id_) == 303
    for client, page in ((technician, "review"), (head, "decide")):
        back = client.get(f"/requests/{id_}/{page}")
        assert (back.status_code, back.location) == (303, f"/requests/{id_}")
        assert "the request has gone on meanwhile" in client.get(back.location).text
