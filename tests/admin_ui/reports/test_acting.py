"""The second half of appendix B: action, name, date and signature, once, by who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.accounts.posts import Post
from appliance.store import content_reports
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ILLEGAL, SECRET

HandIn = Callable[..., str]
OFFICERS = {Post.DSL, Post.DEPUTY_DSL, Post.E_SAFETY_OFFICER}
ACTION = {"action_taken": "Site blocked, parents told", "officer_name": "E. Officer", "signed": "y"}


@pytest.mark.parametrize("post", Post)
def test_who_records_the_action(school: School, hand_in: HandIn, post: Post) -> None:
    id_ = hand_in(post)
    client = school.client(post)
    answer = client.post(f"/reports/{id_}/action", data=ACTION)
    assert answer.status_code == (303 if post in OFFICERS else 403)
    with school.store.reading() as session:
        report = content_reports.get(session, id_)
        assert report is not None
    assert (report.state == "done") is (post in OFFICERS)


def test_the_action_is_signed_and_not_changed_afterwards(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.DSL)
    client.post(f"/reports/{id_}/action", data=ACTION)
    page = client.get(f"/reports/{id_}").text
    for word in ("Site blocked, parents told", "E. Officer", "Signed in as dsl", "second factor"):
        assert word in page
    assert "Record the action" not in page
    assert client.get(f"/reports/{id_}/action").status_code == 303
    with school.store.reading() as session:
        report = content_reports.get(session, id_)
        assert report is not None
        assert report.version == 2
        assert len(report.signature["digest"]) == 64
        rows = session.query(AuditRow).filter(AuditRow.action == "report.acted").all()
    assert [(row.actor, row.subject) for row in rows] == [("dsl", id_)]


def test_who_comes_second_is_told_and_loses_nothing(school: School, hand_in: HandIn) -> None:
    id_ = hand_in()
    school.client(Post.DSL).post(f"/reports/{id_}/action", data=ACTION)
    late = {**ACTION, "action_taken": "I rang the parents as well"}
    answer = school.client(Post.E_SAFETY_OFFICER).post(f"/reports/{id_}/action", data=late)
    assert answer.status_code == 409
    assert "Somebody else signed this report meanwhile" in answer.text
    assert "I rang the parents as well" in answer.text
    with school.store.reading() as session:
        report = content_reports.get(session, id_)
        assert report is not None
        assert report.action_taken == "Site blocked, parents told"


def test_without_a_fresh_sign_in_nothing_is_signed(school: School, hand_in: HandIn) -> None:
    id_ = hand_in()
    client = school.client(Post.DSL, proved=False)
    asked = client.get(f"/reports/{id_}/action")
    assert asked.status_code == 303
    assert "/second-factor" in asked.location
    answer = client.post(f"/reports/{id_}/action", data=ACTION)
    assert answer.status_code == 403
    assert "Site blocked, parents told" in answer.text
    assert "Sign in again" in answer.text
    with school.store.reading() as session:
        report = content_reports.get(session, id_)
        assert report is not None
        assert report.state == "submitted"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("action_taken", "  ", "Say what was done"),
        ("action_taken", "data:image/png;base64,AA", "picture or a file"),
        ("officer_name", "", "Enter your name"),
        ("signed", "", "Tick the box to sign"),
    ],
)
def test_each_part_is_asked_for(
    school: School, hand_in: HandIn, field: str, value: str, said: str
) -> None:
    id_ = hand_in()
    data = {**ACTION, field: value}
    if not value:
        del data[field]
    answer = school.client(Post.DSL).post(f"/reports/{id_}/action", data=data)
    assert answer.status_code == 422
    assert said in answer.text


def test_no_address_gets_into_the_action_of_a_sealed_report(
    school: School, hand_in: HandIn
) -> None:
    id_ = hand_in(form=ILLEGAL)
    told = {**ACTION, "action_taken": f"reported {SECRET}"}
    answer = school.client(Post.DSL).post(f"/reports/{id_}/action", data=told)
    assert answer.status_code == 422
    assert "Take the address out" in answer.text


def test_a_report_that_is_not_there(school: School) -> None:
    client = school.client(Post.DSL)
    for path in ("/reports/C9", "/reports/C9/action", "/reports/C9/block", "/reports/C9/reveal",
                 "/reports/%00", "/reports/C1%2F..", "/reports/C9/report.pdf"):  # fmt: skip
        assert client.get(path).status_code == 404, path
