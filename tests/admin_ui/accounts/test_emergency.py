"""The sealed emergency account: made once, used alone, and heard by everybody."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.store import web_settings
from tests.admin_ui.conftest import School
from tests.admin_ui.mail_server import listening
from tests.admin_ui.signin.people import said


def seal(web: FlaskClient) -> str:
    """Make the account or a new password for it; return the password."""
    page = web.post("/accounts/emergency", data={"reason": "For the safe"}).text
    found = re.search(r'bellgate-verbatim">([a-z0-9]{4}(?:-[a-z0-9]{4}){5})<', page)
    assert found, page
    return found[1]


def use(school: School, password: str) -> FlaskClient:
    web = school.nobody()
    web.post("/sign-in", data={"login": "emergency", "password": password})
    return web


def test_it_can_do_what_a_technician_can_with_the_password_alone(school: School) -> None:
    web = use(school, seal(school.client(Post.IT_TECHNICIAN)))
    assert "Signed in as" in web.get("/me").text
    assert web.get("/accounts").status_code == 200
    assert web.get("/accounts/add").headers["Location"].startswith("/second-factor")
    assert "Your password" in web.get("/second-factor").text


@pytest.mark.parametrize("post", Post)
def test_its_use_is_on_every_page_of_everybody(school: School, post: Post) -> None:
    password = seal(school.client(Post.IT_TECHNICIAN))
    web = school.client(post)
    assert "emergency account was used" not in web.get("/me").text
    use(school, password)
    for path in ("/me", "/", "/ca"):
        assert "The sealed emergency account was used" in web.get(path).text
    assert "emergency account was used" not in school.nobody().get("/").text
    assert len(said(school, "sign_in.emergency_used")) == 1


def test_a_headteacher_ends_the_alarm_with_a_reason(school: School) -> None:
    use(school, seal(school.client(Post.IT_TECHNICIAN)))
    head, path = school.client(Post.HEADTEACHER), "/accounts/emergency/answer"
    assert "Say why" in head.get("/me").text
    assert "Say why" not in school.client(Post.IT_TECHNICIAN).get("/me").text
    assert school.client(Post.IT_TECHNICIAN).post(path, data={"reason": "x"}).status_code == 403
    assert "Enter a reason" in head.post(path, data={"reason": ""}).text
    assert "emergency account was used" in head.get("/me").text
    head.post(path, data={"reason": "The technician was ill"})
    assert "emergency account was used" not in head.get("/me").text
    assert said(school, "account.emergency_answered")[0][:2] == ("headteacher", "emergency")
    assert head.get(path).status_code == 303


def test_a_new_envelope_makes_the_old_one_worthless(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    first, second = seal(web), seal(web)
    assert first != second
    assert "Signed in as" not in use(school, first).get("/").text
    inside = use(school, second)
    assert "Signed in as" in inside.get("/").text
    seal(web)
    assert "Signed in as" not in inside.get("/").text
    assert web.get("/accounts").text.count("Emergency account</a>") == 2  # one row, one link


def test_no_secret_is_in_the_audit_log(school: School) -> None:
    password = seal(school.client(Post.IT_TECHNICIAN))
    use(school, password)
    with school.store.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM audit_entry").fetchall()
    assert rows
    assert password not in repr(rows)


def test_leads_heads_and_technicians_are_told_by_mail(school: School) -> None:
    password = seal(school.client(Post.IT_TECHNICIAN))
    with listening() as box:
        with school.store.session() as session:
            web_settings.put(
                session, "mail", {
                    "host": "127.0.0.1", "port": str(box.port), "tls": "none", "user": "",
                    "sender": "bellgate@hillside.example", "password": "",
                    "web_address": "https://gate.hillside.example",
                },
            )  # fmt: skip
            session.connection().exec_driver_sql(
                "UPDATE account SET email = login || '@hillside.example' WHERE NOT emergency"
            )
        use(school, password)
        told = {str(letter["To"]) for letter in box.wait(4)}
    assert told == {f"{post}@hillside.example" for post in (
        "it_technician", "headteacher", "executive_head", "dsl")}  # fmt: skip
