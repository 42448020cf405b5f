"""Who sees which report and what of it: one table. Sealed addresses: on one page, once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from appliance.accounts.posts import Post
from appliance.store import audit
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ILLEGAL, ORDINARY, SECRET

HandIn = Callable[..., str]
READ_ALL = {Post.DSL, Post.DEPUTY_DSL, Post.E_SAFETY_OFFICER, Post.HEADTEACHER, Post.EXECUTIVE_HEAD}
ONE = "www[.]bad[.]example/gallery"
PAGES = ("", "/report.pdf")


def entries(school: School, action: str) -> list[AuditRow]:
    with school.store.reading() as session:
        found = session.query(AuditRow).filter(AuditRow.action == action)
        return [row for row in found if audit.link(row)]


def everything(school: School, post: Post, id_: str) -> str:
    """All that a post can read about a report, on pages, in the PDF and in the CSV."""
    client = school.client(post)
    pages = [client.get(path) for path in
             (f"/reports/{id_}", "/reports", f"/reports/{id_}/block", f"/reports/{id_}/reveal",
              f"/reports/{id_}/action", "/reports?q=dreadful", "/reports.csv")]  # fmt: skip
    text = "".join(page.text for page in pages if page.status_code == 200)
    printed = client.get(f"/reports/{id_}/report.pdf")
    if printed.status_code == 200:
        text += "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.data)).pages)
    return text


@pytest.mark.parametrize("post", Post)
def test_who_sees_an_ordinary_report(school: School, hand_in: HandIn, post: Post) -> None:
    id_, client = hand_in(), school.client(post)
    sees = post in READ_ALL | {Post.IT_TECHNICIAN, Post.STAFF}
    answer, listed = client.get(f"/reports/{id_}"), client.get("/reports").text
    assert answer.status_code == (200 if sees else 404)
    assert (f">{id_}</a>" in listed) is sees
    assert (ONE in answer.text) is sees
    named = post in READ_ALL | {Post.STAFF}
    assert ("P. Pupil" in everything(school, post, id_)) is named
    assert client.get(f"/reports/{id_}/report.pdf").status_code == (200 if sees else 404)
    assert client.get("/reports.csv").status_code == (200 if post in READ_ALL else 403)


@pytest.mark.parametrize("post", Post)
def test_who_sees_a_report_of_something_illegal(
    school: School, hand_in: HandIn, post: Post
) -> None:
    id_ = hand_in(form=ILLEGAL)
    sees = post in READ_ALL | {Post.STAFF}
    assert school.client(post).get(f"/reports/{id_}").status_code == (200 if sees else 404)
    assert "dreadful" not in everything(school, post, id_).replace("q=dreadful", "").replace(
        'value="dreadful"', ""
    )
    reveal = school.client(post).post(f"/reports/{id_}/reveal", data={"reason": "police ask"})
    may = post in (Post.DSL, Post.DEPUTY_DSL)
    assert reveal.status_code == (200 if may else 403)
    assert ("dreadful[.]example/hidden/page?id=77" in reveal.text) is may
    assert SECRET not in reveal.text


def test_the_technician_does_not_see_even_their_own_sealed_address(
    school: School, hand_in: HandIn
) -> None:
    id_ = hand_in(Post.IT_TECHNICIAN, ILLEGAL)
    assert "dreadful" not in school.client(Post.IT_TECHNICIAN).get(f"/reports/{id_}").text


def test_one_member_of_staff_does_not_see_the_reports_of_another(
    school: School, hand_in: HandIn
) -> None:
    id_ = hand_in(Post.SLT)
    for path in (f"/reports/{id_}", f"/reports/{id_}/report.pdf"):
        assert school.client(Post.STAFF).get(path).status_code == 404
    assert id_ not in school.client(Post.STAFF).get("/reports?show=all").text


def test_nobody_signed_in_sees_nothing(school: School, hand_in: HandIn) -> None:
    hand_in()
    for path in ("/reports", "/reports/new", "/reports/C1", "/reports/C1/report.pdf",
                 "/reports.csv", "/reports/C1/reveal", "/reports/C1/block"):  # fmt: skip
        answer = school.nobody().get(path)
        assert answer.status_code in (302, 303), path
        assert "bad" not in answer.text


def test_a_reveal_needs_a_reason_and_is_written_down(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(form=ILLEGAL), school.client(Post.DSL)
    assert "dreadful" not in client.get(f"/reports/{id_}/reveal").text
    refused = client.post(f"/reports/{id_}/reveal", data={"reason": " "})
    assert refused.status_code == 422
    assert "dreadful" not in refused.text
    assert not entries(school, "report.revealed")
    shown = client.post(f"/reports/{id_}/reveal", data={"reason": "to read to the police"})
    assert shown.headers["Cache-Control"] == "no-store"
    (row,) = entries(school, "report.revealed")
    assert (row.actor, row.subject, row.reason) == ("dsl", id_, "to read to the police")


def test_a_reason_with_an_address_in_it_is_not_kept(school: School, hand_in: HandIn) -> None:
    id_ = hand_in(form=ILLEGAL)
    answer = school.client(Post.DSL).post(f"/reports/{id_}/reveal", data={"reason": SECRET})
    assert answer.status_code == 422
    assert not entries(school, "report.revealed")


def test_an_ordinary_report_has_nothing_to_reveal(school: School, hand_in: HandIn) -> None:
    id_ = hand_in()
    assert school.client(Post.DSL).get(f"/reports/{id_}/reveal").status_code == 404


def test_a_seal_of_another_key_stays_shut(school: School, hand_in: HandIn) -> None:
    """Fails closed: a restored database without its web key shows nothing."""
    id_ = hand_in(form=ILLEGAL)
    client = school.client(Post.DSL)
    client.get("/reports")
    school.app.config["SECRET_KEY"] = b"another key of thirty-two bytes."
    client = school.client(Post.DSL)
    answer = client.post(f"/reports/{id_}/reveal", data={"reason": "police"})
    assert answer.status_code == 303
    assert "cannot be opened" in client.get(answer.location).text
    client.post(f"/reports/{id_}/block", data={"what": "0" * 16})
    assert "nothing was blocked" in client.get(f"/reports/{id_}").text


def test_no_trace_of_a_sealed_address_is_left_anywhere(school: School, hand_in: HandIn) -> None:
    id_ = hand_in(form=ILLEGAL)
    client = school.client(Post.DSL)
    client.post(f"/reports/{id_}/reveal", data={"reason": "police"})
    client.get(f"/reports/{id_}/report.pdf")
    client.get("/reports.csv")
    with school.store.reading() as session:
        rows = session.query(AuditRow).all()
        said = " ".join(f"{row.subject} {row.reason} {row.detail}" for row in rows)
    assert "report.submitted" in {row.action for row in rows}
    assert "dreadful" not in said
    for path in school.data.rglob("*"):
        if path.is_file():
            assert b"dreadful" not in path.read_bytes(), path.name


@pytest.mark.parametrize("post", [Post.DSL, Post.IT_TECHNICIAN, Post.STAFF])
def test_no_page_holds_a_live_address_of_a_report(
    school: School, hand_in: HandIn, post: Post
) -> None:
    text = "see https://www.bad.example/gallery/two and www.bad.example"
    id_ = hand_in(form={**ORDINARY, "nature": text})
    client = school.client(post)
    client.post(f"/reports/{id_}/block", data={"what": "x"})
    for path in (f"/reports/{id_}", "/reports", f"/reports/{id_}/block", f"/reports/{id_}/action"):
        page = client.get(path).text
        assert "//www.bad.example" not in page, path
        assert not re.search(r'(?:href|src)="(?:https?:)?//', page), path
        assert "www.bad.example" not in page.replace("hxxps", ""), path
