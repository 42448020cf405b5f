"""Devices that were seen and not named: from the log, from the neighbour table, with a name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from appliance import clock
from appliance.accounts.posts import Post
from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.attempts.visits import Changes, Entry
from appliance.policy.subjects import Device
from appliance.store import attempts, devices, settings
from tests.admin_ui.conftest import School

MAC, RANDOM = "00:1b:63:00:00:01", "da:a1:19:00:00:01"


def tried(address: str, mac: str, *, device: str = "", minutes: int = 0) -> Entry:
    at = clock.real() - timedelta(minutes=minutes)
    return Entry(
        Attempt(
            at=at, last=at, layer=Layer.DNS, visit=Visit.LOOKUP, address=address, mac=mac,
            host="x.com", verdict="block", reason="category_rule", rule="r", clause="1",
            role="pupil", period="Lesson", period_kind="lesson", network="demo-pupils",
            device=device, count=3,
        ),
        0,
    )  # fmt: skip


def write(school: School, *entries: Entry) -> None:
    with school.store.session() as session:
        attempts.write(session, Changes(added=entries, grown=(), removed=()))


@pytest.fixture
def web(school: School) -> FlaskClient:
    write(
        school, tried("127.0.10.7", MAC), tried("127.0.10.8", MAC, minutes=5),
        tried("127.0.10.9", ""), tried("127.0.30.4", RANDOM),
        tried("127.0.10.20", "00:1b:63:00:00:99", device="known"),
    )  # fmt: skip
    return school.client(Post.IT_TECHNICIAN)


def test_one_device_is_one_card_however_many_addresses(web: FlaskClient) -> None:
    page = web.get("/devices/seen").text
    assert page.count(f">{MAC}<") == 1
    assert "127.0.10.7, 127.0.10.8" in page
    assert "6 attempts recorded" in page
    assert "Demo: pupils 0001" in page
    assert "00:1b:63:00:00:99" not in page
    assert f"/devices/add?name=Demo:+pupils+0001&amp;mac={MAC.replace(':', '%3A')}" in page or (
        "mac=00:1b:63:00:00:01" in page
    )


def test_the_link_fills_the_form_in(web: FlaskClient) -> None:
    page = web.get(f"/devices/add?name=iPad&mac={MAC}&address=").text
    assert 'value="iPad"' in page
    assert MAC in page


def test_made_up_addresses_are_kept_apart_and_explained(web: FlaskClient) -> None:
    page = web.get("/devices/seen").text
    assert RANDOM not in page
    assert "1 more uses a MAC that the device made up" in page
    page = web.get("/devices/seen?mac=randomised").text
    assert RANDOM in page
    assert "/devices/add" not in page.partition("<main")[2]


def test_what_is_registered_is_not_shown_any_more(school: School, web: FlaskClient) -> None:
    with school.store.session() as session:
        devices.add(session, Device(id="a", name="A", macs=(MAC,)))
        devices.add(session, Device(id="b", name="B", addresses=("127.0.10.9",)))
    assert "Nothing that is not in the register" in web.get("/devices/seen").text


def test_the_neighbour_table_counts_where_it_is_ours(school: School, web: FlaskClient) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    (school.data / "run").mkdir()
    rows = [["127.0.20.7", "00:1b:63:00:00:0a", now], ["192.0.2.7", "00:1b:63:00:00:0b", now]]
    (school.data / "run" / "neighbours.json").write_text(json.dumps(rows))
    page = web.get("/devices/seen").text
    assert "00:1b:63:00:00:0a" in page
    assert "00:1b:63:00:00:0b" not in page
    assert "00:1b:63:00:00:0a" in web.get("/devices/seen?network=demo-staff").text
    assert MAC not in web.get("/devices/seen?network=demo-staff").text


def test_what_a_device_calls_itself_is_shown_as_its_own_word(
    school: School, web: FlaskClient
) -> None:
    file = school.data / "leases"
    file.write_text(f"0 {MAC} 127.0.10.7 <b>pad-7</b> *\n0 {RANDOM} 127.0.30.4 phone *\n")
    with school.store.session() as session:
        settings.put(session, "lease_files", [str(file)])
    page = web.get("/devices/seen").text
    assert "Calls itself" in page
    assert "&lt;b&gt;pad-7&lt;/b&gt;" in page
    assert "<b>pad-7" not in page
    file.unlink()
    assert "Calls itself" not in web.get("/devices/seen").text


def test_what_the_proxy_saw_of_the_certificate(school: School, web: FlaskClient) -> None:
    (school.data / "run").mkdir()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    said = {
        "127.0.10.7": {"trusts": True, "device": "", "mac": MAC, "at": at},
        "127.0.10.9": {"trusts": False, "device": "", "mac": "", "at": at},
        "127.0.10.1": "nonsense",
    }
    (school.data / "run" / "trust.json").write_text(json.dumps(said))
    page = web.get("/devices/seen").text
    assert "Has the school’s certificate" in page
    assert "Has not the school’s certificate" in page
    with school.store.session() as session:
        devices.add(session, Device(id="a", name="A", macs=(MAC,)))
        devices.add(session, Device(id="b", name="B", addresses=("127.0.10.9",), trusts_ca=True))
    assert "The register is behind" in web.get("/devices/id/a").text
    assert "will show warnings" in web.get("/devices/id/b").text


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["a","b"]]', '[["a","b","never"]]'])
def test_a_damaged_file_is_no_neighbour(school: School, web: FlaskClient, text: str) -> None:
    (school.data / "run").mkdir()
    for name in ("neighbours.json", "trust.json"):
        (school.data / "run" / name).write_text(text)
    assert web.get("/devices/seen").status_code == 200


def test_a_long_list_comes_in_pages(school: School, web: FlaskClient) -> None:
    write(school, *(tried(f"127.0.10.{n}", f"00:1b:64:00:00:{n:02x}") for n in range(40, 80)))
    page = web.get("/devices/seen").text
    assert "42 devices" in page
    assert page.count('bellgate-card"') == 25
    assert web.get("/devices/seen?page=99999999999").status_code == 200


def test_a_device_on_a_stricter_network_says_why_it_counts_as_less(school: School) -> None:
    with school.store.session() as session:
        devices.add(session, Device(id="t", name="Laptop", addresses=("127.0.10.44",),
                                    role="staff"))  # fmt: skip
    school.publish()
    page = school.client(Post.IT_TECHNICIAN).get("/devices/id/t").text
    assert "it counts now as <strong>Pupil</strong>" in page
    assert "The register says Member of staff, but the network" in page
