"""The first page of the network, read on a device that a sanction closes; and one still to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from appliance.policy.model import Sanction, Subject, SubjectKind
from appliance.store import sanctions
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import at_device
from tests.admin_ui.sanctions.conftest import (
    CLASSROOM,
    REASON,
    TABLET,
    at_time,
    ban,
    now,
    reason_at,
)

CLOSED = "The internet is closed on this device"


def read(school: School, address: str) -> str:
    return str(at_device(school.nobody(), address).get("/").text)


def test_a_child_finds_out_there_until_when_and_not_why(monday: School) -> None:
    assert CLOSED not in read(monday, TABLET)
    ban(monday)
    page = read(monday, TABLET)
    assert CLOSED in page
    assert "It holds until Wednesday 25 November" in page
    assert REASON not in page
    assert "7.2: " not in page.partition("What is enforced now")[0]
    assert CLOSED not in read(monday, CLASSROOM)  # nobody else is told


def test_it_says_nothing_while_somebody_sits_beside(monday: School) -> None:
    id_ = ban(monday, days=None)
    assert "A grown-up decides when it ends." in read(monday, TABLET)
    begun = {"who": "person:pip", "beside": "yes"}
    monday.client(Post.STAFF).post(f"/sanctions/id/{id_}/supervise", data=begun)
    monday.publish()
    assert CLOSED not in read(monday, TABLET)


@pytest.fixture
def coming(monday: School) -> str:
    """A sanction that begins in an hour, as one does that was made in a rehearsal."""
    with monday.store.session() as session:
        made = sanctions.add(
            session,
            Sanction(id="", subject=Subject(SubjectKind.PERSON, "pip"), end=None,
                     start=now(monday) + timedelta(hours=1)),
            author="dsl", reason=REASON, at=now(monday),
        )  # fmt: skip
    monday.publish()
    return made.id


def test_what_is_still_to_come_holds_nobody_yet(monday: School, coming: str) -> None:
    assert reason_at(monday, "www.example.org")[0] == "allow"
    assert CLOSED not in read(monday, TABLET)
    staff = monday.client(Post.STAFF)
    page = staff.get("/sanctions").text
    assert "Not yet" in page
    assert "/supervise" not in page
    assert "Not yet in force" in staff.get(f"/sanctions/id/{coming}").text
    begun = {"who": "person:pip", "beside": "yes"}
    answer = staff.post(f"/sanctions/id/{coming}/supervise", data=begun, follow_redirects=True)
    assert "does not hold yet" in answer.text
    assert "under a sanction" not in staff.get("/home").text
    at_time(monday, now(monday) + timedelta(hours=2))
    assert reason_at(monday, "www.example.org") == ("block", "sanction")


def test_what_is_still_to_come_can_be_lifted(monday: School, coming: str) -> None:
    data = {"seen": "1", "reason": "A mistake"}
    done = monday.client(Post.DSL).post(f"/sanctions/id/{coming}/lift", data=data)
    assert done.status_code == 303
    at_time(monday, now(monday) + timedelta(hours=2))
    assert reason_at(monday, "www.example.org")[0] == "allow"


def test_without_its_database_the_pages_say_so_and_the_sanction_holds(monday: School) -> None:
    id_ = ban(monday)
    web = monday.client(Post.DSL)
    gate = monday.app.extensions["gate"]
    gate.close()
    gate._store = None
    (monday.data / "bellgate.db").rename(monday.data / "away.db")
    for path in ("/sanctions", f"/sanctions/id/{id_}", "/sanctions/new?person=pip"):
        assert web.get(path).status_code in (303, 503)  # nobody is signed in without it
    assert CLOSED in read(monday, TABLET)
