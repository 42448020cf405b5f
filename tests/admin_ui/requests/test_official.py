"""Official pages: those of the policy, with a warning where one person runs a page alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance import clock, policy_file
from appliance.accounts.posts import Post
from appliance.store import policies
from tests.admin_ui.conftest import School

PATH, WARNING = "/official-pages", "There should be two at the least"


@pytest.mark.parametrize("template", ["diamond-partnership", "daffodil-prep"])
def test_two_administrators_are_enough(make_school: Callable[..., School], template: str) -> None:
    page = make_school(template).client(Post.STAFF).get(PATH).text
    assert "facebook.com" in page
    assert WARNING not in page


@pytest.mark.parametrize("administrators", ["[the head of school]", "[]", "[the head, the head]"])
def test_fewer_than_two_are_warned_of(
    make_school: Callable[..., School], administrators: str
) -> None:
    school = make_school("diamond-partnership")
    text = policy_file.template_text("diamond-partnership").replace(
        "[the head of school, the trust’s communications officer]", administrators
    )
    with school.store.session() as session:
        policies.set_policy(session, text, "test", "test", "test", clock.real())
    assert WARNING in school.client(Post.STAFF).get(PATH).text


def test_a_policy_without_official_pages(school: School) -> None:
    assert "names no official pages" in school.client(Post.STAFF).get(PATH).text
