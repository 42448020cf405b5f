"""Which person an account is: said by a technician, with a reason, and not of one's own."""

from __future__ import annotations

import pytest

from appliance.accounts.posts import Post
from appliance.store import accounts
from tests.admin_ui.conftest import School
from tests.appliance.cli.test_stored import Bench

REASON = {"reason": "Started in September"}


def person(school: School, post: Post) -> str | None:
    with school.store.reading() as session:
        found = accounts.get(session, school.accounts[post].id)
    assert found is not None
    return found.person


def path(school: School, post: Post) -> str:
    return f"/accounts/{school.accounts[post].id}/person"


@pytest.mark.parametrize("typed", ["sam", "Sam Oak", " sam oak "])
def test_an_account_is_linked_by_id_or_name_and_unlinked(wifi: School, typed: str) -> None:
    web = wifi.client(Post.IT_TECHNICIAN)
    done = web.post(path(wifi, Post.DSL), data={"person": typed, **REASON})
    assert done.status_code == 303
    assert person(wifi, Post.DSL) == "sam"
    assert "sam" in web.get(f"/accounts/{wifi.accounts[Post.DSL].id}").text
    web.post(path(wifi, Post.DSL), data={"person": "", **REASON})
    assert person(wifi, Post.DSL) is None


@pytest.mark.parametrize(
    ("typed", "said"), [("nobody-here", "nobody called"), ("t-larch", "theirs already")]
)
def test_what_cannot_be_is_said_and_nothing_changes(wifi: School, typed: str, said: str) -> None:
    web = wifi.client(Post.IT_TECHNICIAN)
    answer = web.post(path(wifi, Post.DSL), data={"person": typed, **REASON})
    assert said in answer.text
    assert typed in answer.text  # what was typed is not lost
    assert person(wifi, Post.DSL) is None


def test_a_reason_is_asked_for(wifi: School) -> None:
    answer = wifi.client(Post.IT_TECHNICIAN).post(path(wifi, Post.DSL), data={"person": "sam"})
    assert "Enter a reason" in answer.text
    assert person(wifi, Post.DSL) is None


def test_nobody_links_their_own(wifi: School) -> None:
    web = wifi.client(Post.IT_TECHNICIAN)
    assert "somebody else has to link it" in web.get(path(wifi, Post.IT_TECHNICIAN)).text
    web.post(path(wifi, Post.IT_TECHNICIAN), data={"person": "sam", **REASON})
    assert person(wifi, Post.IT_TECHNICIAN) is None


def test_at_the_console_it_is_a_command(wifi: School) -> None:
    bench = Bench.__new__(Bench)
    bench.data = wifi.data
    login = wifi.accounts[Post.DSL].login
    assert bench.json("accounts", "link", login, "sam") == {"login": login, "person": "sam"}
    assert person(wifi, Post.DSL) == "sam"
    assert bench.run("accounts", "link", login, "nobody-here").exit_code == 2
    assert bench.run("accounts", "link", "nobody-here", "sam").exit_code == 2
    assert bench.json("accounts", "link", login)["person"] is None
    assert person(wifi, Post.DSL) is None
