"""One's own account: what is changed, what that ends, and that it is shown to be oneself."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from appliance.accounts.posts import Post
from appliance.store import credentials
from appliance.store.account_tables import SessionRow
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import PASSWORD, Person, said, somebody

NEW = "lotus bramble quartz 7"


@pytest.fixture
def avery(school: School) -> Person:
    """Return a member of staff who signed in and showed the password just now."""
    person = somebody(school, "avery")
    person.sign_in()
    person.web.post("/second-factor", data={"password": PASSWORD})
    return person


@pytest.mark.parametrize("post", Post)
def test_everybody_has_a_page_of_their_own(school: School, post: Post) -> None:
    page = school.client(post).get("/me").text
    assert "Your account" in page
    assert post.value in page


def test_a_changed_password_ends_the_sessions_elsewhere(school: School, avery: Person) -> None:
    elsewhere = school.client_of(avery.account)
    before = avery.web.get_cookie("bellgate")
    assert avery.web.post("/me/password", data={"password": NEW}).headers["Location"] == "/me"
    after = avery.web.get_cookie("bellgate")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "Your password is changed" in avery.web.get("/me").text
    assert elsewhere.get("/me").status_code == 303
    assert said(school, "account.password_changed") == [("avery", "avery", {})]
    avery.web.post("/sign-out")
    assert avery.sign_in().status_code == 200
    assert avery.sign_in(NEW).status_code == 303


@pytest.mark.parametrize(
    ("password", "said_"),
    [("", "Enter a new password"), ("short", "at least 12"), ("avery avery avery", "guess"),
     ("Password123456", "guess"), ("x" * 300, "at most 256")],
)  # fmt: skip
def test_a_bad_password_is_refused_and_the_old_one_stays(
    avery: Person, password: str, said_: str
) -> None:
    answer = avery.web.post("/me/password", data={"password": password})
    assert answer.status_code == 200
    assert said_ in answer.text
    assert 'href="#password"' in answer.text
    avery.web.post("/sign-out")
    assert avery.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/me/password"), ("POST", "/me/password"), ("POST", "/me/recovery-codes"),
     ("POST", "/me/second-factor/remove"), ("GET", "/me/passkeys"), ("POST", "/me/passkeys/remove"),
     ("GET", "/second-factor/set-up")],
)  # fmt: skip
def test_a_browser_left_open_changes_nothing(school: School, method: str, path: str) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    stale = school.client_of(person.account, proved=False)
    answer = stale.open(path, method=method, data={"password": NEW})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/second-factor?next=/")
    with school.store.reading() as session:
        kept = credentials.of(session, person.account.id)
    assert kept is not None
    assert kept.totp is not None


def test_new_recovery_codes_are_shown_once_and_the_old_ones_end(school: School) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    web = school.client_of(person.account)
    first = _codes(web.post("/me/recovery-codes").text)
    second = _codes(web.post("/me/recovery-codes").text)
    assert len(first) == len(second) == 10
    assert not set(first) & set(second)
    page = web.get("/me").text
    assert "10 of 10 are left" in page
    assert not any(code in page for code in second)
    person.sign_in()
    assert person.show_code(first[0]).status_code == 200
    assert person.show_code(second[0]).status_code == 303


@pytest.mark.parametrize(("post", "code"), [(Post.STAFF, 303), (Post.DSL, 403)])
def test_only_who_need_not_have_a_second_factor_takes_it_away(
    school: School, post: Post, code: int
) -> None:
    person = somebody(school, "casey", [post], phone=True)
    web = school.client_of(person.account)
    assert web.post("/me/second-factor/remove").status_code == code
    with school.store.reading() as session:
        kept = credentials.of(session, person.account.id)
    assert kept is not None
    assert (kept.totp is None) == (code == 303)


def test_sessions_are_listed_and_ended_elsewhere(school: School, avery: Person) -> None:
    elsewhere = school.client_of(avery.account)
    page = avery.web.get("/me").text
    assert page.count("127.0.0.1") == 2
    assert page.count("(here)") == 1
    assert avery.web.post("/me/sessions/end").status_code == 303
    assert elsewhere.get("/me").status_code == 303
    assert avery.web.get("/me").status_code == 200
    with school.store.reading() as session:
        assert len(list(session.scalars(select(SessionRow)))) == 1


def test_the_sealed_account_cannot_be_changed_from_inside(school: School) -> None:
    person = somebody(school, "emergency", [Post.IT_TECHNICIAN], emergency=True)
    assert person.sign_in().status_code == 303
    assert "sealed emergency account" in person.web.get("/me").text
    for path in ("/me/password", "/me/passkeys", "/second-factor/set-up"):
        assert person.web.get(path).status_code == 403


def _codes(page: str) -> list[str]:
    return re.findall(r'bellgate-verbatim">([a-z0-9]{4}(?:-[a-z0-9]{4}){3})<', page)
