"""Supervised sessions: opened by whoever sits there, ended by the bell or the button."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.accounts.posts import Post
from appliance.policy.subjects import Device, Person
from appliance.store import devices, people
from appliance.store.account_tables import AccountRow
from tests.admin_ui.conftest import School
from tests.admin_ui.sanctions.conftest import (
    CLASSROOM,
    LESSON,
    TABLET,
    at_time,
    ban,
    reason_at,
    sessions,
    told,
)

BELL = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)  # Lesson 1 ends
TABLET_ALONE = {"who": "device:tablet", "beside": "yes"}
ALL_OF_PIP = {"who": "person:pip", "beside": "yes"}


def begin(school: School, id_: str, post: Post = Post.STAFF, **data: str) -> int:
    web = school.client(post)
    status = web.post(f"/sanctions/id/{id_}/supervise", data=data or TABLET_ALONE).status_code
    school.publish()
    return status


def test_the_ordinary_policy_holds_until_the_bell(monday: School) -> None:
    id_ = ban(monday)
    page = monday.client(Post.STAFF).get(f"/sanctions/id/{id_}/supervise").text
    assert "It ends by itself when Lesson 1 does, at <strong>10:30am</strong>" in page
    assert begin(monday, id_) == 303
    assert reason_at(monday, "www.example.org") == ("allow", "default")
    assert reason_at(monday, "www.tiktok.com") == ("block", "category_rule")  # as for any pupil
    assert reason_at(monday, "www.example.org", at=BELL - timedelta(seconds=1))[0] == "allow"
    assert reason_at(monday, "www.example.org", at=BELL) == ("block", "sanction")
    (kept,) = sessions(monday)
    assert (kept.session.staff, kept.account) == ("Member of staff", "staff")
    assert kept.session.end == BELL
    assert told(monday)[-1] == (
        "sanction.supervision_begun", "device:tablet", "",
        {"sanction": id_, "supervised": 1, "until": BELL.isoformat(), "staff": "Member of staff"},
    )  # fmt: skip


def test_the_button_ends_it_at_once_whoever_presses_it(monday: School) -> None:
    id_ = ban(monday)
    begin(monday, id_, **ALL_OF_PIP)
    page = monday.client(Post.SLT).get("/sanctions").text
    assert "Member of staff is with P. Pupil until 10:30am" in page
    assert f"/sanctions/id/{id_}/supervise" not in page  # one at a time
    done = monday.client(Post.SLT).post("/sanctions/supervised/1/end")
    assert (done.status_code, done.location) == (303, "/sanctions")
    assert reason_at(monday, "www.example.org") == ("block", "sanction")
    assert sessions(monday)[0].ended_by == "slt"
    assert told(monday)[-1][:2] == ("sanction.supervision_ended", "person:pip")
    again = monday.client(Post.STAFF).post("/sanctions/supervised/1/end", follow_redirects=True)
    assert "had ended already" in again.text
    assert len(told(monday)) == 2  # begun, ended


def test_one_device_leaves_the_others_closed(monday: School) -> None:
    with monday.store.session() as session:
        phone = Device(id="phone", name="Phone", addresses=("127.0.10.9",), person="pip")
        devices.add(session, phone)
    monday.publish()
    id_ = ban(monday)
    page = monday.client(Post.STAFF).get(f"/sanctions/id/{id_}/supervise").text
    for words in ("Only Phone", "Only Tablet 8", "Every device they use"):
        assert words in page
    begin(monday, id_)
    assert reason_at(monday, "www.example.org", TABLET)[0] == "allow"
    assert reason_at(monday, "www.example.org", "127.0.10.9") == ("block", "sanction")
    begin(monday, id_, Post.SLT, **ALL_OF_PIP)
    assert reason_at(monday, "www.example.org", "127.0.10.9")[0] == "allow"


def test_a_shared_device_is_opened_for_whoever_sits_there(monday: School) -> None:
    id_ = ban(monday, "device:pc7")
    assert reason_at(monday, "www.example.org", CLASSROOM) == ("block", "sanction")
    assert begin(monday, id_, who="device:pc7", beside="yes") == 303
    assert reason_at(monday, "www.example.org", CLASSROOM)[0] == "allow"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"who": "device:tablet"}, "needs somebody who sits with them"),
        ({"who": "device:pc7", "beside": "yes"}, "Choose what you open"),
        ({"who": "role:pupil", "beside": "yes"}, "Choose what you open"),
        ({"who": "", "beside": "yes"}, "Choose what you open"),
    ],
)
def test_what_cannot_be_is_said(monday: School, data: dict[str, str], said: str) -> None:
    id_ = ban(monday)
    answer = monday.client(Post.STAFF).post(f"/sanctions/id/{id_}/supervise", data=data)
    assert answer.status_code == 400
    assert said in answer.text
    assert sessions(monday) == ()


def test_two_of_staff_at_once_are_told_of_each_other(monday: School) -> None:
    id_ = ban(monday)
    assert begin(monday, id_) == 303
    answer = monday.client(Post.SLT).post(f"/sanctions/id/{id_}/supervise", data=TABLET_ALONE)
    assert answer.status_code == 409
    assert "Member of staff does so already. End that session first" in answer.text
    assert len(sessions(monday)) == 1


def test_nobody_sits_beside_themselves_nor_who_is_under_one(monday: School) -> None:
    with monday.store.session() as session:
        people.add_person(session, Person(id="bea", name="B. Teacher", role="staff"))
        row = session.get(AccountRow, monday.accounts[Post.HEADTEACHER].id)
        assert row is not None
        row.person = "bea"
    monday.publish()
    own, pips = ban(monday, "person:bea"), ban(monday)
    head = monday.client(Post.HEADTEACHER)
    for id_ in (own, pips):
        assert head.get(f"/sanctions/id/{id_}/supervise").status_code == 403
        assert head.post(f"/sanctions/id/{id_}/supervise", data=ALL_OF_PIP).status_code == 403
    assert sessions(monday) == ()


def test_a_sanction_that_is_over_needs_nobody(monday: School) -> None:
    id_ = ban(monday, days=1)
    at_time(monday, LESSON + timedelta(days=1, hours=1))
    web = monday.client(Post.STAFF)
    answer = web.post(f"/sanctions/id/{id_}/supervise", data=ALL_OF_PIP, follow_redirects=True)
    assert "has ended: nobody need sit beside them" in answer.text
    assert sessions(monday) == ()


def test_while_no_lesson_runs_it_is_an_hour_at_most(monday: School) -> None:
    id_ = ban(monday, days=None)
    at_time(monday, datetime(2026, 11, 28, 11, 0, tzinfo=UTC))  # a Saturday
    page = monday.client(Post.STAFF).get(f"/sanctions/id/{id_}/supervise").text
    assert "No lesson runs for them now" in page
    assert begin(monday, id_) == 303
    (kept,) = sessions(monday)
    assert kept.session.end - kept.session.start == timedelta(hours=1)


def test_a_session_that_nobody_began_cannot_be_ended(monday: School) -> None:
    assert monday.client(Post.STAFF).post("/sanctions/supervised/7/end").status_code == 404


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.AUDITOR])
def test_who_only_looks_on_sits_beside_nobody(monday: School, post: Post) -> None:
    id_ = ban(monday)
    assert begin(monday, id_, post) == 403


def test_whom_one_supervises_stands_on_the_home_page(monday: School) -> None:
    id_ = ban(monday)
    begin(monday, id_)
    page = monday.client(Post.STAFF).get("/home").text
    assert "is with Tablet 8 until 10:30am" in page
    assert "1 person or device is under a sanction" in page
    assert "is with Tablet 8" not in monday.client(Post.SLT).get("/home").text
    assert "under a sanction" not in monday.client(Post.GOVERNOR).get("/home").text
