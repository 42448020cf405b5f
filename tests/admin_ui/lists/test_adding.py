"""Subscribing from the pages: with one button, by address, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.accounts.posts import Post
from appliance.lists.presets import presets
from appliance.store import subscriptions
from appliance.store.subscriptions import Subscribed
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries

GOOD = {
    "name": "Gambling, by the borough", "address": "https://lists.borough.example/g.txt",
    "format": "hosts", "category": "gambling", "every": "168", "most_change": "0.25",
    "licence": "OGL 3.0", "attribution": "The borough", "reason": "Recommended",
}  # fmt: skip
ID = "gambling-by-the-borough"


def kept(school: School, id_: str) -> Subscribed | None:
    with school.store.reading() as session:
        return subscriptions.get(session, id_)


def test_a_ready_made_list_is_added_with_one_button(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    wanted = presets()[0]
    assert f"/lists/ready-made/{wanted.id}" in web.get("/lists/ready-made").text
    answer = web.post(f"/lists/ready-made/{wanted.id}")
    assert (answer.status_code, answer.location) == (303, f"/lists/id/{wanted.id}")
    found = kept(listed, wanted.id)
    assert found is not None
    assert found.subscription.address == wanted.address
    assert found.subscription.made_by == "it_technician"
    assert found.fetch.state == "waiting"
    (entry,) = entries("list.added")
    assert (entry.actor, entry.subject) == ("it_technician", wanted.id)
    assert entry.detail["licence"] == wanted.licence
    again = web.post(f"/lists/ready-made/{wanted.id}", follow_redirects=True)
    assert "Nothing was added" in again.text
    assert len(entries("list.added")) == 1


def test_there_is_no_preset_of_another_name(web: FlaskClient) -> None:
    assert web.post("/lists/ready-made/no-such").status_code == 404


def test_a_list_is_added_by_its_address(listed: School, web: FlaskClient, entries: Entries) -> None:
    answer = web.post("/lists/add", data=GOOD)
    assert (answer.status_code, answer.location) == (303, f"/lists/id/{ID}")
    found = kept(listed, ID)
    assert found is not None
    one = found.subscription
    assert (one.name, one.address, one.format) == (GOOD["name"], GOOD["address"], "hosts")
    assert (one.category, one.every, one.most_change) == ("gambling", 168, 0.25)
    assert (one.licence, one.attribution, one.preset) == ("OGL 3.0", "The borough", "")
    (entry,) = entries("list.added")
    assert (entry.subject, entry.reason) == (ID, "Recommended")


@pytest.mark.parametrize(
    ("wrong", "words", "field"),
    [
        ({"address": ""}, "Enter the address", "address"),
        ({"address": "file:///etc/passwd"}, "Begin it with https://", "address"),
        ({"address": "/etc/passwd"}, "Begin it with https://", "address"),
        ({"address": "ftp://x.example/l"}, "Begin it with https://", "address"),
        ({"address": "https://me:secret@x.example/l"}, "It holds a name or password", "address"),
        ({"name": ""}, "Enter a name", "name"),
        ({"name": "!!!"}, "It needs a letter or a digit", "name"),
        ({"name": "adult county"}, "choose another name", "name"),
        ({"category": ""}, "Choose a kind", "category"),
        ({"category": "illegal"}, "", "category"),
        ({"category": "no-such"}, "", "category"),
        ({"format": ""}, "Choose how it is written", "format"),
        ({"format": "csv"}, "", "format"),
        ({"every": "0"}, "", "every"),
        ({"most_change": "7"}, "", "most_change"),
        ({"licence": "x" * 121}, "At most 120", "licence"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    listed: School, web: FlaskClient, wrong: dict[str, str], words: str, field: str
) -> None:
    with listed.store.reading() as session:
        before = subscriptions.list_(session)
    answer = web.post("/lists/add", data=GOOD | wrong)
    assert answer.status_code == 200
    assert words in answer.text
    assert f'href="#{field}"' in answer.text
    with listed.store.reading() as session:
        assert subscriptions.list_(session) == before


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(sorted(GOOD)),
        st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200),
    )
)
def test_whatever_is_typed_is_added_or_answered(web: FlaskClient, typed: dict[str, Any]) -> None:
    assert web.post("/lists/add", data=GOOD | typed).status_code in (200, 303)


def test_what_was_typed_is_text_on_the_page(web: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    page = web.post("/lists/add", data=GOOD | {"name": evil, "address": "x"}).text
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_nobody_else_adds_one(listed: School) -> None:
    head = listed.client(Post.HEADTEACHER)
    assert head.post("/lists/add", data=GOOD).status_code == 403
    assert head.post(f"/lists/ready-made/{presets()[0].id}").status_code == 403
    assert kept(listed, ID) is None
