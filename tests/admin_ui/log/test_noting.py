"""Notes, concerns and saved views on the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.accounts.posts import Post
from tests.admin_ui.log.conftest import Log

TEXT = "Spoke to <b>Sam</b>.\nMother rang."


def test_a_concern_is_raised_seen_and_closed(log: Log) -> None:
    client = log.school.client(Post.DSL)
    done = client.post("/log/attempt/1/note", data={"text": TEXT, "concern": "1"})
    assert (done.status_code, done.location) == (303, "/log/attempt/1")
    assert "Spoke to &lt;b&gt;Sam&lt;/b&gt;." in client.get("/log/attempt/1").text
    assert "1 open concern" in client.get("/log").text
    waiting = client.get("/log/concerns").text
    assert "Sam Pupil" in waiting
    assert "Mother rang." in waiting
    client.post("/log/notes/1/close", data={"outcome": " "})
    assert "Say what came of it" in client.get("/log/concerns").text
    client.post("/log/notes/1/close", data={"outcome": "Parents told."})
    closed = client.get("/log/concerns").text
    assert "No concern is open" in closed
    assert "Parents told." in closed
    client.post("/log/notes/1/close", data={"outcome": "Twice."})
    assert "closed this concern already" in client.get("/log/concerns").text
    raised, shut = log.entries("log.concern_raised", "log.concern_closed")
    assert (raised.subject, raised.detail) == ("person:sam", {"note": 1, "attempt": 1})
    assert (shut.subject, shut.reason) == ("person:sam", "Parents told.")
    assert "Mother" not in str([e.detail for e in log.entries("log.concern_raised")])


def test_a_note_on_a_person_stands_on_their_page(log: Log) -> None:
    client = log.school.client(Post.DSL)
    client.post("/log/person/person/sam/note", data={"text": "Quiet lately."})
    assert "Quiet lately." in client.get("/log/person/person/sam").text
    assert "No concern is open" in client.get("/log/concerns").text
    client.post("/log/person/person/sam/note", data={"text": "  "})
    assert "The note was not kept: it is empty." in client.get("/log/person/person/sam").text
    assert len(log.entries("log.noted")) == 1


def test_a_note_is_for_somebody_on_record(log: Log) -> None:
    client = log.school.client(Post.DSL)
    for path in ("/log/person/person/nobody/note", "/log/person/role/pupil/note",
                 "/log/person/address/10.9.9.9/note", "/log/attempt/999/note"):  # fmt: skip
        assert client.post(path, data={"text": "x"}).status_code == 404, path


def test_notes_on_staff_stay_with_those_who_may_read_about_staff(
    log_of: Callable[[str], Log],
) -> None:
    log = log_of("date-palm")
    head, dsl = log.school.client(Post.HEADTEACHER), log.school.client(Post.DSL)
    about = {"text": "About Ann.", "concern": "1"}
    assert head.post("/log/person/person/ann.t/note", data=about).status_code == 303
    assert head.post(f"/log/attempt/{log.ids['shared']}/note", data=about).status_code == 303
    assert "About Ann." in head.get("/log/concerns").text
    assert "About Ann." not in dsl.get("/log/concerns").text
    assert "open concern" not in dsl.get("/log").text
    assert dsl.post("/log/notes/1/close", data={"outcome": "x"}).status_code == 404
    assert dsl.post("/log/person/person/ann.t/note", data=about).status_code == 404
    assert dsl.post(f"/log/attempt/{log.ids['teacher']}/note", data=about).status_code == 404


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN, Post.E_SAFETY_OFFICER, Post.SLT,
                                  Post.GOVERNOR, Post.STAFF])  # fmt: skip
def test_others_write_and_read_no_notes(log: Log, post: Post) -> None:
    log.school.client(Post.DSL).post("/log/attempt/1/note", data={"text": TEXT})
    client = log.school.client(post)
    assert client.post("/log/attempt/1/note", data={"text": "x"}).status_code == 403
    assert client.get("/log/concerns").status_code == 403
    assert "Mother rang" not in client.get("/log/attempt/1").text


def test_a_filter_is_saved_and_removed(log: Log) -> None:
    client = log.school.client(Post.DSL)
    form = {"view_name": "Year 5 blocked", "group": "y5", "verdict": "block", "before": "1.1",
            "evil": "x"}  # fmt: skip
    done = client.post("/log/views", data=form)
    assert done.location == "/log?group=y5&verdict=block"
    text = client.get("/log").text
    assert "Year 5 blocked" in text
    assert "/log?group=y5&amp;verdict=block" in text
    assert "Year 5 blocked" not in log.school.client(Post.HEADTEACHER).get("/log").text
    client.post("/log/views", data={"view_name": " ", "group": "y5"})
    assert "The view was not saved" in client.get("/log").text
    log.school.client(Post.HEADTEACHER).post("/log/views/1/remove")
    assert "Year 5 blocked" in client.get("/log").text
    client.post("/log/views/1/remove")
    client.get("/log")
    assert "Year 5 blocked" not in client.get("/log").text
    assert len(log.entries("log.view_saved", "log.view_removed")) == 2
