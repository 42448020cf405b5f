"""The warning comes first; the form keeps exactly appendix B, words alone, nothing live."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.accounts.posts import Post
from appliance.store import content_reports
from appliance.store.content_reports import Report
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ILLEGAL, ORDINARY, SECRET, submit

URL = "https://www.bad.example/x"


def warned(school: School, post: Post = Post.STAFF) -> FlaskClient:
    client = school.client(post)
    client.post("/reports/new", data={"answer": "no"})
    return client


def kept(school: School) -> tuple[Report, ...]:
    with school.store.reading() as session:
        return content_reports.list_(session)


def test_the_warning_comes_before_any_field(school: School) -> None:
    client = school.client(Post.STAFF)
    page = client.get("/reports/new").text
    for word in ("stop", "Do not look", "Do not copy, send, print", "screenshot", "Leave the",
                 "101", "999", "Internet Watch Foundation", "LADO", "Do not investigate",
                 "Designated safeguarding lead (DSL)"):  # fmt: skip
        assert word in page, word
    assert "<textarea" not in page
    assert 'type="text"' not in page
    straight = client.get("/reports/new/form", query_string={"url": URL})
    assert straight.status_code == 303
    assert straight.location.startswith("/reports/new?url=")
    assert client.post("/reports/new/form", data=ORDINARY).status_code == 303
    assert kept(school) == ()


def test_the_warning_is_shown_for_every_report_anew(school: School) -> None:
    client = school.client(Post.STAFF)
    submit(client, ORDINARY)
    assert client.get("/reports/new/form").location == "/reports/new"


def test_whoever_told_the_dsl_finds_the_box_ticked(school: School) -> None:
    client = school.client(Post.STAFF)
    client.post("/reports/new", data={"answer": "illegal"})
    assert re.search(r'name="may_be_illegal"[^>]*checked', client.get("/reports/new/form").text)
    client.post("/reports/new", data={"answer": "no"})
    assert not re.search(r'name="may_be_illegal"[^>]*checked', client.get("/reports/new/form").text)


def test_every_field_of_the_appendix_is_kept(school: School) -> None:
    submit(school.client(Post.STAFF), ORDINARY)
    (report,) = kept(school)
    assert (report.id, report.state, report.version) == ("C1", "submitted", 1)
    assert (report.staff_name, report.accessed_by) == ("A. Teacher", "P. Pupil")
    assert report.day == date(2020, 11, 23)
    assert report.urls == ("https://www.bad.example/gallery/one?x=1", "other.example")
    assert report.nature == "Violent pictures"
    assert report.account == school.accounts[Post.STAFF].id
    assert not report.suspected_illegal


def test_the_form_is_filled_in_from_the_link(school: School) -> None:
    client = warned(school)
    page = client.get("/reports/new/form", query_string={"url": URL}).text
    assert "hxxps://www[.]bad[.]example/x" in page
    assert URL not in page
    again = client.post("/reports/new/form", data={"urls": "hxxps://www[.]bad[.]example/x"}).text
    assert ">hxxps://www[.]bad[.]example/x</textarea>" in again.replace("\n", "")
    assert "Member of staff" in page  # the name on the account


def test_what_is_shown_defanged_is_read_back_as_it_was(school: School) -> None:
    submit(school.client(Post.STAFF), {**ORDINARY, "urls": "hxxps://www[.]bad[.]example/a[.]b"})
    assert kept(school)[0].urls == ("https://www.bad.example/a[.]b",)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("staff_name", "   ", "Enter your name"),
        ("nature", "", "Describe what was seen"),
        ("nature", "data:image/png;base64,iVBORw0KGgo=", "picture or a file"),
        ("nature", "<img src=x>", "picture or a file"),
        ("accessed_by", "data:image/gif;base64,R0lGOD", "picture or a file"),
        ("urls", "", "at least one web address"),
        ("urls", "\n \n", "at least one web address"),
        ("urls", "data:text/html,<b>x", "Line 1: this is a picture or a file"),
        ("urls", "https://a.example/\ndata:image/png;base64,AAAA", "Line 2"),
        ("urls", "javascript:alert(1)", "not a full web address"),
        ("urls", "file:///etc/passwd", "not a full web address"),
        ("urls", "just words", "not a full web address"),
        ("urls", "localhost", "not a full web address"),
        ("urls", "\n".join(f"https://a{n}.example/" for n in range(51)), "takes 50"),
        ("urls", "https://a.example/" + "x" * 2000, "longer than 2000"),
        ("day", ["31", "2", "2020"], "real date"),
        ("day", ["x", "y", "z"], "real date"),
        ("day", ["", "", ""], "Enter the date"),
        ("day", ["1", "1", "2999"], "today or earlier"),
        ("day", ["1", "1", "26"], "four digits"),
        ("day", ["1"], "real date"),
        ("day", ["1", "1", "2020", "9"], "real date"),
        ("day", ["9" * 30, "1", "2020"], "real date"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    school: School, field: str, value: object, said: str
) -> None:
    client = warned(school)
    answer = client.post("/reports/new/form", data={**ORDINARY, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "There is a problem" in answer.text
    assert answer.text.count("<h1") == 1
    if field != "accessed_by":
        assert "P. Pupil" in answer.text
    assert kept(school) == ()


def test_no_file_is_taken(school: School) -> None:
    client = warned(school)
    picture = (io.BytesIO(b"\x89PNG"), "seen.png")
    answer = client.post(
        "/reports/new/form", data={**ORDINARY, "file": picture}, content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    assert "not kept" in answer.text
    assert kept(school) == ()
    assert 'type="file"' not in client.get("/reports/new/form").text


def test_what_may_be_illegal_is_sealed_before_it_is_kept(school: School) -> None:
    submit(school.client(Post.STAFF), ILLEGAL)
    (report,) = kept(school)
    assert report.urls == ()
    assert report.sealed
    for path in school.data.glob("bellgate.db*"):
        assert b"dreadful" not in path.read_bytes()


@pytest.mark.parametrize("field", ["nature", "accessed_by"])
def test_an_address_that_may_be_illegal_stays_in_the_sealed_box(school: School, field: str) -> None:
    answer = warned(school).post("/reports/new/form", data={**ILLEGAL, field: f"see {SECRET}"})
    assert answer.status_code == 422
    assert "Take the address out of this box" in answer.text


def test_a_report_about_something_illegal_ends_with_what_to_do(school: School) -> None:
    client = school.client(Post.STAFF)
    page = client.get(f"/reports/{submit(client, ILLEGAL)}").text
    for word in ("999", "101", "LADO", "Do not investigate", "Call the designated"):
        assert word in page
    assert "dreadful" not in page


TEXT = st.text(max_size=60) | st.sampled_from(
    ["javascript:alert(1)", "data:image/png;base64,AAAA", "<script>alert(1)</script>", "{{ 7*7 }}",
     "\x00", "http://[", "https://a.example/\r\nSet-Cookie: x=1", "' OR 1=1 --", "﷽" * 50]
)  # fmt: skip


@given(staff=TEXT, pupil=TEXT, day=st.lists(TEXT, max_size=4), urls=TEXT, nature=TEXT, more=TEXT)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_nothing_typed_breaks_the_form_or_becomes_markup(
    school: School, staff: str, pupil: str, day: list[str], urls: str, nature: str, more: str
) -> None:
    client = warned(school)
    form = {"staff_name": staff, "accessed_by": pupil, "day": day, "nature": nature,
            "urls": f"https://site.example/{urls}\n{more}"}  # fmt: skip
    answer = client.post("/reports/new/form", data=form)
    assert answer.status_code in (303, 422)
    page = client.get(answer.location).text if answer.status_code == 303 else answer.text
    assert "<script>alert" not in page
    assert ">49<" not in page
    assert not re.search(r'href="(?:https?|javascript|data):', page)
    assert "https://site.example" not in page
