"""Links by e-mail: through a real mail server, once, in their time, after a button."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from appliance.accounts.posts import Post
from appliance.store import web_settings
from appliance.store.account_tables import TicketRow
from tests.admin_ui.conftest import School
from tests.admin_ui.mail_server import Mailbox, listening
from tests.admin_ui.signin.people import Person, said, somebody


@pytest.fixture
def box(school: School) -> Iterator[Mailbox]:
    """Return the mailbox of everybody at a school where mail is set up."""
    with listening() as found:
        with school.store.session() as session:
            web_settings.put(
                session, "mail", {
                    "host": "127.0.0.1", "port": str(found.port), "tls": "none", "user": "",
                    "password": "", "sender": "bellgate@hillside.example",
                    "web_address": "https://gate.hillside.example",
                },
            )  # fmt: skip
        yield found


def ask(person: Person, **more: str) -> str:
    data = {"email": person.account.email, **more}
    return person.web.post("/sign-in/link", data=data, follow_redirects=True).text


def path_in(box: Mailbox, count: int = 1) -> str:
    letters = box.wait(count)
    text = letters[count - 1].get_content()
    found = re.search(r"https://gate\.hillside\.example(/sign-in/link/\S+)", text)
    assert found, text
    return found[1]


def test_a_link_signs_in_when_its_button_is_pressed(school: School, box: Mailbox) -> None:
    person = somebody(school, "avery", password=None)
    assert "If there is an account with this address" in ask(person, next="/me")
    path = path_in(box)
    letter = box.letters[0]
    assert letter["To"] == "avery@hillside.example"
    assert letter["From"] == "Bellgate <bellgate@hillside.example>"
    for _ in range(3):  # a mail scanner looks at every link: nobody is signed in by that
        page = school.nobody().get(path).text
        assert "Sign in as Avery" in page
    fresh = school.app.test_client()
    assert fresh.post(path, data={"next": "/me"}).headers["Location"] == "/me"
    assert "Signed in as" in fresh.get("/").text
    assert school.nobody().post(path).status_code == 404
    assert school.nobody().get(path).status_code == 404
    assert said(school, "sign_in.succeeded") == [("avery", "avery", {"how": "e-mailed link"})]


def test_strangers_learn_nothing_and_no_letter_goes_out(school: School, box: Mailbox) -> None:
    known, unknown = somebody(school, "avery"), somebody(school, "robin")
    one = ask(known)
    box.wait(1)
    two = unknown.web.post(
        "/sign-in/link", data={"email": "nobody@hillside.example"}, follow_redirects=True
    ).text
    three = unknown.web.post(
        "/sign-in/link", data={"email": "not an address"}, follow_redirects=True
    ).text
    assert re.sub(r'value="[^"]*"', "", one) == re.sub(r'value="[^"]*"', "", two)
    assert re.sub(r'value="[^"]*"', "", two) == re.sub(r'value="[^"]*"', "", three)
    ask(known)
    assert [letter["To"] for letter in box.wait(2)] == ["avery@hillside.example"] * 2


def test_the_second_step_is_asked_for_after_it(school: School, box: Mailbox) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    ask(person)
    assert person.web.post(path_in(box)).headers["Location"] == "/second-factor"
    assert "Signed in as" not in person.web.get("/").text


def test_a_link_is_over_after_a_quarter_of_an_hour(school: School, box: Mailbox) -> None:
    person = somebody(school, "avery")
    ask(person)
    path = path_in(box)
    with school.store.session() as session:
        for row in session.scalars(select(TicketRow)):
            assert (row.ends - row.made).total_seconds() == 900
            row.ends = row.made
    assert person.web.get(path).status_code == 404
    assert person.web.post(path).status_code == 404


def test_nobody_floods_a_mailbox(school: School, box: Mailbox) -> None:
    person = somebody(school, "avery")
    for _ in range(14):
        ask(person)
    box.wait(10)
    ask(somebody(school, "robin"))  # its letter would come after all of those
    assert len([one for one in box.wait(10) if "avery" in one["To"]]) == 10


def test_a_host_that_a_request_makes_up_is_in_no_letter(school: School, box: Mailbox) -> None:
    person = somebody(school, "avery")
    person.web.post(
        "/sign-in/link", data={"email": person.account.email}, base_url="http://evil.example"
    )
    assert "evil" not in box.wait()[0].get_content()
    path_in(box)


def test_the_sealed_account_has_no_link(school: School, box: Mailbox) -> None:
    ask(somebody(school, "sealed", [Post.IT_TECHNICIAN], emergency=True))
    ask(somebody(school, "avery"))
    assert [letter["To"] for letter in box.wait(1)] == ["avery@hillside.example"]


def test_without_mail_there_is_no_such_page(school: School) -> None:
    assert school.nobody().get("/sign-in/link").status_code == 404
    assert "sent to you by e-mail" not in school.nobody().get("/sign-in").text
