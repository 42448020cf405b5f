"""CSV files by way of the pages: looked at first, then carried out whole or not at all."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_ui.devices.sheet import LARGEST
from appliance.accounts.posts import Post
from appliance.policy.subjects import Device, Group, Person
from appliance.store import devices, people
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School

IPAD = Device(id="ipad-1", name="=1+1", macs=("00:1b:63:00:00:01",), groups=("3B",))
GOOD = "name,macs,groups\nLaptop 7,00:1b:63:aa:bb:cc,3B\nLaptop 8,00:1b:63:aa:bb:cd,\n"


@pytest.fixture
def web(school: School) -> FlaskClient:
    with school.store.session() as session:
        people.add_group(session, Group(id="3B", name="Class 3B"))
        people.add_person(session, Person(id="p1", name="A. Pupil", role="pupil"))
        devices.add(session, IPAD)
    return school.client(Post.IT_TECHNICIAN)


def upload(web: FlaskClient, text: str | bytes, path: str = "/devices/file") -> Any:
    data = text.encode() if isinstance(text, str) else text
    head = b'--end\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    body = head + data + b"\r\n--end--\r\n"
    return web.post(path, data=body, content_type="multipart/form-data; boundary=end")


def ids(school: School) -> set[str]:
    with school.store.reading() as session:
        return {device.id for device in devices.list_(session)}


def carried(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def test_nothing_is_done_until_it_is_confirmed(school: School, web: FlaskClient) -> None:
    page = upload(web, GOOD).text
    assert "2 to be added, 0 to be changed" in page
    assert "Laptop 7" in page
    assert ids(school) == {"ipad-1"}
    answer = web.post("/devices/file/done", data={"text": carried(page), "reason": "new trolley"})
    assert (answer.status_code, answer.location) == (303, "/devices")
    assert ids(school) == {"ipad-1", "laptop-7", "laptop-8"}
    with school.store.reading() as session:
        (entry,) = session.query(AuditRow).filter_by(action="device.imported")
        assert (entry.reason, entry.detail["added"]) == ("new trolley", ["laptop-7", "laptop-8"])


def test_mistakes_are_told_by_line_and_column_and_stop_all(
    school: School, web: FlaskClient
) -> None:
    page = upload(web, GOOD + "Bad,nonsense,9Z\n").text
    assert "2 mistakes" in page
    assert re.search(r"<td[^>]*>4</td><td[^>]*>macs</td>", page)
    assert re.search(r"<td[^>]*>4</td><td[^>]*>groups</td>", page)
    assert "<textarea" not in page
    assert "<title>Error: " in page


def test_what_does_not_fit_any_more_is_not_done(school: School, web: FlaskClient) -> None:
    page = upload(web, GOOD).text
    with school.store.session() as session:
        devices.add(session, Device(id="other", name="Other", macs=("00:1b:63:aa:bb:cc",)))
    answer = web.post("/devices/file/done", data={"text": carried(page)})
    assert answer.status_code == 200
    assert "belongs to device other already" in answer.text
    assert ids(school) == {"ipad-1", "other"}


def test_what_goes_out_comes_back_and_is_no_formula(school: School, web: FlaskClient) -> None:
    answer = web.get("/devices.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "'=1+1" in answer.text
    assert ",=1+1" not in answer.text
    assert "0 to be added, 0 to be changed, 1 as they are" in upload(web, answer.data).text
    with school.store.reading() as session:
        assert session.query(AuditRow).filter_by(action="device.exported").count() == 1


def test_people_too(school: School, web: FlaskClient) -> None:
    text = web.get("/people.csv").text + "p2,B. Pupil,pupil,3B\n"
    page = upload(web, text, "/people/file").text
    assert "1 to be added, 0 to be changed, 1 as they are" in page
    assert web.post("/people/file/done", data={"text": carried(page)}).status_code == 303
    with school.store.reading() as session:
        assert [person.id for person in people.people(session)] == ["p1", "p2"]


@pytest.mark.parametrize("path", ["/devices/file", "/people/file"])
def test_no_file_and_too_large_a_file(web: FlaskClient, path: str) -> None:
    assert "needed" in web.get(path).text.lower()
    assert "Choose a CSV file" in web.post(path).text
    assert "Choose a CSV file" in upload(web, "", path).text
    assert "larger than 512 kB" in upload(web, "x" * (LARGEST + 1), path).text


@given(st.binary(max_size=400).filter(lambda data: b"--end" not in data))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_whatever_is_sent_is_answered(web: FlaskClient, data: bytes) -> None:
    for path in ("/devices/file", "/people/file"):
        assert upload(web, data, path).status_code == 200
    text = data.decode("utf-8", "replace")
    assert web.post("/devices/file/done", data={"text": text}).status_code in (200, 303)
