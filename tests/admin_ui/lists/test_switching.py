"""Switching off and removing: said beforehand, signed where pupils feel it, audited."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.store import accounts, lists, subscriptions
from appliance.store.lists import KeptList
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries
from tests.admin_ui.lists.making import keep, publish

WHY = {"reason": "It closes too much"}
SIGN = {"approved": "yes", "reasons": "Agreed"}


def kept(school: School, id_: str) -> KeptList | None:
    with school.store.reading() as session:
        return next((one for one in lists.list_(session) if one.id == id_), None)


def on(school: School, id_: str) -> bool:
    one = kept(school, id_)
    return one is not None and one.enabled


def without_leaders(school: School) -> None:
    """Disable everybody who could sign."""
    with school.store.session() as session:
        for post in (Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.SLT, Post.DSL, Post.DEPUTY_DSL):
            accounts.set_enabled(session, school.accounts[post].id, False)


def test_the_page_says_for_whom_it_opens_and_who_has_to_agree(web: FlaskClient) -> None:
    page = web.get("/lists/id/adult-county/off").text
    assert "The names on it open for staff, pupils and parents and visitors." in page
    assert "No other list names sites of this kind." in page
    assert "somebody else has to agree: Executive head or Headteacher" in page


def test_another_list_of_the_kind_is_named(listed: School, web: FlaskClient) -> None:
    with listed.store.session() as session:
        keep(session, "more-adult", "adult", "more.example\n")
    assert (
        "except those that these name too: more-adult."
        in web.get("/lists/id/adult-county/off").text
    )


@pytest.mark.parametrize("does", ["off", "remove"])
def test_what_opens_for_pupils_waits_for_a_headteacher(
    listed: School, web: FlaskClient, entries: Entries, does: str
) -> None:
    asked = web.post(f"/lists/id/adult-county/{does}", data=WHY, follow_redirects=True)
    assert "until this is approved by" in asked.text
    assert on(listed, "adult-county")
    assert len(entries("list.change_asked")) == 1
    head = listed.client(Post.HEADTEACHER)
    assert "Changes of lists to approve" in head.get("/home").text
    assert "/lists/id/adult-county/decide" in head.get("/lists/id/adult-county").text
    assert "It closes too much" in head.get("/lists/id/adult-county/decide").text
    assert head.post("/lists/id/adult-county/decide", data=SIGN).status_code == 303
    assert not on(listed, "adult-county")
    assert (kept(listed, "adult-county") is None) is (does == "remove")
    (entry,) = entries("list.removed" if does == "remove" else "list.switched_off")
    assert (entry.actor, entry.reason) == ("headteacher", "Agreed")
    assert (entry.detail["asked_by"], entry.detail["asked_because"]) == (
        "it_technician", "It closes too much",
    )  # fmt: skip
    assert entry.detail["before"]["address"] == "https://lists.county.example/adult.txt"
    late = head.post("/lists/id/adult-county/decide", data=SIGN)
    assert late.status_code in (303, 404)


def test_a_headteacher_says_no(listed: School, web: FlaskClient, entries: Entries) -> None:
    web.post("/lists/id/adult-county/off", data=WHY)
    head = listed.client(Post.HEADTEACHER)
    bare = head.post("/lists/id/adult-county/decide", data={"approved": "no", "reasons": ""})
    assert bare.status_code == 422
    no = {"approved": "no", "reasons": "Not while the inspection runs"}
    assert head.post("/lists/id/adult-county/decide", data=no).status_code == 303
    assert on(listed, "adult-county")
    (entry,) = entries("list.change_refused")
    assert entry.reason == "Not while the inspection runs"
    assert "Changes of lists to approve" not in head.get("/home").text


@pytest.mark.parametrize("post", [Post.DSL, Post.SLT, Post.IT_TECHNICIAN])
def test_nobody_else_signs_while_there_is_a_headteacher(
    listed: School, web: FlaskClient, post: Post
) -> None:
    web.post("/lists/id/adult-county/off", data=WHY)
    answer = listed.client(post).post("/lists/id/adult-county/decide", data=SIGN)
    assert answer.status_code == 403
    assert on(listed, "adult-county")


def test_whoever_asks_does_not_sign(listed: School) -> None:
    with listed.store.session() as session:
        both = accounts.set_posts(
            session, listed.accounts[Post.IT_TECHNICIAN].id, ["it_technician", "headteacher"]
        )
    assert both
    with listed.store.reading() as session:
        account = accounts.get(session, listed.accounts[Post.IT_TECHNICIAN].id)
    assert account is not None
    person = listed.client_of(account)
    person.post("/lists/id/adult-county/off", data=WHY)
    assert person.post("/lists/id/adult-county/decide", data=SIGN).status_code == 403
    assert on(listed, "adult-county")


def test_a_signature_needs_the_second_factor_just_now(listed: School, web: FlaskClient) -> None:
    web.post("/lists/id/adult-county/off", data=WHY)
    stale = listed.client(Post.HEADTEACHER, proved=False)
    answer = stale.post("/lists/id/adult-county/decide", data=SIGN)
    assert "second-factor" in str(answer.location)
    assert on(listed, "adult-county")


def test_the_technician_takes_the_wish_back(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    web.post("/lists/id/adult-county/off", data=WHY)
    web.post("/lists/id/adult-county/withdraw")
    assert len(entries("list.change_withdrawn")) == 1
    answer = listed.client(Post.HEADTEACHER).post("/lists/id/adult-county/decide", data=SIGN)
    assert answer.status_code == 303
    assert on(listed, "adult-county")


def test_without_anybody_to_sign_it_is_done_at_once_with_a_reason(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    without_leaders(listed)
    assert "nobody else here who could agree" in web.get("/lists/id/adult-county/off").text
    refused = web.post("/lists/id/adult-county/off", data={"reason": ""})
    assert "Give a reason" in refused.text
    assert on(listed, "adult-county")
    assert web.post("/lists/id/adult-county/off", data=WHY).status_code == 303
    assert not on(listed, "adult-county")
    (entry,) = entries("list.switched_off")
    assert entry.reason == "It closes too much"
    assert "Pupils" in entry.detail["opens_for"]
    with listed.store.reading() as session:
        found = subscriptions.get(session, "adult-county")
    assert found is not None
    assert not found.subscription.enabled


@pytest.mark.parametrize("id_", ["games-county", "old-vpn"])
def test_what_opens_nothing_is_removed_at_once(
    listed: School, web: FlaskClient, entries: Entries, id_: str
) -> None:
    assert "Nothing opens" in web.get(f"/lists/id/{id_}/remove").text
    assert web.post(f"/lists/id/{id_}/remove").status_code == 303
    assert web.get(f"/lists/id/{id_}").status_code == 404
    assert len(entries("list.removed")) == 1


def test_a_list_is_switched_on_again_and_counts(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    assert web.post("/lists/id/old-vpn/on").status_code == 303
    assert on(listed, "old-vpn")
    assert len(entries("list.switched_on")) == 1
    publish(listed)
    snapshot = listed.app.extensions["gate"].view().snapshot
    assert {match.list_id for match in snapshot.lists.find("tunnel.example")} == {"old-vpn"}
    web.post("/lists/id/old-vpn/on")
    assert len(entries("list.switched_on")) == 1
