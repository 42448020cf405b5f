"""Every look at named rows is in the audit chain; where the policy asks why, it is said first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from admin_ui.log import looking
from appliance.accounts.posts import Post
from tests.admin_ui.log.conftest import HIDDEN, PUPIL, Log

REASON = "Class teacher reports messages from strangers."


@pytest.mark.parametrize(
    ("path", "subject", "what", "rows"),
    [
        ("/log", "", "list", 4), ("/log?noise=1", "", "list", 5),
        ("/log?person=sam", "person:sam", "list", 1), ("/log?q=nothing", "", "list", 0),
        ("/log?address=10.3.0.9", "address:10.3.0.9", "list", 1),
        ("/log/attempt/1", "person:sam", "attempt", 1),
        ("/log/person/person/sam?around=1", "person:sam", "day", 1),
        ("/log/new?after=0", "", "live", 4),
    ],
)  # fmt: skip
def test_a_look_is_an_entry(log: Log, path: str, subject: str, what: str, rows: int) -> None:
    assert log.school.client(Post.DSL).get(path).status_code == 200
    (entry,) = log.entries("log.looked")
    assert (entry.actor, entry.subject) == ("dsl", subject)
    assert (entry.detail["what"], entry.detail["rows"]) == (what, rows)
    assert not [name for name in (PUPIL, *HIDDEN) if name in str(entry.detail)]


def test_pages_without_names_are_no_look(log: Log) -> None:
    for path in ("/log", "/log/charts", "/log/new?after=0", "/log/attempt/1"):
        log.school.client(Post.IT_TECHNICIAN).get(path)
        log.school.client(Post.GOVERNOR).get(path)
    assert log.entries("log.looked") == []


def test_own_rows_are_a_look_too_and_say_whose(log: Log) -> None:
    text = log.school.client(Post.STAFF).get("/log/mine").text
    assert "page-of-ann" in text
    assert "path-of-sam" not in text
    (entry,) = log.entries("log.looked")
    assert (entry.subject, entry.detail["rows"]) == ("person:ann.t", 2)


def test_an_account_without_a_person_has_no_own_rows(log: Log) -> None:
    assert "not linked" in log.school.client(Post.GOVERNOR).get("/log/mine").text


def test_a_watched_page_is_one_look_for_its_filter_and_a_quarter_of_an_hour(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log.school.client(Post.DSL)
    client.get("/log?verdict=block")
    for _ in range(3):
        client.get("/log/new?after=0&verdict=block")
    assert [e.detail["what"] for e in log.entries("log.looked")] == ["list"]
    client.get("/log/new?after=0&verdict=allow")
    assert [e.detail["what"] for e in log.entries("log.looked")] == ["list", "live"]
    log.school.client(Post.HEADTEACHER).get("/log/new?after=0&verdict=block")
    assert len(log.entries("log.looked")) == 3
    gate = log.school.app.extensions["gate"]
    later = gate.real() + timedelta(minutes=16)
    monkeypatch.setattr(gate, "real", lambda: later)
    client.get("/log/new?after=0&verdict=block")
    assert len(log.entries("log.looked")) == 4


def test_a_look_that_cannot_be_written_down_is_not_given(log: Log) -> None:
    engine = log.school.app.extensions["gate"]._opened().engine

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("INSERT INTO audit_entry"):
            raise RuntimeError("the chain is closed")

    for path in ("/log", "/log/person/person/sam", "/log/attempt/1", "/log/export/csv"):
        got = log.school.client(Post.DSL).get(path)
        assert got.status_code == 500, path
        assert PUPIL not in got.text, path
    assert log.school.client(Post.IT_TECHNICIAN).get("/log").status_code == 200


def test_a_named_person_is_opened_with_a_reason(log_of: Callable[[str], Log]) -> None:
    log = log_of("daffodil-prep")
    client = log.school.client(Post.DSL)
    assert client.get("/log").status_code == 200
    for path in ("/log/person/person/sam?day=2026-01-01", "/log?person=sam", "/log/attempt/1",
                 "/log/export/csv?person=sam"):  # fmt: skip
        got = client.get(path)
        assert got.status_code == 303, path
        assert "/log/why/person/sam" in got.location, path
    assert client.get("/log/new?after=0&person=sam").status_code == 403
    assert client.post("/log/attempt/1/note", data={"text": "x"}).status_code == 403
    assert client.post("/log/person/person/sam/note", data={"text": "x"}).status_code == 403
    short = client.post("/log/why/person/sam", data={"reason": " nosy "})
    assert short.status_code == 400
    assert "nosy" in short.text
    there = "/log/person/person/sam?day=2026-01-01"
    done = client.post("/log/why/person/sam", data={"reason": REASON, "next": there})
    assert (done.status_code, done.location) == (303, there)
    for path in (there, "/log?person=sam", "/log/attempt/1", "/log/export/csv?person=sam"):
        assert client.get(path).status_code == 200, path
    reasons = {e.reason for e in log.entries("log.opened", "log.looked", "log.exported")
               if e.subject == "person:sam"}  # fmt: skip
    assert reasons == {REASON}


def test_a_reason_holds_for_that_person_that_session_and_that_day(
    log_of: Callable[[str], Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of("daffodil-prep")
    client = log.school.client(Post.DSL)
    client.post("/log/why/person/sam", data={"reason": REASON})
    assert client.get("/log/person/person/sam").status_code == 200
    assert client.get("/log/person/address/10.3.0.9").status_code == 303
    assert log.school.client(Post.DSL).get("/log/person/person/sam").status_code == 303
    assert log.school.client(Post.HEADTEACHER).get("/log/person/person/sam").status_code == 303
    tomorrow = log.school.app.extensions["gate"].real() + timedelta(seconds=1)
    monkeypatch.setattr(looking, "_midnight", lambda _: tomorrow)
    assert client.get("/log/person/person/sam").status_code == 303


@pytest.mark.parametrize("template", ["duffield-meadows", "date-palm", "diamond-partnership",
                                      "clarendon-cottage"])  # fmt: skip
def test_no_other_policy_asks(log_of: Callable[[str], Log], template: str) -> None:
    client = log_of(template).school.client(Post.DSL)
    assert client.get("/log/person/person/sam").status_code == 200
    assert client.get("/log?person=sam").status_code == 200


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/log", "/logout", "/accounts", "/log\\x",
               "javascript:alert(1)", "/log\r\nX: y", ""],
)  # fmt: skip
def test_a_reason_leads_to_the_log_and_nowhere_else(log: Log, onward: str) -> None:
    form = {"reason": REASON, "next": onward}
    done = log.school.client(Post.DSL).post("/log/why/person/sam", data=form)
    assert done.location == "/log"
