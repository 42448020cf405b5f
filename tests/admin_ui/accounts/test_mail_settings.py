"""The mail server's settings: checked, sealed, tried, and given to no other server."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.accounts.posts import Post
from appliance.store import accounts, web_settings
from tests.admin_ui.conftest import School
from tests.admin_ui.mail_server import listening
from tests.admin_ui.signin.people import said

GOOD = {
    "host": "127.0.0.1", "port": "587", "tls": "none", "user": "bellgate",
    "password": "an SMTP secret", "sender": "bellgate@hillside.example",
    "web_address": "https://gate.hillside.example",
}  # fmt: skip


def kept(school: School) -> dict[str, Any]:
    with school.store.reading() as session:
        return web_settings.get(session, "mail")


def test_the_password_goes_in_and_never_comes_out(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    assert web.post("/accounts/mail", data=GOOD).status_code == 303
    assert kept(school)["password"]
    assert "an SMTP secret" not in repr(kept(school))
    page = web.get("/accounts/mail").text
    assert "an SMTP secret" not in page
    assert kept(school)["password"] not in page
    assert "an SMTP secret" not in repr(said(school, "account.mail_changed"))


@pytest.mark.parametrize(
    ("field", "value", "keeps"),
    [("sender", "other@hillside.example", True), ("host", "localhost", False),
     ("port", "25", False), ("user", "other", False)],
)  # fmt: skip
def test_a_password_is_never_sent_to_another_server(
    school: School, field: str, value: str, keeps: bool
) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    web.post("/accounts/mail", data=GOOD)
    before = kept(school)["password"]
    web.post("/accounts/mail", data={**GOOD, "password": "", field: value})
    assert kept(school)[field] == value
    assert (kept(school)["password"] == before) == keeps


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("host", "", "name of the mail server"), ("port", "x", "a number from 1"),
     ("tls", "none?", "choice"), ("sender", "x", "e-mail address"),
     ("web_address", "http://gate.hillside.example", "where people open Bellgate")],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field(
    school: School, field: str, value: str, words: str
) -> None:
    page = school.client(Post.IT_TECHNICIAN).post("/accounts/mail", data={**GOOD, field: value})
    assert page.status_code == 200
    assert words in page.text
    assert kept(school) == {}


def test_a_letter_to_oneself_shows_that_it_works(school: School) -> None:
    web, one = school.client(Post.IT_TECHNICIAN), school.accounts[Post.IT_TECHNICIAN]
    with listening() as box:
        web.post("/accounts/mail", data={**GOOD, "user": "", "port": str(box.port)})
        answer = web.post("/accounts/mail/test", follow_redirects=True)
        assert "give your own account an e-mail address" in answer.text
        with school.store.session() as session:
            accounts.set_details(session, one.id, name=one.name, email="tech@hillside.example")
        answer = web.post("/accounts/mail/test", follow_redirects=True)
        assert "on its way to tech@hillside.example" in answer.text
        assert box.wait()[0]["To"] == "tech@hillside.example"
    answer = web.post("/accounts/mail/test", follow_redirects=True)
    assert "cannot be reached" in answer.text


def test_turning_it_off_forgets_everything(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    web.post("/accounts/mail", data=GOOD)
    web.post("/accounts/mail/off")
    assert kept(school) == {}


def test_invitations_go_out_by_mail_too(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    with listening() as box:
        web.post("/accounts/mail", data={**GOOD, "user": "", "port": str(box.port)})
        page = web.post("/accounts/add", data={
            "name": "N. Newcomer", "email": "new@hillside.example", "posts": "staff",
            "reason": "Started"}).text  # fmt: skip
        assert "on the way by e-mail" in page
        (letter,) = box.wait()
    assert "https://gate.hillside.example/invitation/" in letter.get_content()
