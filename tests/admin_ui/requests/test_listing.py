"""The list: what waits for whom, filters, overdue ones, and the export."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest

from admin_ui.requests.waiting import waiting
from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import settings
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import FORM, LESSON, ask, authorised, review


def waits(school: School, post: Post) -> tuple[list[str], int]:
    """Return what waits for the holder of a post, and how many of it are overdue."""
    with school.app.test_request_context(), school.store.reading() as session:
        at = school.app.extensions["gate"].view().at
        found = waiting(session, school.accounts[post], at)
    return [card.request.id for card in found.cards], found.overdue


def test_what_waits_for_whom(monday: School) -> None:
    one = ask(monday.client(Post.STAFF))
    two = ask(monday.client(Post.STAFF))
    assert waits(monday, Post.IT_TECHNICIAN) == ([one, two], 0)
    assert waits(monday, Post.HEADTEACHER) == ([], 0)
    review(monday, one)
    data = {"ask-version": "1", "ask-text": "Which class?"}
    monday.client(Post.IT_TECHNICIAN).post(f"/requests/{two}/question", data=data)
    assert waits(monday, Post.IT_TECHNICIAN) == ([], 0)
    assert waits(monday, Post.HEADTEACHER) == ([one], 0)
    assert waits(monday, Post.STAFF) == ([two], 0)
    page = monday.client(Post.HEADTEACHER).get("/requests").text
    assert (
        page.index("Waiting for you") < page.index(f"/requests/{one}") < page.index("All requests")
    )


def test_nobody_waits_for_their_own(monday: School) -> None:
    ask(monday.client(Post.IT_TECHNICIAN))
    assert waits(monday, Post.IT_TECHNICIAN) == ([], 0)


@pytest.mark.parametrize(("hours", "overdue"), [(23, 0), (24, 1), (47, 1)])
def test_an_answer_that_is_due_is_flagged(
    at_lesson: Callable[..., School], hours: int, overdue: int
) -> None:
    school = at_lesson("clarendon-cottage")
    ask(school.client(Post.STAFF), until="date", until_date="18/12/2026")
    with school.store.session() as session:
        moved = LESSON + timedelta(hours=hours, minutes=5) - clock.real()
        settings.put(session, "clock_offset", moved.total_seconds())
    school.publish()
    assert waits(school, Post.SLT) == (["R1"], overdue)
    assert ("Overdue" in school.client(Post.SLT).get("/requests").text) == bool(overdue)


def test_a_request_whose_time_is_over_waits_for_nobody_who_could_open_it(monday: School) -> None:
    ask(monday.client(Post.STAFF), until="lesson")
    with monday.store.session() as session:
        moved = LESSON + timedelta(hours=2) - clock.real().astimezone(UTC)
        settings.put(session, "clock_offset", moved.total_seconds())
    monday.publish()
    assert waits(monday, Post.IT_TECHNICIAN) == ([], 0)
    assert "Time is over" in monday.client(Post.STAFF).get("/requests").text


def test_the_list_is_filtered_searched_and_exported(monday: School) -> None:
    ask(monday.client(Post.STAFF), reasons="=HYPERLINK(1)")
    ask(monday.client(Post.LINE_MANAGER), url="https://www.facebook.com/x", content="Glaciers")
    authorised(monday, content="Poems")
    client = monday.client(Post.HEADTEACHER)
    for query, found in (
        ("", {"R1", "R2", "R3"}), ("state=active", {"R3"}), ("state=submitted", {"R1", "R2"}),
        ("q=GLACIERS", {"R2"}), ("person=line", {"R2"}), ("url=facebook", {"R2"}),
        ("q=nothing+here", set()), ("state=nonsense", {"R1", "R2", "R3"}), ("page=99", set()),
        ("page=-1", {"R1", "R2", "R3"}), ("mine=yes", set()),
    ):  # fmt: skip
        page = client.get(f"/requests?{query}").text.partition("All requests")[2]
        assert {id_ for id_ in ("R1", "R2", "R3") if f'/requests/{id_}"' in page} == found, query
    own = monday.client(Post.LINE_MANAGER).get("/requests").text
    assert "/requests/R2" in own
    assert "/requests/R1" not in own
    text = client.get("/requests/export.csv?state=submitted").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Request"] for row in rows] == ["R2", "R1"]
    assert rows[1]["Reasons for access"] == "'=HYPERLINK(1)"
    assert rows[0]["Site content"] == "Glaciers"
    assert rows[1]["Full URL"] == FORM["url"]
    with monday.store.reading() as session:
        entry = session.query(AuditRow).order_by(AuditRow.number.desc()).first()
    assert entry is not None
    assert (entry.action, entry.detail["rows"]) == ("request.exported", 2)
    own = monday.client(Post.LINE_MANAGER).get("/requests/export.csv").get_data(as_text=True)
    assert "R2" in own
    assert "R1" not in own
