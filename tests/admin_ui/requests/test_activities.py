"""Curriculum activities: a class, a service or address, one lesson."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from admin_ui.requests.lessons import lessons
from appliance.accounts.posts import Post
from appliance.policy.model import ReportedBlock, Subject, SubjectKind, Target, TargetKind
from appliance.store import grants, reports
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import (
    CLASSROOM,
    LESSON,
    VIDEO,
    decide,
    kept,
    open_to,
    printed,
    review,
)

FORM = {
    "group": "3B", "what": "service", "service": "youtube", "lesson": "now",
    "content": "Films about volcanoes", "reasons": "Geography", "risks": "Adverts",
}  # fmt: skip
LATER = LESSON + timedelta(minutes=20)


def ask(client: FlaskClient, **more: str) -> str:
    """Send an activity; return its id."""
    answer = client.post("/activities/new", data={**FORM, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).rpartition("/")[2]


def test_a_class_has_a_service_in_this_lesson_and_no_longer(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    assert (
        "This lesson: Lesson 1, until 10:30am"
        in monday.client(Post.STAFF).get("/activities/new").text
    )
    assert review(monday, id_) == 303
    assert decide(monday, id_) == 303
    with monday.store.reading() as session:
        (grant,) = [one.grant for one in grants.list_(session)]
    assert grant.subject == Subject(SubjectKind.GROUP, "3B")
    assert grant.target == Target(TargetKind.SERVICE, "youtube")
    assert (grant.clause, grant.when) == ("6.1", frozenset({"lesson"}))
    assert grant.end == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    monday.publish()
    assert open_to(monday, CLASSROOM, "https://www.youtube.com/", LATER)
    assert not open_to(monday, "127.0.10.99", "https://www.youtube.com/", LATER)  # not of the class
    assert not open_to(monday, CLASSROOM, "https://www.facebook.com/", LATER)
    assert not open_to(monday, CLASSROOM, "https://www.youtube.com/", grant.end)


def test_it_is_ended_at_once(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    review(monday, id_)
    decide(monday, id_)
    assert "end it now" in monday.client(Post.STAFF).get("/activities").text
    data = {"revoke-version": kept(monday, id_).version, "revoke-text": "Done early"}
    answer = monday.client(Post.STAFF).post(f"/requests/{id_}/revoke", data=data)
    assert answer.status_code == 303
    monday.publish()
    assert not open_to(monday, CLASSROOM, "https://www.youtube.com/", LATER)


def test_a_later_lesson_opens_at_its_own_bell(monday: School) -> None:
    view = monday.app.extensions["gate"].view()
    every = lessons(Subject(SubjectKind.GROUP, "3B"), view.at, view.snapshot)
    assert [one.name for one in every[:3]] == ["Lesson 1", "Lesson 2", "Lesson 3"]
    id_ = ask(monday.client(Post.STAFF), lesson=every[1].value, what="url", url=VIDEO)
    review(monday, id_)
    decide(monday, id_)
    found = kept(monday, id_)
    assert found.opened is not None
    assert found.opened[0] == datetime(2026, 11, 23, 10, 50, tzinfo=UTC)
    page = monday.client(Post.STAFF).get(f"/requests/{id_}").text
    assert "opens it Monday 23 November, 10:50am" in page
    monday.publish()
    second = datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert not open_to(monday, CLASSROOM, VIDEO, LATER)
    assert open_to(monday, CLASSROOM, VIDEO, second)
    assert not open_to(monday, CLASSROOM, "https://www.youtube.com/", second)
    assert not open_to(monday, CLASSROOM, VIDEO, second + timedelta(days=1))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"group": ""}, "Choose the class or group"), ({"service": "none"}, "Choose the service"),
        ({"lesson": "2026-11-23T10:35:00+00:00"}, "lesson that this class has"),
        ({"lesson": ""}, "lesson that this class has"),
        ({"what": "url", "url": "javascript:x"}, "full web address"),
        ({"what": "everything"}, "Choose the service"), ({"risks": ""}, "what could go wrong"),
    ],
)  # fmt: skip
def test_a_mistake_is_said(monday: School, more: dict[str, str], said: str) -> None:
    data = {**FORM, "service": "", **more} if more.get("what") == "everything" else {**FORM, **more}
    answer = monday.client(Post.STAFF).post("/activities/new", data=data)
    assert answer.status_code == 400
    assert said in answer.text


def test_what_was_reported_is_no_activity(monday: School) -> None:
    with monday.store.session() as session:
        target = Target(TargetKind.SERVICE, "youtube")
        reports.block(session, ReportedBlock(id="", target=target, start=LESSON), author="dsl")
    answer = monday.client(Post.STAFF).post("/activities/new", data=FORM)
    assert answer.status_code == 409
    assert "after a report" in answer.text


def test_by_default_each_waits_for_approval(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    assert kept(monday, id_).state == "submitted"
    with monday.store.reading() as session:
        assert grants.list_(session) == ()


def test_a_standing_agreement_opens_them_and_is_taken_back(monday: School) -> None:
    technician = monday.client(Post.IT_TECHNICIAN)
    words = {"reason": "The headteacher agreed on 2 November"}
    assert monday.client(Post.STAFF).post("/activities/standing", data=words).status_code == 403
    technician.post("/activities/standing", data={"reason": ""})
    assert kept(monday, ask(monday.client(Post.STAFF))).state == "submitted"
    technician.post("/activities/standing", data=words)
    assert "agreed on 2 November" in monday.client(Post.STAFF).get("/activities").text
    opened = kept(monday, ask(monday.client(Post.STAFF)))
    assert (opened.state, opened.decided_by) == ("authorised", "standing agreement")
    assert opened.signature == {}
    assert "NOT as signed" not in printed(
        monday.client(Post.STAFF).get(f"/requests/{opened.id}/form.pdf").data
    )
    monday.publish()
    assert open_to(monday, CLASSROOM, "https://www.youtube.com/", LATER)
    technician.post("/activities/standing", data={"reason": "Taken back"})
    assert kept(monday, ask(monday.client(Post.STAFF))).state == "submitted"
    with monday.store.reading() as session:
        said = session.query(AuditRow).filter(AuditRow.action == "activity.standing_changed").all()
    assert [e.detail["on"] for e in said] == [True, False]
