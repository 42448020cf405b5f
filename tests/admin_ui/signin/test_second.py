"""The second factor: asked for after the password, and again before something is signed."""

from __future__ import annotations

import re

import pytest

from admin_ui.signin.again import signed_again
from appliance.accounts.posts import Post
from appliance.store import credentials
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import PASSWORD, Person, said, somebody


@pytest.fixture
def dsl(school: School) -> Person:
    """Return a safeguarding lead who has shown the password."""
    person = somebody(school, "casey", [Post.DSL], phone=True)
    assert person.sign_in(next="/ca").headers["Location"] == "/second-factor?next=/ca"
    return person


def test_the_code_lets_them_on_with_a_new_token(dsl: Person) -> None:
    before = dsl.web.get_cookie("bellgate")
    assert "Signed in as" not in dsl.web.get("/").text
    answer = dsl.show_code(next="/ca")
    after = dsl.web.get_cookie("bellgate")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ca")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "Signed in as" in dsl.web.get("/").text
    old = dsl.school.app.test_client()
    old.set_cookie("bellgate", before.value)
    assert old.get("/second-factor").headers["Location"].startswith("/sign-in")


def test_a_code_counts_once(school: School, dsl: Person) -> None:
    code = dsl.code()
    assert dsl.show_code(code).status_code == 303
    dsl.web.post("/sign-out")
    dsl.sign_in()
    again = dsl.show_code(code)
    assert again.status_code == 200
    assert "was used before" in again.text
    assert len(said(school, "sign_in.succeeded")) == 1


@pytest.mark.parametrize(
    "code", ["000000", "abc", "", "123456789", "aaaa-bbbb-cccc-dddd", "' OR 1"]
)
def test_a_wrong_code_lets_nobody_on(dsl: Person, code: str) -> None:
    assert dsl.web.post("/second-factor", data={"code": code}).status_code == 200
    assert "Signed in as" not in dsl.web.get("/").text


def test_codes_can_be_guessed_ten_times_with_the_passwords(dsl: Person) -> None:
    for _ in range(10):
        answer = dsl.web.post("/second-factor", data={"code": "000000"})
    assert "too many wrong tries" in answer.text
    assert dsl.show_code().status_code == 200, "the right one is not tried either"


def test_a_password_alone_changes_no_second_factor(dsl: Person) -> None:
    """Whoever has the password must not set up a phone of their own instead."""
    answer = dsl.web.get("/second-factor/set-up")
    assert answer.headers["Location"] == "/second-factor?next=/second-factor/set-up"
    assert dsl.web.post("/second-factor/set-up", data={"code": "1"}).status_code == 303
    assert dsl.web.get("/second-factor/set-up/code.svg").status_code == 404


def test_a_key_that_was_lost_opens_nothing(school: School, dsl: Person) -> None:
    """Fails closed: a secret that cannot be unsealed is no second factor."""
    school.app.secret_key = b"another key than the one before."
    other = school.app.test_client()
    other.post("/sign-in", data={"login": "casey", "password": PASSWORD})
    assert other.post("/second-factor", data={"code": dsl.code()}).status_code == 200


def test_signing_again_is_asked_for_after_a_while_and_comes_back(school: School) -> None:
    person = somebody(school, "casey", [Post.HEADTEACHER], phone=True)
    stale = school.client_of(person.account, proved=False)
    assert _signed(school, stale, "/ca?x=1") == "/second-factor?next=/ca?x%3D1"
    page = stale.get("/second-factor?next=/ca?x%3D1").text
    assert "Show again that it is you" in page
    assert re.search(r'name="next" value="/ca\?x=1"', page)
    answer = stale.post("/second-factor", data={"code": person.code(), "next": "/ca?x=1"})
    assert answer.headers["Location"] == "/ca?x=1"
    assert _signed(school, stale, "/ca?x=1") is None
    assert said(school, "sign_in.signed_again") == [("casey", "casey", {"how": "code"})]


def test_who_has_no_second_factor_signs_by_password(school: School) -> None:
    person = somebody(school, "avery", [Post.STAFF])
    person.sign_in()
    assert "Your password" in person.web.get("/second-factor?next=/ca").text
    wrong = person.web.post("/second-factor", data={"password": "wrong", "next": "/ca"})
    assert "The password is wrong" in wrong.text
    assert _signed(school, person.web, "/ca") is not None
    answer = person.web.post("/second-factor", data={"password": PASSWORD, "next": "/ca"})
    assert answer.headers["Location"] == "/ca"
    assert _signed(school, person.web, "/ca") is None


def test_no_other_password_signs_for_somebody(school: School) -> None:
    somebody(school, "robin", password="lotus bramble quartz")
    person = somebody(school, "avery")
    person.sign_in()
    other = person.web.post(
        "/second-factor", data={"password": "lotus bramble quartz", "login": "robin"}
    )
    assert other.status_code == 200


def test_who_came_by_another_way_sets_up_something_of_their_own(school: School) -> None:
    person = somebody(school, "avery", password=None)
    web = school.client_of(person.account, proved=False)
    assert web.get("/second-factor?next=/ca").headers["Location"] == (
        "/second-factor/set-up?next=/ca"
    )


def _signed(school: School, web: object, path: str) -> str | None:
    """Return where ``signed_again`` sends a browser that is on a page, None: nowhere."""
    cookie = web.get_cookie("bellgate")  # type: ignore[attr-defined]
    with school.app.test_request_context(path, headers={"Cookie": f"bellgate={cookie.value}"}):
        school.app.preprocess_request()
        away = signed_again()
    return None if away is None else away.headers["Location"]


def test_recovery_codes_open_once_each(school: School) -> None:
    from appliance.accounts import totp

    person = somebody(school, "casey", [Post.DSL], phone=True)
    with school.store.session() as session:
        digests = tuple(map(totp.recovery_digest, ("aaaa-bbbb-cccc-dddd", "eeee-ffff-gggg-hhhh")))
        credentials.set_recovery(session, person.account.id, digests)
    person.sign_in()
    assert person.show_code("AAAA BBBB CCCC DDDD").status_code == 303
    assert said(school, "sign_in.recovery_code_used") == [("casey", "casey", {"left": 1})]
    person.web.post("/sign-out")
    person.sign_in()
    assert person.show_code("aaaa-bbbb-cccc-dddd").status_code == 200
    assert person.show_code("eeee-ffff-gggg-hhhh").status_code == 303


def test_strangers_who_guess_keep_nobody_from_signing(school: School, dsl: Person) -> None:
    """They guess at the same account from the same address, and are locked themselves."""
    assert dsl.show_code().status_code == 303
    stranger = school.nobody()
    for _ in range(11):
        told = stranger.post("/sign-in", data={"login": "casey", "password": "a guess of mine"})
    assert "too many wrong tries" in told.text
    later = dsl.show_code("000000")
    assert "too many wrong tries" not in later.text
    for _ in range(10):
        last = dsl.show_code("000000")
    assert "too many wrong tries" in last.text, "their own guesses count all the same"
