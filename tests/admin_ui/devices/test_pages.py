"""The register's pages by use: found, shown, added, changed, removed and put back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.policy.model import Ownership
from appliance.policy.subjects import Device, Group, Person
from appliance.store import devices, people
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School

IPAD = Device(
    id="ipad-1", name="iPad 1", macs=("00:1b:63:00:00:01",), ownership=Ownership.SCHOOL,
    trusts_ca=True, groups=("3B",),
)  # fmt: skip
GOOD = {
    "name": "Laptop 7", "macs": "00-1B-63-AA-BB-CC", "addresses": "", "ownership": "school",
    "trusts_ca": "yes", "person": "", "role": "", "reason": "new",
}  # fmt: skip


@pytest.fixture
def web(school: School) -> FlaskClient:
    with school.store.session() as session:
        people.add_group(session, Group(id="3B", name="Class 3B"))
        people.add_person(session, Person(id="p1", name="A. Pupil", role="pupil"))
        people.add_person(session, Person(id="p2", name="Same Name", role="pupil"))
        people.add_person(session, Person(id="p3", name="Same Name", role="pupil"))
        devices.add(session, IPAD)
    school.publish()
    return school.client(Post.IT_TECHNICIAN)


def entries(school: School, action: str) -> list[Any]:
    with school.store.reading() as session:
        return [row for row in session.query(AuditRow).all() if row.action == action]


def kept(school: School, id_: str) -> Device | None:
    with school.store.reading() as session:
        return devices.get(session, id_)


def test_a_device_is_registered_and_audited(school: School, web: FlaskClient) -> None:
    answer = web.post("/devices/add", data=GOOD)
    assert (answer.status_code, answer.location) == (303, "/devices/id/laptop-7")
    found = kept(school, "laptop-7")
    assert found == Device(
        id="laptop-7", name="Laptop 7", macs=("00:1b:63:aa:bb:cc",), trusts_ca=True,
        ownership=Ownership.SCHOOL,
    )  # fmt: skip
    (entry,) = entries(school, "device.added")
    assert (entry.actor, entry.subject, entry.reason) == ("it_technician", "laptop-7", "new")
    assert entry.detail["after"]["macs"] == ["00:1b:63:aa:bb:cc"]
    page = web.get("/devices/id/laptop-7").text
    assert "is registered" in page
    assert "00:1b:63:aa:bb:cc" in page


@pytest.mark.parametrize(
    ("wrong", "words", "field"),
    [
        ({"name": ""}, "Enter: name", "name"),
        ({"name": "x" * 121}, "At most 120", "name"),
        ({"name": "—"}, "letter or a digit", "name"),
        ({"name": "iPad 1"}, "already", "name"),
        ({"macs": "nonsense"}, "is not a MAC", "macs"),
        ({"macs": "01:00:5e:00:00:01"}, "group address", "macs"),
        ({"macs": ""}, "a MAC or a fixed address", "macs"),
        ({"macs": "00:1b:63:00:00:01"}, "belongs to device", "macs"),
        ({"addresses": "10.1.0.300"}, "is not an IP address", "addresses"),
        ({"ownership": "stolen"}, "", "ownership"),
        ({"ownership": ""}, "Choose whose", "ownership"),
        ({"trusts_ca": ""}, "Choose whether", "trusts_ca"),
        ({"person": "nobody"}, "nobody called", "person"),
        ({"person": "same name"}, "p2, p3", "person"),
        ({"role": "king"}, "", "role"),
        ({"groups": ["9Z"]}, "", "groups"),
        ({"reason": "x" * 501}, "At most 500", "reason"),
    ],
)
def test_each_mistake_is_beside_its_field_and_nothing_typed_is_lost(
    school: School, web: FlaskClient, wrong: dict[str, Any], words: str, field: str
) -> None:
    answer = web.post("/devices/add", data=GOOD | wrong)
    assert answer.status_code == 200
    assert words in answer.text.replace("&#39;", "'")
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'id="{field}"', answer.text)
    assert "<title>Error: " in answer.text
    if "macs" not in wrong:
        assert "00-1B-63-AA-BB-CC" in answer.text
    assert kept(school, "laptop-7") is None
    assert entries(school, "device.added") == []


def test_a_person_is_found_by_id_or_whole_name(school: School, web: FlaskClient) -> None:
    web.post("/devices/add", data=GOOD | {"person": "a. pupil"})
    found = kept(school, "laptop-7")
    assert found is not None
    assert found.person == "p1"


def test_a_randomised_mac_is_said_to_earn_nothing(web: FlaskClient) -> None:
    web.post("/devices/add", data=GOOD | {"macs": "da:a1:19:00:00:01"})
    assert "randomised" in web.get("/devices/id/laptop-7").text
    assert "Randomised" in web.get("/devices?words=da:a1").text


def test_a_change_is_told_with_before_and_after(school: School, web: FlaskClient) -> None:
    page = web.get("/devices/id/ipad-1/change").text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert seen
    data = GOOD | {"name": "iPad One", "seen": seen[1], "groups": ["3B"], "trusts_ca": "no"}
    assert web.post("/devices/id/ipad-1/change", data=data).status_code == 303
    (entry,) = entries(school, "device.changed")
    assert (entry.detail["before"]["name"], entry.detail["after"]["name"]) == ("iPad 1", "iPad One")


def test_anothers_change_meanwhile_is_said_and_nothing_is_lost(
    school: School, web: FlaskClient
) -> None:
    page = web.get("/devices/id/ipad-1/change").text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert seen
    with school.store.session() as session:
        devices.add(session, Device(id="ipad-1", name="Other", macs=IPAD.macs))
    answer = web.post("/devices/id/ipad-1/change", data=GOOD | {"seen": seen[1], "name": "Mine"})
    assert answer.status_code == 200
    assert "Somebody else changed this" in answer.text
    assert 'value="Mine"' in answer.text
    again = re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text)
    assert again
    assert again[1] != seen[1]
    second = web.post("/devices/id/ipad-1/change", data=GOOD | {"seen": again[1], "name": "Mine"})
    assert second.status_code == 303
    found = kept(school, "ipad-1")
    assert found is not None
    assert found.name == "Mine"


def test_what_is_removed_can_be_put_back(school: School, web: FlaskClient) -> None:
    assert "Remove iPad 1?" in web.get("/devices/id/ipad-1/remove").text
    answer = web.post("/devices/id/ipad-1/remove", data={"reason": "lost"})
    assert kept(school, "ipad-1") is None
    page = web.get(answer.location).text
    link = re.search(r'href="(/devices/removed/\d+)"', page)
    assert link
    assert "Put iPad 1 back?" in web.get(link[1]).text
    assert web.post(link[1]).status_code == 303
    assert kept(school, "ipad-1") == IPAD
    assert [e.subject for e in entries(school, "device.restored")] == ["ipad-1"]
    assert "in the register already" in web.post(link[1]).text


def test_what_cannot_be_put_back_says_why(school: School, web: FlaskClient) -> None:
    answer = web.post("/devices/id/ipad-1/remove")
    number = answer.location.rpartition("=")[2]
    with school.store.session() as session:
        devices.add(session, Device(id="other", name="Other", macs=IPAD.macs))
    page = web.post(f"/devices/removed/{number}").text
    assert "cannot be put back" in page
    assert kept(school, "ipad-1") is None


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999"])
def test_only_a_removal_can_be_undone(web: FlaskClient, number: str) -> None:
    assert web.get(f"/devices/removed/{number}").status_code == 404


def test_several_go_into_a_group_and_out(school: School, web: FlaskClient) -> None:
    with school.store.session() as session:
        people.add_group(session, Group(id="4A", name="Class 4A"))
    data = {"device": ["ipad-1", "none"], "group": "4A", "does": "join", "in_group": "3B"}
    answer = web.post("/devices/together", data=data)
    assert answer.location == "/devices?group=3B"
    found = kept(school, "ipad-1")
    assert found is not None
    assert found.groups == ("3B", "4A")
    assert entries(school, "device.grouped")[0].detail["devices"] == ["ipad-1"]
    web.post("/devices/together", data=data | {"does": "leave"})
    assert kept(school, "ipad-1") == IPAD


@pytest.mark.parametrize(
    ("wrong", "status"), [({"group": "9Z"}, 303), ({"device": []}, 303), ({"does": "fly"}, 400)]
)
def test_nothing_is_grouped_by_mistake(
    school: School, web: FlaskClient, wrong: dict[str, Any], status: int
) -> None:
    data = {"device": ["ipad-1"], "group": "3B", "does": "leave"} | wrong
    assert web.post("/devices/together", data=data).status_code == status
    assert kept(school, "ipad-1") == IPAD
    assert entries(school, "device.grouped") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?words=ipad", True),
        ("?words=00-1B-63-00", True),
        ("?words=%25", False),
        ("?words=_", False),
        ("?group=3B", True),
        ("?group=3", False),
        ("?owner=school", True),
        ("?owner=personal", False),
        ("?role=pupil", False),
        ("?page=2", False),
        ("?page=0", True),
        ("?page=x", True),
    ],
)
def test_devices_are_found(web: FlaskClient, query: str, found: bool) -> None:
    assert ('href="/devices/id/ipad-1"' in web.get(f"/devices{query}").text) is found


def test_two_thousand_devices_come_in_pages(school: School, web: FlaskClient) -> None:
    with school.store.session() as session:
        for n in range(130):
            mac = f"00:1b:64:00:00:{n:02x}"
            devices.add(session, Device(id=f"d{n}", name=f"Device {n:04}", macs=(mac,)))
    page = web.get("/devices?words=Device").text
    assert "130 devices, page 1 of 3" in page
    assert page.count('name="device"') == 50
    assert web.get("/devices?words=Device&page=3").text.count('name="device"') == 30


@pytest.mark.parametrize("path", ["/devices/id/none", "/devices/id/none/change",
                                  "/devices/id/none/remove"])  # fmt: skip
def test_a_device_that_is_not_there(web: FlaskClient, path: str) -> None:
    assert web.get(path).status_code == 404


@pytest.mark.parametrize("post", [post for post in Post if post is not Post.IT_TECHNICIAN])
def test_the_register_is_the_technicians(school: School, post: Post) -> None:
    assert school.client(post).get("/devices").status_code == 403
    assert school.client(post).post("/devices/add", data=GOOD).status_code == 403


def test_what_a_stranger_wrote_stays_text(school: School, web: FlaskClient) -> None:
    evil = '<script>alert("x")</script>'
    web.post("/devices/add", data=GOOD | {"name": evil})
    for path in ("/devices", "/devices/id/script-alert-x-script"):
        text = web.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
