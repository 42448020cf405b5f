"""Networks: what is refused, what is served, and what a role means."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.policy.subjects import Network
from appliance.store import networks, settings
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School

ROOMS = Network(id="rooms", name="Rooms", prefixes=("10.1.0.0/16",), role="pupil")
GOOD = {
    "name": "Staff Wi-Fi", "prefixes": "10.2.0.0/16\nfd00:2::/64", "role": "staff",
    "ownership": "personal", "trusts_ca": "no",
}  # fmt: skip


@pytest.fixture
def web(school: School) -> FlaskClient:
    with school.store.session() as session:
        settings.put(session, "demo", False)
        networks.add(session, ROOMS)
    school.publish()
    return school.client(Post.IT_TECHNICIAN)


def kept(school: School) -> dict[str, Network]:
    with school.store.reading() as session:
        return {network.id: network for network in networks.list_(session)}


def test_a_network_is_added_and_served(school: School, web: FlaskClient) -> None:
    assert web.post("/networks/add", data=GOOD).status_code == 303
    assert kept(school)["staff-wi-fi"].prefixes == ("10.2.0.0/16", "fd00:2::/64")
    with school.store.reading() as session:
        (entry,) = session.query(AuditRow).filter_by(action="network.added")
        assert entry.subject == "staff-wi-fi"
    school.publish()
    page = web.get("/networks").text
    assert "Staff Wi-Fi" in page
    assert "fd00:2::/64" in page


@pytest.mark.parametrize(
    ("wrong", "words", "field"),
    [
        ({"prefixes": "0.0.0.0/0"}, "open resolver", "prefixes"),
        ({"prefixes": "8.0.0.0/8", "nested": "y"}, "open resolver", "prefixes"),
        ({"prefixes": "10.1.7.0/24"}, "overlaps with “Rooms”", "prefixes"),
        ({"prefixes": "10.0.0.0/8"}, "overlaps with “Rooms”", "prefixes"),
        ({"prefixes": "10.1.0.0/16", "nested": "y"}, "belongs to network", "prefixes"),
        ({"prefixes": "10.2.0.1/16"}, "host bits", "prefixes"),
        ({"prefixes": "nonsense"}, "is not a network prefix", "prefixes"),
        ({"prefixes": ""}, "at least one range", "prefixes"),
        ({"name": "Rooms"}, "already", "name"),
        ({"role": "king"}, "", "role"),
        ({"role": ""}, "Choose a role", "role"),
        ({"ownership": ""}, "Choose whose", "ownership"),
    ],
)
def test_what_cannot_be_is_refused(
    school: School, web: FlaskClient, wrong: dict[str, Any], words: str, field: str
) -> None:
    answer = web.post("/networks/add", data=GOOD | wrong)
    assert answer.status_code == 200
    assert words in answer.text
    assert f'href="#{field}"' in answer.text
    assert kept(school) == {"rooms": ROOMS}


def test_an_overlap_that_is_meant_is_taken(school: School, web: FlaskClient) -> None:
    data = GOOD | {"prefixes": "10.1.7.0/24"}
    assert 'name="nested"' in web.post("/networks/add", data=data).text
    assert web.post("/networks/add", data=data | {"nested": "y"}).status_code == 303
    assert "staff-wi-fi" in kept(school)


def test_a_network_is_changed_and_removed(school: School, web: FlaskClient) -> None:
    page = web.get("/networks/id/rooms").text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert seen
    data = GOOD | {"name": "Classrooms", "prefixes": "10.1.0.0/16", "seen": seen[1]}
    assert web.post("/networks/id/rooms", data=data).status_code == 303
    assert kept(school)["rooms"].name == "Classrooms"
    assert "Somebody else changed this" in web.post("/networks/id/rooms", data=data).text
    assert "no longer served" in web.get("/networks/id/rooms/remove").text
    assert web.post("/networks/id/rooms/remove").status_code == 303
    assert kept(school) == {}
    assert web.get("/networks/id/rooms").status_code == 404
    assert web.get("/networks/id/rooms/remove").status_code == 404


def test_a_role_is_told_in_the_policys_own_words(web: FlaskClient) -> None:
    page = web.get("/networks").text
    assert "Pupils may not" in page
    assert "(clause 6.1)" in page or "(clause 6.8)" in page


def test_a_role_that_the_policy_does_not_know_is_said(school: School, web: FlaskClient) -> None:
    from appliance.store.tables import NetworkRow

    with school.store.session() as session:
        row = session.get(NetworkRow, "rooms")
        assert row is not None
        row.role = "king"
    page = web.get("/networks").text
    assert "does not know the role “king”" in page
    assert "counts as Parent or visitor" in page
