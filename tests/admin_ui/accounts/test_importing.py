"""A list of staff: nothing is done before it is confirmed, and then all of it or nothing."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from appliance.accounts.posts import Post
from appliance.store import account_changes, accounts
from tests.admin_ui.conftest import School

LIST = (
    "name,email,posts\nA. Teacher,a@hillside.example,\n"
    "B. Lead,b@hillside.example,staff; dsl\n=cmd|' /C calc'!A1,c@hillside.example,governor\n"
)


def upload(web: FlaskClient, data: bytes) -> TestResponse:
    return web.post(
        "/accounts/import", data={"file": (io.BytesIO(data), "staff.csv")},
        content_type="multipart/form-data",
    )  # fmt: skip


def text_of(page: str) -> str:
    found = re.search(r'name="text" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def logins(school: School) -> set[str]:
    with school.store.reading() as session:
        return {one.login for one in accounts.list_(session)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_it_is_shown_first_and_done_when_confirmed(school: School, encoding: str) -> None:
    web, before = school.client(Post.IT_TECHNICIAN), logins(school)
    data = LIST.replace("A. Teacher", "Zoë Müller").encode(encoding)
    page = upload(web, data).text
    assert "Add 3 people?" in page
    assert "Zoë Müller" in page
    assert logins(school) == before
    done = web.post("/accounts/import/confirm", data={"text": text_of(page)}).text
    assert logins(school) - before == {f"{one}@hillside.example" for one in "abc"}
    assert len(set(re.findall(r"/invitation/[\w-]{43}", done))) == 3
    assert "wait for a headteacher" in done
    with school.store.reading() as session:
        found = {one.login: one for one in accounts.list_(session)}
        assert found["b@hillside.example"].posts == {"staff"}
        assert found["a@hillside.example"].name == "Zoë Müller"
        (change,) = account_changes.waiting(session)
    assert change.posts == {"staff", "dsl"}


def test_mistakes_stand_with_line_and_column_and_nobody_is_added(school: School) -> None:
    web, before = school.client(Post.IT_TECHNICIAN), logins(school)
    page = upload(web, (LIST + "D,nonsense,king\n").encode()).text
    assert "The list has mistakes" in page
    assert 'name="text"' not in page
    cells = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "5 email This is not an e-mail address." in cells
    assert "“king” is not a post" in cells
    assert logins(school) == before


def test_the_same_list_again_adds_nobody(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    text = text_of(upload(web, LIST.encode()).text)
    web.post("/accounts/import/confirm", data={"text": text})
    before = logins(school)
    again = web.post("/accounts/import/confirm", data={"text": text}, follow_redirects=True)
    assert "does not fit any more" in again.text
    assert "among the accounts" in upload(web, LIST.encode()).text
    assert logins(school) == before


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04" + b"\x00" * 50, b"x" * 300_000])
def test_what_is_no_list_is_refused(school: School, data: bytes) -> None:
    web, before = school.client(Post.IT_TECHNICIAN), logins(school)
    assert upload(web, data).status_code == 200
    assert logins(school) == before


def test_what_is_far_too_large_is_not_read(school: School) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    answer = school.client(Post.IT_TECHNICIAN).post(
        "/accounts/import", data=body + b"x" * (6 << 20) + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )  # fmt: skip
    assert answer.status_code == 413


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200) | st.text(max_size=120).map(lambda text: LIST.encode() + text.encode(
    "utf-8", "replace")))  # fmt: skip
def test_any_file_is_answered(school: School, data: bytes) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    assert upload(web, data).status_code == 200


def test_no_cell_of_the_export_is_a_formula(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    text = text_of(upload(web, LIST.encode()).text)
    web.post("/accounts/import/confirm", data={"text": text})
    answer = web.get("/accounts/export.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "'=cmd" in answer.text
    assert not re.search(r'(?m)(^|,)"?[=+\-@]', answer.text)
    assert "argon2" not in answer.text
