"""Changing a list, fetching it now, and taking an update that was held back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.store import subscriptions
from appliance.store.subscriptions import Subscribed
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries

CHANGED = {
    "name": "Adult sites", "address": "https://lists.county.example/adult2.txt",
    "format": "domains", "every": "12", "most_change": "0.1", "licence": "CC0",
    "attribution": "County", "reason": "It moved",
}  # fmt: skip


def kept(school: School, id_: str) -> Subscribed:
    with school.store.reading() as session:
        found = subscriptions.get(session, id_)
    assert found is not None
    return found


def seen(web: FlaskClient, id_: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', web.get(f"/lists/id/{id_}/change").text)
    assert found
    return found[1]


def test_a_list_is_changed_and_audited(listed: School, web: FlaskClient, entries: Entries) -> None:
    data = CHANGED | {"seen": seen(web, "adult-county")}
    assert web.post("/lists/id/adult-county/change", data=data).status_code == 303
    one = kept(listed, "adult-county").subscription
    assert (one.name, one.address, one.every) == ("Adult sites", CHANGED["address"], 12)
    assert (one.most_change, one.licence, one.attribution) == (0.1, "CC0", "County")
    (entry,) = entries("list.changed")
    assert entry.reason == "It moved"
    assert entry.detail["before"]["every"] == 24
    assert entry.detail["after"]["every"] == 12


def test_a_list_that_is_in_use_keeps_its_kind(listed: School, web: FlaskClient) -> None:
    """In another kind its names would open: it is removed, which a headteacher signs."""
    assert 'name="category"' not in web.get("/lists/id/adult-county/change").text
    data = CHANGED | {"seen": seen(web, "adult-county"), "category": "games"}
    web.post("/lists/id/adult-county/change", data=data)
    assert kept(listed, "adult-county").subscription.category == "adult"
    assert 'name="category"' in web.get("/lists/id/games-county/change").text


def test_what_two_people_change_at_once_is_said(listed: School, web: FlaskClient) -> None:
    early = seen(web, "adult-county")
    web.post("/lists/id/adult-county/change", data=CHANGED | {"seen": early})
    late = CHANGED | {"seen": early, "name": "Mine"}
    page = web.post("/lists/id/adult-county/change", data=late).text
    assert "Somebody else changed this" in page
    assert 'value="Mine"' in page
    assert kept(listed, "adult-county").subscription.name == "Adult sites"


def test_an_address_of_the_console_stays_while_others_are_refused(
    listed: School, web: FlaskClient
) -> None:
    with listed.store.session() as session:
        subscriptions.change(session, "adult-county", files=True, address="/srv/lists/adult")
    data = CHANGED | {"seen": seen(web, "adult-county")}
    stays = web.post("/lists/id/adult-county/change", data=data | {"address": "/srv/lists/adult"})
    assert stays.status_code == 303
    data["seen"] = seen(web, "adult-county")
    refused = web.post("/lists/id/adult-county/change", data=data | {"address": "/etc/passwd"})
    assert "Begin it with https://" in refused.text


def test_a_list_from_a_file_has_a_name_and_a_licence(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    data = {"name": "Dating, ours", "licence": "our own", "attribution": "the office",
            "seen": seen(web, "dating-file")}  # fmt: skip
    assert web.post("/lists/id/dating-file/change", data=data).status_code == 303
    page = web.get("/lists/id/dating-file").text
    assert "Dating, ours" in page
    assert "the office" in page
    assert len(entries("list.changed")) == 1


def test_a_list_is_fetched_now(listed: School, web: FlaskClient, entries: Entries) -> None:
    assert web.post("/lists/id/adult-county/update").status_code == 303
    assert kept(listed, "adult-county").fetch.asked is not None
    assert len(entries("list.update_asked")) == 1
    page = web.get("/lists/id/adult-county").text
    assert "Waiting for its turn" in page
    assert "lists-" in page  # the script that watches it
    for id_ in ("dating-file", "old-vpn"):
        assert "is not fetched" in web.post(f"/lists/id/{id_}/update", follow_redirects=True).text
    assert len(entries("list.update_asked")) == 1


def test_a_held_update_is_taken_with_a_reason(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    data: dict[str, Any] = {"digest": "d1" * 32, "reason": "The county cleared it up"}
    assert web.post("/lists/id/gambling-county/accept", data=data).status_code == 303
    fetch = kept(listed, "gambling-county").fetch
    assert (fetch.accept, fetch.asked is not None) == ("d1" * 32, True)
    (entry,) = entries("list.update_accepted")
    assert (entry.reason, entry.detail["names_before"], entry.detail["names_after"]) == (
        "The county cleared it up", 2, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("id_", "data", "words"),
    [
        ("gambling-county", {"digest": "d1" * 32, "reason": ""}, "give a reason"),
        ("gambling-county", {"digest": "d2" * 32, "reason": "x"}, "not there any more"),
        ("gambling-county", {"digest": "", "reason": "x"}, "not there any more"),
        ("adult-county", {"digest": "d1" * 32, "reason": "x"}, "not there any more"),
        ("dating-file", {"digest": "d1" * 32, "reason": "x"}, "not there any more"),
    ],
)
def test_another_update_than_was_looked_at_is_not_taken(
    listed: School, web: FlaskClient, entries: Entries, id_: str, data: dict[str, str], words: str
) -> None:
    page = web.post(f"/lists/id/{id_}/accept", data=data, follow_redirects=True).text
    assert words in page
    assert entries("list.update_accepted") == []
    assert kept(listed, "gambling-county").fetch.accept == ""
