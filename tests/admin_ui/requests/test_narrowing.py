"""The review: it may take something away from a request, and never adds anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.accounts.posts import Post
from appliance.policy.model import Subject, SubjectKind, Target, TargetKind
from appliance.store import grants
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import ask, decide, kept, review


def test_the_review_may_narrow_and_the_grant_follows(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF), width="host", until="date", until_date="18/12/2026")
    assert review(
        monday, id_, url="https://www.youtube.com/watch?v=abc", subject="device:pc7",
        periods=["lesson"], until_date="30/11/2026",
    ) == 303  # fmt: skip
    found = kept(monday, id_)
    assert found.review["asked"]["target"] == ["host", "www.youtube.com"]
    assert decide(monday, id_) == 303
    with monday.store.reading() as session:
        (grant,) = [one.grant for one in grants.list_(session)]
    assert grant.target == Target(TargetKind.URL, "www.youtube.com/watch?v=abc")
    assert grant.subject == Subject(SubjectKind.DEVICE, "pc7")
    assert grant.when == {"lesson"}
    assert grant.end == datetime(2026, 12, 1, tzinfo=UTC)
    page = monday.client(Post.STAFF).get(f"/requests/{id_}").text
    assert "The review made it narrower" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url": "https://www.facebook.com/x"}, "within what was asked for"),
        ({"url": "https://www.youtube.com/"}, "within what was asked for"),
        ({"subject": "role:staff"}, "whom the request was for"),
        ({"subject": "person:ann"}, "whom the request was for"),
        ({"periods": ["break"]}, "periods that were asked for"),
        ({"until_date": "18/12/2026"}, "not be later"),
        ({"until_date": "never"}, "real date"),
        ({"risks_confirmed": ""}, "Confirm that risks"),
        ({"controls": " "}, "control measures are in place"),
    ],
)
def test_the_review_never_widens(
    monday: School, more: dict[str, str | list[str]], said: str
) -> None:
    id_ = ask(monday.client(Post.STAFF), periods=["lesson"])
    data = {"version": "1", "risks_confirmed": "y", "controls": "Checked by me"} | more
    client = monday.client(Post.IT_TECHNICIAN)
    answer = client.post(f"/requests/{id_}/review", data=data)
    assert answer.status_code == 400
    assert said in answer.text
    assert kept(monday, id_).state == "submitted"
