"""Every change asks for the token of the browser's own form (CSRF)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from admin_ui.access import MATRIX, Door
from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School
from tests.admin_ui.test_access import rules


@pytest.fixture
def guarded(school: School) -> School:
    """Return a school whose forms are guarded, as they are in use."""
    school.app.config["WTF_CSRF_ENABLED"] = True
    return school


def changes(school: School) -> Iterator[tuple[str, str, FlaskClient]]:
    """Yield every address that takes a change, with a browser that may make it."""
    for rule, method, path in rules(school):
        if method == "GET":
            continue
        line = MATRIX[rule.endpoint]
        post = sorted(line)[0] if isinstance(line, frozenset) else Post.IT_TECHNICIAN
        yield method, path, school.nobody() if line is Door.EVERYBODY else school.client(post)


@pytest.mark.parametrize("token", [None, "", "made-up", "IjEyMyI.aaaa.bbbb"])
def test_no_change_goes_through_without_the_token(guarded: School, token: str | None) -> None:
    reached = []
    for endpoint in guarded.app.view_functions:
        guarded.app.view_functions[endpoint] = lambda **_: ("", 299)
    for method, path, web in changes(guarded):
        data = {} if token is None else {"csrf_token": token}
        headers = {} if token is None else {"X-CSRFToken": token}
        answer = web.open(path, method=method, data=data, headers=headers)
        if answer.status_code != 400:
            reached.append((method, path, answer.status_code))
    assert reached == []


def test_there_are_changes_to_guard(guarded: School) -> None:
    assert sum(1 for _ in changes(guarded)) > 3


def test_the_token_of_another_browser_is_worth_nothing(guarded: School) -> None:
    mine, theirs = guarded.nobody(), guarded.nobody()
    token = _token(theirs)
    _token(mine)
    assert mine.post("/sign-in", data={"csrf_token": token}).status_code == 400
    assert theirs.post("/sign-in", data={"csrf_token": token}).status_code == 200


def test_a_refusal_is_said_in_words(guarded: School) -> None:
    answer = guarded.nobody().post("/sign-in", data={"login": "x", "password": "y"})
    assert "load the page again" in answer.text


def test_with_the_token_it_goes_through(guarded: School) -> None:
    web = guarded.nobody()
    answer = web.post("/sign-in", data={"csrf_token": _token(web), "login": "x", "password": "y"})
    assert "The login or the password is wrong" in answer.text


def _token(web: FlaskClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', web.get("/sign-in").text)
    assert found
    return found[1]
