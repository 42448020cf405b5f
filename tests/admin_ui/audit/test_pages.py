"""The audit pages: everything is there, names only for those who may, harm is said."""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import clock
from appliance.accounts.posts import Post
from appliance.audit import anchors
from appliance.audit.chain import Entry
from appliance.store import audit
from tests.admin_ui.conftest import School


def written(school: School, action: str = "log.looked", subject: str = "Pupil A") -> None:
    with school.store.session() as session:
        audit.append(
            session,
            Entry(
                at=clock.real(), actor="dsl", action=action, subject=subject, reason="worried",
                address="10.2.0.5", detail={"rows": 3},
            ),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("post", "sees"), [(Post.DSL, True), (Post.AUDITOR, True), (Post.IT_TECHNICIAN, False)]
)
def test_names_are_for_those_who_may(school: School, post: Post, sees: bool) -> None:
    written(school)
    page = school.client(post).get("/audit").text
    assert "Attempt log: looked" in page
    assert ("Pupil A" in page) is sees
    assert ("worried" in page) is sees
    assert ("Withheld from your post" in page) is not sees


def test_what_people_wrote_is_escaped(school: School) -> None:
    written(school, "request.submitted", "<script>alert(1)</script>")
    page = school.client(Post.DSL).get("/audit").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_filters_and_pages(school: School) -> None:
    for number in range(60):
        written(school, "request.submitted", f"R{number:02}")
    written(school)
    client = school.client(Post.DSL)
    newest = client.get("/audit").text
    assert "R59" in newest
    assert "R05" not in newest
    assert "Older" in newest
    assert (
        "R05" in client.get("/audit?before=10").text or "R05" in client.get("/audit?before=8").text
    )
    chosen = client.get("/audit?area=log&actor=dsl").text
    assert "Pupil A" in chosen
    assert "R59" not in chosen
    assert "No entries fit" in client.get("/audit?until=2001-01-01").text


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=2026-02-30", "before=x", "since=0001-01-01"]
)
def test_a_filter_that_cannot_be_read_is_said(school: School, query: str) -> None:
    answer = school.client(Post.DSL).get(f"/audit?{query}")
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert school.client(Post.DSL).get(f"/audit/export.csv?{query}").status_code == 400


def test_verifying_says_that_it_holds_and_is_an_entry_itself(school: School) -> None:
    written(school)
    client = school.client(Post.AUDITOR)
    page = client.post("/audit/verify", follow_redirects=True).text
    assert "The chain holds" in page
    with school.store.reading() as session:
        newest = audit.newest(session)
    assert newest is not None
    assert (newest.entry.actor, newest.entry.action) == ("auditor", "audit.verified")


def test_a_row_changed_underneath_is_named(school: School) -> None:
    for _ in range(3):
        written(school)
    with sqlite3.connect(school.data / "bellgate.db") as raw:
        number = raw.execute("SELECT max(number) FROM audit_entry").fetchone()[0] - 1
        raw.execute("DROP TRIGGER audit_entry_no_update")
        raw.execute("UPDATE audit_entry SET subject = 'Pupil B' WHERE number = ?", (number,))
    raw.close()
    page = school.client(Post.HEADTEACHER).post("/audit/verify", follow_redirects=True).text
    assert "The chain does not hold" in page
    assert f"Entry {number} was changed" in page


def test_anchors_are_shown(school: School) -> None:
    written(school)
    with school.store.reading() as session:
        anchor = anchors.keep(anchors.path(school.data), session, clock.real())
    assert anchor is not None
    assert anchor.digest[:16] in school.client(Post.DSL).get("/audit").text


def test_the_export_has_a_digest_and_is_an_entry(school: School) -> None:
    written(school, "request.submitted", "=HYPERLINK(1)")
    answer = school.client(Post.DSL).get("/audit/export.csv?area=request")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[1][5] == "'=HYPERLINK(1)"
    digest = hashlib.sha256(answer.data).hexdigest()
    assert answer.headers["X-Content-SHA256"] == digest
    with school.store.reading() as session:
        newest = audit.newest(session)
    assert newest is not None
    assert newest.entry.action == "audit.exported"
    assert newest.entry.detail == {"filter": {"area": "request"}, "rows": 1, "sha256": digest}


def test_an_export_names_nobody_to_those_who_may_not(school: School) -> None:
    assert school.client(Post.IT_TECHNICIAN).get("/audit/export.csv").status_code == 403


@given(query=st.dictionaries(
    st.sampled_from(["actor", "area", "subject", "since", "until", "before"]), st.text(max_size=40)
))  # fmt: skip
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_no_filter_breaks_the_page(school: School, query: dict[str, str]) -> None:
    answer = school.client(Post.DSL).get("/audit", query_string=query)
    assert answer.status_code in (200, 400)


def test_what_is_withheld_cannot_be_found_by_its_subject(school: School) -> None:
    written(school, subject="person:pupil-a")
    written(school, "device.changed", "person:pupil-a")
    asked = "/audit?subject=person:pupil-a"
    assert "Attempt log: looked" in school.client(Post.DSL).get(asked).text
    page = school.client(Post.IT_TECHNICIAN).get(asked).text
    assert "Devices: changed" in page
    assert "Attempt log: looked" not in page


@pytest.mark.parametrize("said", ["=1+1", " =1+1", "\n=1+1", "|calc", "%0A"])
def test_no_cell_of_the_file_is_run(school: School, said: str) -> None:
    written(school, "request.submitted", said)
    rows = csv.reader(io.StringIO(school.client(Post.DSL).get("/audit/export.csv").text))
    assert any(row[5] == f"'{said}" for row in rows)
