"""Signing in by password: who comes in, who does not, and what strangers learn (nothing)."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_ui.limits import RATED
from appliance.accounts.posts import SECOND_FACTOR, Post
from appliance.store import accounts, web_sessions
from appliance.store.account_tables import SessionRow, TryRow
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import PASSWORD, said, somebody


def sessions(school: School) -> list[SessionRow]:
    with school.store.reading() as session:
        return list(session.scalars(select(SessionRow)))


def plain(page: str, login: str) -> str:
    """Return a page without what is different each time it is asked for."""
    page = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", page.replace(login, "LOGIN"))
    return re.sub(r"\s+", " ", page)


def test_staff_come_in_by_password(school: School) -> None:
    person = somebody(school, "avery")
    answer = person.sign_in()
    assert answer.status_code == 303
    assert "Signed in as" in person.web.get("/").text
    assert said(school, "sign_in.succeeded") == [("avery", "avery", {"how": "password"})]
    cookie = answer.headers.getlist("Set-Cookie")
    mine = next(line for line in cookie if line.startswith("bellgate="))
    assert "HttpOnly" in mine
    assert "SameSite=Lax" in mine


def test_capitals_in_the_login_do_not_matter(school: School) -> None:
    person = somebody(school, "avery")
    assert person.web.post(
        "/sign-in", data={"login": " AVERY ", "password": PASSWORD}
    ).status_code == 303  # fmt: skip


@pytest.mark.parametrize("login", ["avery", "nobody-at-all", "disabled", "invited"])
def test_strangers_cannot_tell_accounts_apart(school: School, login: str) -> None:
    """Wrong password, no such account, disabled, never set up: one answer, letter by letter."""
    somebody(school, "avery")
    disabled = somebody(school, "disabled")
    somebody(school, "invited", password=None)
    with school.store.session() as session:
        accounts.set_enabled(session, disabled.account.id, False)
    given = PASSWORD if login == "disabled" else "wrong wrong wrong"
    answer = school.nobody().post("/sign-in", data={"login": login, "password": given})
    assert answer.status_code == 200
    assert "The login or the password is wrong" in answer.text
    other = school.nobody().post("/sign-in", data={"login": "somebody-else", "password": "x"})
    assert plain(answer.text, login) == plain(other.text, "somebody-else")
    assert not sessions(school)


def test_nothing_that_was_typed_is_kept(school: School) -> None:
    """People type the password into the field of the login: neither table may have it."""
    school.nobody().post("/sign-in", data={"login": "my-s3cret-thing", "password": "another-one"})
    with school.store.reading() as session:
        rows = [*session.scalars(select(AuditRow)), *session.scalars(select(TryRow))]
        kept = repr([{c.name: getattr(r, c.key) for c in r.__table__.columns} for r in rows])
    assert "my-s3cret-thing" not in kept
    assert "another-one" not in kept
    assert said(school, "sign_in.refused")[0][1] == "an account that does not exist"


@pytest.mark.parametrize("login", ["avery", "nobody-at-all"])
def test_the_eleventh_try_is_not_made(school: School, login: str) -> None:
    somebody(school, "avery")
    for _ in range(10):
        answer = school.nobody().post("/sign-in", data={"login": login, "password": "wrong"})
    assert "too many wrong tries" in answer.text
    right = school.nobody().post(
        "/sign-in", data={"login": login, "password": PASSWORD},
        environ_overrides={"REMOTE_ADDR": "10.9.9.9"},
    )  # fmt: skip
    assert right.status_code == 200
    assert "too many wrong tries" in right.text
    assert re.search(r"until \d+:\d\d[ap]m", right.text)
    assert len(said(school, "sign_in.refused")) == 10
    assert len(said(school, "sign_in.locked")) == 1
    assert not sessions(school)


def test_an_address_that_guesses_is_locked_for_all_accounts(school: School) -> None:
    person = somebody(school, "avery")
    for number in range(10):
        person.web.post("/sign-in", data={"login": f"guess{number}", "password": "x"})
    assert "too many wrong tries" in person.sign_in().text
    elsewhere = school.app.test_client().post(
        "/sign-in", data={"login": "avery", "password": PASSWORD},
        environ_overrides={"REMOTE_ADDR": "10.9.9.9"},
    )  # fmt: skip
    assert elsewhere.status_code == 303


@pytest.mark.parametrize("post", Post)
def test_who_needs_a_second_factor_does_not_come_in_without(school: School, post: Post) -> None:
    person = somebody(school, "casey", [post])
    to = person.sign_in().headers["Location"]
    if post in SECOND_FACTOR:
        assert to == "/second-factor"
        assert "Signed in as" not in person.web.get("/").text
        assert person.web.get("/second-factor").headers["Location"] == "/second-factor/set-up"
        assert said(school, "sign_in.succeeded") == []
    else:
        assert "Signed in as" in person.web.get("/").text


def test_signing_out_ends_the_session_for_whoever_has_the_token(school: School) -> None:
    person = somebody(school, "avery")
    person.sign_in()
    token = person.web.get_cookie("bellgate")
    assert token is not None
    assert person.web.post("/sign-out").status_code == 303
    thief = school.app.test_client()
    thief.set_cookie("bellgate", token.value)
    assert "Signed in as" not in thief.get("/").text
    assert sessions(school) == []
    assert said(school, "sign_in.ended") == [("avery", "avery", {})]


def test_signing_out_is_no_link(school: School) -> None:
    assert school.client(Post.STAFF).get("/sign-out").status_code == 405


def test_a_sign_in_never_keeps_a_token_from_before(school: School) -> None:
    """Session fixation: a token that was planted opens nothing afterwards."""
    person = somebody(school, "avery")
    person.web.set_cookie("bellgate", "planted-by-somebody")
    person.sign_in()
    now = person.web.get_cookie("bellgate")
    assert now is not None
    assert now.value != "planted-by-somebody"
    first = now.value
    person.web.post("/sign-out")
    person.sign_in()
    again = person.web.get_cookie("bellgate")
    assert again is not None
    assert again.value != first


def test_a_change_of_posts_ends_every_session(school: School) -> None:
    person = somebody(school, "avery")
    person.sign_in()
    with school.store.session() as session:
        accounts.set_posts(session, person.account.id, ["staff", "slt"])
    assert "Signed in as" not in person.web.get("/").text


def test_a_session_idle_for_an_hour_is_over(school: School) -> None:
    person = somebody(school, "avery")
    person.sign_in()
    with school.store.session() as session:
        for row in session.scalars(select(SessionRow)):
            row.seen -= web_sessions.IDLE
    assert "Signed in as" not in person.web.get("/").text


def test_who_is_signed_in_goes_on_at_once(school: School) -> None:
    answer = school.client(Post.STAFF).get("/sign-in?next=/ca")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ca")


def test_without_the_database_nobody_comes_in(school: School) -> None:
    """Fails closed: the page says so, and neither a password nor a session opens anything."""
    person = somebody(school, "avery")
    inside = school.client(Post.IT_TECHNICIAN)
    school.app.extensions["gate"].close()
    school.store.close()
    school.app.extensions["gate"]._store = None
    for path in school.data.glob("bellgate.db*"):
        path.unlink()
    answer = person.sign_in()
    assert answer.status_code == 503
    assert "nothing was changed" in answer.text
    assert inside.get("/me").status_code == 303
    assert person.web.get("/sign-in").status_code == 200


def test_an_address_sends_thirty_tries_a_minute_and_still_sees_pages(school: School) -> None:
    """A class behind one address sees its pages; only what can be guessed is rationed."""
    school.app.config[RATED] = True
    web = school.nobody()
    codes = [web.post("/sign-in/passkey/options", base_url="http://localhost").status_code
             for _ in range(31)]  # fmt: skip
    assert codes == [200] * 30 + [429]
    assert web.post("/sign-in", data={"login": "x", "password": "y"}).status_code == 429
    assert {web.get(path).status_code for path in ("/sign-in", "/", "/ca") * 40} == {200}
    answer = web.post("/sign-in", data={})
    assert "Please wait a minute" in answer.text
    assert not [name for name, _ in answer.headers if "ratelimit" in name.lower()]
    other = web.post("/sign-in", data={}, environ_overrides={"REMOTE_ADDR": "10.0.0.7"})
    assert other.status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(["login", "password", "code", "next", "email", "credential", "csrf_token"]),
        st.text(max_size=300), max_size=5,
    )
)  # fmt: skip
def test_forms_take_anything_and_let_nobody_in(school: School, data: dict[str, str]) -> None:
    web = school.nobody()
    for path in ("/sign-in", "/sign-in/passkey", "/invitation/x", "/sign-in/link/x"):
        assert web.post(path, data=data).status_code in (200, 303, 404)
    assert web.get("/sign-in", query_string=data).status_code == 200
    assert web.get("/me").status_code == 303
