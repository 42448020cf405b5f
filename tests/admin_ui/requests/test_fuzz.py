"""Whatever is sent to the forms is answered in words, and opens nothing by itself."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.accounts.posts import Post
from appliance.store import grants, permissions
from tests.admin_ui.conftest import School
from tests.admin_ui.requests.conftest import FORM, ask, review

FIXED = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "deadline": None}
WORDS = ("", "me", "device", "pupil", "date", "lesson", "0", "1", "-1", "9" * 30,
         "https://x.example/\x00", "\u202e")  # fmt: skip
TEXT = st.one_of(st.text(max_size=60), st.sampled_from(WORDS))
NAMES = ("url", "content", "reasons", "risks", "width", "who", "group", "role", "device", "periods",
         "until", "until_date", "ref", "version", "decision", "name", "controls", "subject",
         "risks_confirmed", "id", "text", "ask-text", "ask-version", "permission", "reason", "what",
         "service", "lesson")  # fmt: skip
FIELDS = st.dictionaries(st.sampled_from(NAMES), st.one_of(TEXT, st.lists(TEXT, max_size=3)))
ANSWERS = {200, 303, 400, 403, 404, 409}


def opened(school: School) -> int:
    with school.store.reading() as session:
        return len(grants.list_(session)) + len(permissions.list_(session))


def test_any_form_is_answered(monday: School) -> None:
    id_ = ask(monday.client(Post.STAFF))
    reviewed = ask(monday.client(Post.STAFF))
    review(monday, reviewed)
    staff, technician = monday.client(Post.STAFF), monday.client(Post.IT_TECHNICIAN)
    head = monday.client(Post.HEADTEACHER)

    @settings(max_examples=30, **FIXED)  # type: ignore[arg-type]
    @given(FIELDS)
    def send(fields: dict[str, Any]) -> None:
        for client, path, base in (
            (staff, "/requests/new", FORM), (staff, "/activities/new", {}),
            (technician, f"/requests/{id_}/review", {}), (technician, "/requests/bulk", {}),
            (technician, "/permissions", {}), (head, f"/requests/{reviewed}/decide", {}),
            (staff, f"/requests/{id_}/answer", {}), (technician, f"/requests/{id_}/question", {}),
        ):  # fmt: skip
            answer = client.post(path, data={**base, **fields})
            assert answer.status_code in ANSWERS, (path, answer.status_code)
        assert opened(monday) == 0

    send()


@settings(max_examples=30, **FIXED)  # type: ignore[arg-type]
@given(query=st.dictionaries(st.sampled_from(("url", "ref", "again", "state", "kind", "q", "page",
       "person", "id", "mine")), TEXT))  # fmt: skip
def test_any_address_is_answered(monday: School, query: dict[str, str]) -> None:
    client = monday.client(Post.IT_TECHNICIAN)
    for path in ("/requests", "/requests/new", "/requests/export.csv", "/requests/bulk"):
        assert client.get(path, query_string=query).status_code in ANSWERS
    assert monday.nobody().get("/requests/new", query_string=query).status_code == 200
