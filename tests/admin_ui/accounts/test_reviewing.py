"""The termly look through all accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance import clock
from appliance.accounts.posts import Post
from appliance.store import credentials, web_settings
from tests.admin_ui.conftest import School
from tests.admin_ui.signin.people import said


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.AUDITOR])
def test_it_is_signed_off_with_what_came_of_it(school: School, post: Post) -> None:
    web = school.client(post)
    assert "Enter a reason" in web.post("/accounts/review", data={"reason": ""}).text
    web.post("/accounts/review", data={"reason": "All looked at, one has left"})
    assert f"by {post.value}" in web.get("/accounts/review").text
    assert said(school, "account.reviewed")[0][2]["accounts"] == len(Post)


def test_it_says_who_should_be_looked_at(school: School) -> None:
    long_ago = clock.real() - timedelta(days=100)
    with school.store.session() as session:
        credentials.seen(session, school.accounts[Post.GOVERNOR].id, long_ago)
        credentials.set_totp(session, school.accounts[Post.DSL].id, None, 0, ())
    page = school.client(Post.HEADTEACHER).get("/accounts/review").text
    assert page.count("Not signed in for a term") == 1
    assert page.count("Second step not set up yet") == 1


def test_after_a_term_without_one_it_is_said(school: School) -> None:
    web = school.client(Post.IT_TECHNICIAN)
    assert "Nobody has looked through" not in web.get("/accounts").text
    at = (clock.real() - timedelta(days=130)).isoformat()
    with school.store.session() as session:
        web_settings.put(session, "reviewed", {"at": at, "by": "x"})
    assert "Nobody has looked through" in web.get("/accounts").text
    web.post("/accounts/review", data={"reason": "Done"})
    assert "Nobody has looked through" not in web.get("/accounts").text


def test_an_export_is_written_down(school: School) -> None:
    school.client(Post.AUDITOR).get("/accounts/export.csv")
    assert said(school, "account.exported") == [("auditor", "", {"rows": len(Post)})]
