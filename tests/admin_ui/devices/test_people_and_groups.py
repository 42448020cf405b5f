"""People and groups: added, changed, removed, and never lost by the way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.policy.subjects import Device, Group, Person
from appliance.store import devices, people
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School

ANN = Person(id="p1", name="A. Pupil", role="pupil", groups=("3B",))


@pytest.fixture
def web(school: School) -> FlaskClient:
    with school.store.session() as session:
        people.add_group(session, Group(id="3B", name="Class 3B"))
        people.add_person(session, ANN)
        devices.add(session, Device(id="d", name="D", macs=("00:1b:63:00:00:01",), groups=("3B",)))
    return school.client(Post.IT_TECHNICIAN)


def everybody(school: School) -> dict[str, Person]:
    with school.store.reading() as session:
        return {person.id: person for person in people.people(session)}


def groups(school: School) -> dict[str, Group]:
    with school.store.reading() as session:
        return {group.id: group for group in people.groups(session)}


def seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def actions(school: School) -> list[str]:
    with school.store.reading() as session:
        return [row.action for row in session.query(AuditRow).order_by(AuditRow.number)]


def test_a_person_comes_changes_and_goes(school: School, web: FlaskClient) -> None:
    new = {"name": "B. Pupil", "role": "pupil", "groups": ["3B"], "id": ""}
    assert web.post("/people/add", data=new).status_code == 303
    assert everybody(school)["b-pupil"].groups == ("3B",)
    page = web.get("/people/id/p1").text
    changed = {"name": "Ann Pupil", "role": "staff", "seen": seen(page)}
    assert web.post("/people/id/p1", data=changed).status_code == 303
    assert everybody(school)["p1"] == Person(id="p1", name="Ann Pupil", role="staff")
    assert "Somebody else changed" in web.post("/people/id/p1", data=changed).text
    assert web.post("/people/id/p1/remove").status_code == 303
    assert set(everybody(school)) == {"b-pupil"}
    assert [a for a in actions(school) if a.startswith("person.")] == [
        "person.added", "person.changed", "person.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter: name"),
        ({"role": ""}, "Choose a role"),
        ({"role": "king"}, "Not a valid choice"),
        ({"id": "a b"}, "is not an id"),
        ({"id": "p1"}, "already"),
        ({"name": "—", "id": ""}, "enter an id"),
        ({"groups": ["9Z"]}, "not a valid choice"),
    ],
)
def test_a_person_that_cannot_be(
    school: School, web: FlaskClient, wrong: dict[str, Any], words: str
) -> None:
    data: dict[str, Any] = {"name": "B. Pupil", "role": "pupil", "id": "p2"} | wrong
    answer = web.post("/people/add", data=data)
    assert answer.status_code == 200
    assert words.lower() in answer.text.lower()
    assert everybody(school) == {"p1": ANN}


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("?words=pupil", True), ("?words=p1", True), ("?words=x", False),
     ("?role=pupil", True), ("?role=staff", False), ("?group=3B", True), ("?page=9", False)],
)  # fmt: skip
def test_people_are_found(web: FlaskClient, query: str, found: bool) -> None:
    assert ("/people/id/p1" in web.get(f"/people{query}").text) is found


def test_a_group_comes_changes_and_goes(school: School, web: FlaskClient) -> None:
    new = {"name": "Year 4", "id": "", "timetable": ""}
    assert web.post("/groups/add", data=new).status_code == 303
    assert groups(school)["year-4"] == Group(id="year-4", name="Year 4")
    page = web.get("/groups/id/3B").text
    changed = {"name": "3 Beech", "timetable": "", "seen": seen(page)}
    assert web.post("/groups/id/3B", data=changed).status_code == 303
    assert groups(school)["3B"].name == "3 Beech"
    assert "Somebody else changed" in web.post("/groups/id/3B", data=changed).text
    assert "1 devices and 1 people" in web.get("/groups/id/3B/remove").text
    assert web.post("/groups/id/3B/remove").status_code == 303
    assert everybody(school)["p1"].groups == ()
    assert [a for a in actions(school) if a.startswith("group.")] == [
        "group.added", "group.changed", "group.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter: name"),
        ({"id": "3B"}, "already"),
        ({"id": "a/b"}, "is not an id"),
        ({"timetable": "none"}, "Not a valid choice"),
    ],
)
def test_a_group_that_cannot_be(
    school: School, web: FlaskClient, wrong: dict[str, Any], words: str
) -> None:
    data: dict[str, Any] = {"name": "Year 4", "id": "Y4", "timetable": ""} | wrong
    answer = web.post("/groups/add", data=data)
    assert words in answer.text
    assert set(groups(school)) == {"3B"}


def test_the_list_of_groups_counts(web: FlaskClient) -> None:
    page = web.get("/groups").text
    assert "Class 3B" in page
    assert "/devices?group=3B" in page


@pytest.mark.parametrize("path", ["/people/id/none", "/people/id/none/remove", "/groups/id/none",
                                  "/groups/id/none/remove"])  # fmt: skip
def test_what_is_not_there(web: FlaskClient, path: str) -> None:
    assert web.get(path).status_code == 404
