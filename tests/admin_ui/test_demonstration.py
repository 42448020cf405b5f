"""The banner: on every page of made-up data, on no other."""

from __future__ import annotations

import pytest

from appliance.accounts.posts import Post
from appliance.store import web_settings
from tests.admin_ui.conftest import School

BANNER = "Demonstration data."


@pytest.mark.parametrize("path", ["/", "/ca", "/sign-in", "/no-such-page", "/settings"])
def test_made_up_data_are_loud(school: School, path: str) -> None:
    with school.store.session() as session:
        web_settings.put(session, "demonstration", {"on": True})
    assert BANNER in school.client(Post.IT_TECHNICIAN).get(path, follow_redirects=True).text


@pytest.mark.parametrize("kept", [{}, {"on": False}, {"on": "yes"}])
def test_a_schools_own_are_not(school: School, kept: dict[str, object]) -> None:
    with school.store.session() as session:
        web_settings.put(session, "demonstration", kept)
    assert BANNER not in school.nobody().get("/").text


def test_without_a_store_no_page_claims_it(school: School) -> None:
    school.store.close()
    for left in school.data.glob("bellgate.db*"):
        left.unlink()
    assert BANNER not in school.nobody().get("/").text
