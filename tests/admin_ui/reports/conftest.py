"""Reports to test on: one ordinary, one that may be illegal, as staff hand them in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School

Filled = dict[str, object]

ORDINARY: Filled = {
    "staff_name": "A. Teacher", "accessed_by": "P. Pupil", "day": ["23", "11", "2020"],
    "urls": "https://www.bad.example/gallery/one?x=1\nother.example", "nature": "Violent pictures",
}  # fmt: skip
SECRET = "https://dreadful.example/hidden/page?id=77"
ILLEGAL: Filled = {**ORDINARY, "urls": SECRET, "may_be_illegal": "y", "nature": "I stopped"}


@pytest.fixture
def hand_in(school: School) -> Callable[..., str]:
    """Return a function that hands in a report as a member of staff and returns its number."""

    def do(post: Post = Post.STAFF, form: Filled = ORDINARY) -> str:
        return submit(school.client(post), form)

    return do


def submit(client: FlaskClient, form: Filled) -> str:
    """Go through the warning and the form in a browser; return the number of the report."""
    assert client.post("/reports/new", data={"answer": "no"}).status_code == 303
    answer = client.post("/reports/new/form", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])
