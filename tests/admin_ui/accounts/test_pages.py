"""Accounts: what the technician changes at once, and what waits for a headteacher."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.accounts.posts import NAMES, Post
from appliance.store import account_changes, accounts, credentials
from appliance.store.accounts import Account
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import PASSWORD, said, somebody


@pytest.fixture
def technician(school: School) -> FlaskClient:
    return school.client(Post.IT_TECHNICIAN)


def find(school: School, login: str) -> Account:
    with school.store.reading() as session:
        found = credentials.by_login(session, login)
    assert found is not None
    return found


def invitation(page: str) -> str:
    found = re.search(r"http://localhost(/invitation/[\w-]+)", page)
    assert found, page
    return found[1]


def add(web: FlaskClient, *posts: str, **more: str) -> str:
    data = {"name": "N. Newcomer", "email": "new@hillside.example", "posts": list(posts),
            "reason": "Started in September", **more}  # fmt: skip
    return web.post("/accounts/add", data=data).text


def test_everybody_with_an_account_is_listed(school: School, technician: FlaskClient) -> None:
    page = technician.get("/accounts").text
    assert all(name in page for name in NAMES.values())
    assert "Add somebody" in page


@pytest.mark.parametrize("post", [Post.HEADTEACHER, Post.AUDITOR])
def test_who_may_look_sees_no_way_to_change(school: School, post: Post) -> None:
    web, one = school.client(post), school.accounts[Post.STAFF].id
    for path in ("/accounts", f"/accounts/{one}", "/accounts/review"):
        page = web.get(path).text
        assert "Add somebody" not in page
        assert "Disable" not in page


def test_somebody_new_chooses_a_password_and_comes_in(
    school: School, technician: FlaskClient
) -> None:
    path = invitation(add(technician, "staff"))
    web = school.nobody()
    web.post(path, data={"password": PASSWORD})
    web.post("/sign-in", data={"login": "New@hillside.example", "password": PASSWORD})
    assert "N. Newcomer" in web.get("/me").text
    assert said(school, "account.added")[0][:2] == ("it_technician", "new@hillside.example")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("name", "", "Enter the name"), ("email", "", "Enter the e-mail"), ("email", "x@y", "such as"),
     ("email", "STAFF@hillside.example", "already"), ("reason", "", "Enter a reason"),
     ("name", "a\nb", "in one line"), ("posts", "king", "not a valid choice"),
     ("name", "x" * 200, "at most 120")],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field_and_nothing_is_made(
    school: School, technician: FlaskClient, field: str, value: str, words: str
) -> None:
    somebody(school, "other")
    with school.store.session() as session:
        other = credentials.by_login(session, "other")
        assert other is not None
        accounts.set_details(session, other.id, name="O", email="staff@hillside.example")
    page = add(technician, **{field: value})
    assert words in page
    assert "There is a problem" in page
    with school.store.reading() as session:
        assert credentials.by_login(session, "new@hillside.example") is None


@pytest.mark.parametrize("post", ["dsl", "headteacher", "deputy_dsl", "executive_head"])
def test_what_opens_the_gate_or_the_log_waits_for_a_headteacher(
    school: School, technician: FlaskClient, post: str
) -> None:
    page = add(technician, "staff", post)
    assert "wait for a headteacher" in page
    assert find(school, "new@hillside.example").posts == {"staff"}
    head = school.client(Post.HEADTEACHER)
    link = re.search(r"/accounts/changes/\d+", head.get("/accounts").text)
    assert link
    shown = head.get(link[0]).text
    assert NAMES[Post(post)] in shown
    assert "Started in September" in shown
    assert "Enter a reason" in head.post(link[0], data={"choice": "approve"}).text
    done = head.post(link[0], data={"choice": "approve", "reason": "Agreed"})
    assert done.status_code == 303
    assert find(school, "new@hillside.example").posts == {"staff", post}
    (entry,) = said(school, "account.change_approved")
    assert entry[:2] == ("headteacher", "new@hillside.example")
    assert entry[2]["asked_by"] == "it_technician"
    again = head.post(link[0], data={"choice": "approve", "reason": "Agreed"})
    assert again.status_code == 303
    assert len(said(school, "account.change_approved")) == 1


def test_what_is_refused_changes_nothing(school: School, technician: FlaskClient) -> None:
    add(technician, "staff", "dsl")
    head = school.client(Post.HEADTEACHER)
    head.post("/accounts/changes/1", data={"choice": "refuse", "reason": "Not now"})
    assert find(school, "new@hillside.example").posts == {"staff"}
    assert len(said(school, "account.change_refused")) == 1


def test_nobody_decides_about_themselves_while_there_is_another(
    school: School, technician: FlaskClient
) -> None:
    one = school.accounts[Post.HEADTEACHER].id
    technician.post(f"/accounts/{one}/posts", data={
        "posts": ["headteacher", "dsl"], "reason": "Covers"})  # fmt: skip
    web = school.client(Post.HEADTEACHER)
    assert "another headteacher decides" in web.get("/accounts/changes/1").text
    web.post("/accounts/changes/1", data={"choice": "approve", "reason": "Me"})
    assert find(school, "headteacher").posts == {"headteacher"}
    other = school.client(Post.EXECUTIVE_HEAD)
    other.post("/accounts/changes/1", data={"choice": "approve", "reason": "Yes"})
    assert find(school, "headteacher").posts == {"headteacher", "dsl"}


def test_other_posts_hold_at_once_and_end_sessions(school: School, technician: FlaskClient) -> None:
    staff = school.client(Post.STAFF)
    one = school.accounts[Post.STAFF].id
    technician.post(
        f"/accounts/{one}/posts", data={"posts": ["staff", "governor"], "reason": "Promoted"}
    )
    assert find(school, "staff").posts == {"staff", "governor"}
    assert staff.get("/me").status_code == 303
    (entry,) = said(school, "account.posts_changed")
    assert entry[2] == {"before": ["staff"], "after": ["governor", "staff"]}


def test_a_post_of_each_sort_is_half_done_and_half_waits(
    school: School, technician: FlaskClient
) -> None:
    one = school.accounts[Post.DSL].id
    technician.post(f"/accounts/{one}/posts", data={"posts": ["staff"], "reason": "Steps down"})
    assert find(school, "dsl").posts == {"dsl", "staff"}
    with school.store.reading() as session:
        (change,) = account_changes.waiting(session)
    assert change.posts == {"staff"}


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN, Post.HEADTEACHER])
def test_the_last_of_a_post_is_not_taken_away(school: School, post: Post) -> None:
    with school.store.session() as session:
        other = school.accounts[Post.EXECUTIVE_HEAD].id
        accounts.set_enabled(session, other, False)
    web, one = school.client(Post.IT_TECHNICIAN), school.accounts[post].id
    page = web.post(f"/accounts/{one}/posts", data={"posts": ["staff"], "reason": "x"}).text
    assert "Nobody else who can sign in" in page
    answer = web.post(f"/accounts/{one}/disable", data={"reason": "x"}, follow_redirects=True)
    assert "Nobody else who can sign in" in answer.text
    assert find(school, post.value).enabled


def test_a_disabled_account_is_out_at_once_and_may_come_back(
    school: School, technician: FlaskClient
) -> None:
    person = somebody(school, "avery")
    person.sign_in()
    path = f"/accounts/{person.account.id}"
    assert "Enter a reason" in technician.post(f"{path}/disable", data={"reason": ""}).text
    technician.post(f"{path}/disable", data={"reason": "Has left"})
    assert person.web.get("/me").status_code == 303
    assert person.sign_in().status_code == 200
    technician.post(f"{path}/enable", data={"reason": "Is back"})
    assert person.sign_in().status_code == 303


@pytest.mark.parametrize("post", [Post.DSL, Post.SLT, Post.AUDITOR])
def test_a_reset_makes_the_password_worthless_and_keeps_the_second_step(
    school: School, technician: FlaskClient, post: Post
) -> None:
    """So whoever resets it, and reads the link, is not that person yet."""
    person = somebody(school, "casey", [post], phone=True)
    page = technician.post(
        f"/accounts/{person.account.id}/reset", data={"reason": "Forgot it"}
    ).text
    assert person.sign_in().status_code == 200
    person.web.post(invitation(page), data={"password": PASSWORD})
    assert person.sign_in().headers["Location"] == "/second-factor"
    assert person.web.get("/log").status_code == 303


def test_a_lost_phone_of_a_lead_needs_technician_and_headteacher(
    school: School, technician: FlaskClient
) -> None:
    person = somebody(school, "casey", [Post.DSL], phone=True)
    path = f"/accounts/{person.account.id}/second_factor"
    technician.post(path, data={"reason": "Lost the phone"})
    assert find(school, "casey").has_totp
    school.client(Post.HEADTEACHER).post(
        "/accounts/changes/1", data={"choice": "approve", "reason": "Asked her in person"}
    )
    assert not find(school, "casey").has_totp
    person.sign_in()
    assert person.web.get("/second-factor").headers["Location"] == "/second-factor/set-up"


def test_a_lost_phone_of_staff_needs_the_technician_alone(
    school: School, technician: FlaskClient
) -> None:
    person = somebody(school, "avery", phone=True)
    technician.post(f"/accounts/{person.account.id}/second_factor", data={"reason": "Lost"})
    assert not find(school, "avery").has_totp


def test_a_locked_account_is_shown_and_unlocked(school: School, technician: FlaskClient) -> None:
    person = somebody(school, "avery")
    for number in range(10):
        school.app.test_client().post(
            "/sign-in", data={"login": "avery", "password": "x"},
            environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}"},
        )  # fmt: skip
    assert "Locked" in technician.get("/accounts").text
    assert "Unlock" in technician.get(f"/accounts/{person.account.id}").text
    assert person.sign_in().status_code == 200
    technician.post(f"/accounts/{person.account.id}/unlock", data={"reason": "It was them"})
    assert person.sign_in().status_code == 303


def test_another_name_and_address(school: School, technician: FlaskClient) -> None:
    person = somebody(school, "avery")
    path = f"/accounts/{person.account.id}/details"
    technician.post(path, data={"name": "A. Married", "email": "Married@hillside.example"})
    found = find(school, "avery")
    assert (found.name, found.email) == ("A. Married", "married@hillside.example")
    somebody(school, "robin")
    page = technician.post(path, data={"name": "A", "email": "robin@hillside.example"}).text
    assert "Another account has this address" in page


@pytest.mark.parametrize("path", ["/accounts/9999", "/accounts/9999/posts", "/accounts/9999/reset"])
def test_no_such_account(technician: FlaskClient, path: str) -> None:
    assert technician.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts/add", "/accounts/1/posts", "/accounts/1/disable", "/accounts/import",
             "/accounts/emergency", "/accounts/mail", "/accounts/provider"],
)  # fmt: skip
def test_changes_ask_for_the_second_step_again(school: School, path: str) -> None:
    web = school.client(Post.IT_TECHNICIAN, proved=False)
    answer = web.post(path, data={"reason": "x"})
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/second-factor"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(["name", "email", "posts", "reason", "choice"]), st.text(max_size=60)
    )
)
def test_forms_take_anything(school: School, data: dict[str, str]) -> None:
    """Whatever is sent, the answer is a page or a way on, never an error of ours."""
    web = school.client(Post.IT_TECHNICIAN)
    one = school.accounts[Post.GOVERNOR].id
    for path in ("/accounts/add", f"/accounts/{one}/posts", f"/accounts/{one}/details",
                 "/accounts/mail", "/accounts/provider", "/accounts/import/confirm"):  # fmt: skip
        assert web.post(path, data=data).status_code in (200, 303)
