"""A sanction lifted, or ended at another time: with a reason, by whoever may, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.accounts.posts import Post
from appliance.store import sanctions
from tests.admin_ui.conftest import School
from tests.admin_ui.sanctions.conftest import LESSON, at_time, ban, kept, now, reason_at, told

LIFT = {"seen": "1", "reason": "Talked with the parents"}
END = {"seen": "1", "reason": "A week more", "until": "date", "until_date": "4/12/2026"}


def test_lifted_at_once_and_kept_with_its_reason(monday: School) -> None:
    id_ = ban(monday)
    done = monday.client(Post.HEADTEACHER).post(f"/sanctions/id/{id_}/lift", data=LIFT)
    assert (done.status_code, done.location) == (303, f"/sanctions/id/{id_}")
    assert reason_at(monday, "www.example.org") == ("allow", "default")
    found = kept(monday, id_)
    assert (found.lifted_by, found.lifted_reason) == ("headteacher", LIFT["reason"])
    assert told(monday) == [
        ("sanction.lifted", "person:pip", LIFT["reason"], {"sanction": id_}),
    ]
    page = monday.client(Post.DSL).get(f"/sanctions/id/{id_}").text
    assert LIFT["reason"] in page
    assert "/lift" not in page
    again = monday.client(Post.DSL).post(
        f"/sanctions/id/{id_}/lift", data=LIFT, follow_redirects=True
    )
    assert "has ended already. Nothing was changed" in again.text
    assert len(told(monday)) == 1


def test_another_end(monday: School) -> None:
    id_ = ban(monday)
    done = monday.client(Post.DSL).post(f"/sanctions/id/{id_}/end", data=END)
    assert done.status_code == 303
    end = kept(monday, id_).sanction.end
    assert end is not None
    assert end.isoformat() == "2026-12-05T00:00:00+00:00"
    ((what, who, reason, detail),) = told(monday)
    assert (what, who, reason) == ("sanction.changed", "person:pip", "A week more")
    assert detail["until"] == end.isoformat()
    assert detail["before"].startswith("2026-11-25T")
    more = {**END, "seen": "2", "until": "lifted"}
    page = monday.client(Post.DSL).post(
        f"/sanctions/id/{id_}/end", data=more, follow_redirects=True
    )
    assert "now ends when somebody lifts it" in page.text
    assert kept(monday, id_).sanction.end is None


@pytest.mark.parametrize("path", ["lift", "end"])
def test_somebody_else_was_faster_and_nothing_typed_is_lost(monday: School, path: str) -> None:
    id_ = ban(monday)
    with monday.store.session() as session:
        later = now(monday) + timedelta(days=9)
        sanctions.change_end(session, id_, later, at=now(monday), version=1)
    data = LIFT if path == "lift" else END
    answer = monday.client(Post.DSL).post(f"/sanctions/id/{id_}/{path}", data=data)
    assert answer.status_code == 409
    assert "Somebody else has changed this sanction" in answer.text
    assert data["reason"] in answer.text
    assert "Wednesday 2 December" in answer.text  # when it ends now
    assert told(monday) == []
    again = monday.client(Post.DSL).post(f"/sanctions/id/{id_}/{path}", data={**data, "seen": "2"})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("lift", {"seen": "1"}, "Say why it is lifted"),
        ("lift", {"seen": "x", "reason": "y"}, "Somebody else has changed this sanction"),
        ("end", {**END, "reason": ""}, "Say why"),
        ("end", {**END, "until_date": "1/1/2020"}, "The date must be today or later"),
        ("end", {**END, "until": ""}, "Choose until when it holds"),
    ],
)
def test_what_cannot_be_is_said(monday: School, path: str, data: dict[str, str], said: str) -> None:
    id_ = ban(monday)
    answer = monday.client(Post.DSL).post(f"/sanctions/id/{id_}/{path}", data=data)
    assert answer.status_code in (400, 409)
    assert said in answer.text
    assert told(monday) == []


@pytest.mark.parametrize("path", ["lift", "end"])
def test_what_ended_by_itself_is_over(monday: School, path: str) -> None:
    id_ = ban(monday, days=1)
    at_time(monday, LESSON + timedelta(days=1, hours=1))
    answer = monday.client(Post.DSL).get(f"/sanctions/id/{id_}/{path}", follow_redirects=True)
    assert "has ended already" in answer.text
    assert reason_at(monday, "www.example.org")[0] == "allow"


def test_another_that_goes_on_is_said_before_one_is_lifted(monday: School) -> None:
    first, second = ban(monday), ban(monday, days=None)
    page = monday.client(Post.DSL).get(f"/sanctions/id/{first}/lift").text
    assert "Another sanction on P. Pupil goes on, until somebody lifts it" in page
    monday.client(Post.DSL).post(f"/sanctions/id/{first}/lift", data=LIFT)
    assert reason_at(monday, "www.example.org") == ("block", "sanction")
    assert kept(monday, second).lifted_at is None


@pytest.mark.parametrize("path", ["", "/lift", "/end", "/supervise"])
def test_what_is_not_there_has_no_page(monday: School, path: str) -> None:
    assert monday.client(Post.HEADTEACHER).get(f"/sanctions/id/S9{path}").status_code == 404
