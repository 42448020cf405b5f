"""The pages of the self-test: the matrix, a run with what to do, checks by hand, exports."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest

from appliance import clock
from appliance.accounts.posts import Post
from appliance.doctor import asked
from appliance.store import audit, doctor
from appliance.store.doctor import KeptResult
from tests.admin_ui.conftest import School

WORDS = "www.facebook.com should be blocked (clause 7.1), and DNS answers: passed (192.0.2.1)."


def result(level: str = "good", **more: str) -> KeptResult:
    said = {"role": "pupil", "network": "Classrooms", "period": "Morning break",
            "period_kind": "break", "about": "Facebook", "words": WORDS,
            "host": "www.facebook.com", "expected": "blocked", "found": "open"}  # fmt: skip
    todo = "" if level == "good" else "Start the gate again; see `bellgate status`."
    return KeptResult(level=level, todo=todo, **{**said, **more})


def put(school: School, *results: KeptResult, who: str = "schedule", days: int = 0) -> int:
    at = clock.real() - timedelta(days=days)
    with school.store.session() as session:
        return doctor.put(session, results, at=at, who=who, version=3).id


def last(school: School) -> Any:
    with school.store.reading() as session:
        return audit.page(session, limit=1)[0].entry


@pytest.fixture
def open_forms(school: School) -> School:
    school.app.config["WTF_CSRF_ENABLED"] = False
    (school.data / "run").mkdir(exist_ok=True)
    return school


def test_the_matrix_says_how_each_role_fared_last(school: School) -> None:
    number = put(school, result("red"), result(), result(role="staff", network="Staff"))
    page = school.client(Post.GOVERNOR).get("/self-test").text
    assert "2 tried, 1 not well" in page
    assert f'href="/self-test/{number}"' in page
    assert "Wrong" in page
    assert "Not tried yet" in page  # the other kinds of period
    assert "By itself, on time" in page


def test_a_run_says_what_was_wrong_and_what_to_do(school: School) -> None:
    number = put(school, result("red"), result(about="TikTok"), who="command:root")
    page = school.client(Post.IT_TECHNICIAN).get(f"/self-test/{number}").text
    assert "What to do" in page
    assert "Start the gate again" in page
    assert "`" not in page.partition("<main")[2]
    assert "Morning break (break)" in page
    assert "Command line (root)" in page


def test_what_networks_are_called_is_escaped(school: School) -> None:
    number = put(school, result("red", network="<script>alert(1)</script>", about="<b>x</b>"))
    page = school.client(Post.DSL).get(f"/self-test/{number}").text
    assert "<script>alert" not in page
    assert "<b>x" not in page


@pytest.mark.parametrize("path", ["/self-test/999", "/self-test/0", f"/self-test/{'9' * 40}"])
def test_a_run_that_is_not_there(school: School, path: str) -> None:
    assert school.client(Post.DSL).get(path).status_code == 404


@pytest.mark.parametrize("text", ["x", "-1", "9" * 40, "²"])
def test_a_page_of_runs_that_makes_no_sense_is_the_first(school: School, text: str) -> None:
    put(school, result())
    assert (
        school.client(Post.DSL).get("/self-test", query_string={"before": text}).status_code == 200
    )


def test_older_runs_are_a_page_on(school: School) -> None:
    for _ in range(21):
        put(school, result())
    client = school.client(Post.DSL)
    assert 'href="/self-test?before=2"' in client.get("/self-test").text
    older = client.get("/self-test?before=2").text
    assert 'href="/self-test/1"' in older
    assert "Newer" in older


def test_asking_for_a_run_tells_the_core_and_the_audit_log(open_forms: School) -> None:
    client = open_forms.client(Post.IT_TECHNICIAN)
    answer = client.post("/self-test/run")
    assert answer.status_code == 303
    assert asked.asked(open_forms.data / "run") == open_forms.accounts[Post.IT_TECHNICIAN].login
    assert last(open_forms).action == "doctor.asked"
    assert "A self-test is under way" in client.get("/self-test").text


def test_a_gate_that_cannot_be_asked_says_so(open_forms: School) -> None:
    (open_forms.data / "run").rmdir()
    client = open_forms.client(Post.IT_TECHNICIAN)
    client.post("/self-test/run")
    assert "cannot be asked for" in client.get("/self-test").text


@pytest.mark.parametrize(
    ("post", "may"), [(Post.GOVERNOR, False), (Post.AUDITOR, False), (Post.HEADTEACHER, True)]
)
def test_who_only_looks_on_asks_for_nothing(open_forms: School, post: Post, may: bool) -> None:
    client = open_forms.client(post)
    assert (client.post("/self-test/run").status_code == 303) is may
    assert ("Test now" in client.get("/self-test").text) is may
    assert (client.get("/self-test/by-hand").status_code == 200) is may


@pytest.mark.parametrize("post", [Post.STAFF])
def test_staff_have_no_business_there(school: School, post: Post) -> None:
    assert school.client(post).get("/self-test").status_code == 403


def test_a_check_by_hand_is_written_down_with_name_and_result(open_forms: School) -> None:
    sent = {"role": "pupil", "where": "Laptop 12, library", "what": "testfiltering.com",
            "result": "wrong", "words": "Part 3 opened", "action": "Told the provider"}  # fmt: skip
    client = open_forms.client(Post.DSL)
    answer = client.post("/self-test/by-hand", data=sent)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for text in ("Laptop 12, library", "testfiltering.com", "Part 3 opened", "Told the provider"):
        assert text in page
    assert ", by hand" in page
    assert last(open_forms).action == "doctor.written_down"
    with open_forms.store.reading() as session:
        assert doctor.matrix(session) == ()  # the matrix is the gate's own


@pytest.mark.parametrize("missing", ["where", "what", "result"])
def test_a_check_without_what_it_needs_is_asked_for(open_forms: School, missing: str) -> None:
    sent = {"role": "pupil", "where": "Laptop 12", "what": "x.com", "result": "blocked"}
    sent[missing] = ""
    answer = open_forms.client(Post.DSL).post("/self-test/by-hand", data=sent)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Laptop 12" in answer.text or missing == "where"  # nothing typed is lost


def test_every_row_goes_into_the_spreadsheet_with_its_digest_in_the_audit_log(
    school: School,
) -> None:
    put(school, result("red"), result(about="=cmd()"), days=30)
    put(school, result(), who="hand:x", days=500)
    answer = school.client(Post.AUDITOR).get("/self-test/export/csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["What was tried"] for row in rows] == ["Facebook", "'=cmd()"]
    assert rows[0]["Result"] == "Wrong"
    assert rows[0]["Asked by"] == "By itself, on time"
    assert rows[0]["What to do, or was done"].startswith("Start the gate again")
    digest = hashlib.sha256(answer.data).hexdigest()
    assert answer.headers["X-Content-SHA256"] == digest
    entry = last(school)
    assert (entry.action, entry.detail["digest"]) == ("doctor.exported", digest)


def test_the_gist_on_paper(school: School) -> None:
    put(school, result("red"), result())
    answer = school.client(Post.GOVERNOR).get("/self-test/export/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"


@pytest.mark.parametrize(
    "query", ["since=x", "until=2026-13-01", "since=2026-02-02&until=2026-02-01",
              "since=0001-01-01", "until=9999-01-01"],
)  # fmt: skip
def test_a_span_that_makes_no_sense_is_refused(school: School, query: str) -> None:
    assert school.client(Post.DSL).get(f"/self-test/export/csv?{query}").status_code == 400


def test_nothing_tested_yet_is_said(school: School) -> None:
    assert "Nothing was tested yet" in school.client(Post.DSL).get("/self-test").text
    assert school.client(Post.DSL).get("/self-test/export/pdf").status_code == 200
