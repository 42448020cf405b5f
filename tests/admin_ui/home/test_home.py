"""The page that each post lands on: what waits for it, how the gate is, what changed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from admin_ui.home.advice import advice, name, words
from admin_ui.home.health import FRESH, Health
from appliance import clock
from appliance.accounts.posts import Post
from appliance.cli.places import Places, Ports
from appliance.policy.model import Subject, SubjectKind
from appliance.status.checks import Check, Level
from appliance.store import permissions
from tests.admin_ui.conftest import School


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes everything and answers nothing."""
    with (
        socket.socket() as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        tcp.bind(("127.0.0.1", 0))
        tcp.listen(5)
        udp.bind(tcp.getsockname())
        yield tcp.getsockname()[1]


@pytest.mark.parametrize("post", list(Post))
def test_everybody_has_a_home(school: School, post: Post) -> None:
    page = school.client(post).get("/home")
    assert page.status_code == 200
    assert "What waits for you" in page.text
    assert "Ask for a blocked page" in page.text
    assert page.text.count("<h1") == 1


def test_nobody_has_none(school: School) -> None:
    assert school.nobody().get("/home").status_code == 303


def test_the_technician_reads_what_is_down_and_what_to_do(school: School, silent: int) -> None:
    places = Places(school.data)
    places.make()
    places.announce(Ports(dns=silent, http=silent, https=silent), [("127.0.0.1", silent)])
    client = school.client(Post.IT_TECHNICIAN)
    first = client.get("/home").text  # answers although nothing else does
    assert "has not answered yet" in first
    health = school.app.extensions["health"]
    for future in tuple(health._asked.values()):
        future.exception()  # waits for it
    page = client.get("/home").text
    assert "DNS does not answer" in page
    assert "Steered sites are unreachable" in page
    assert "No device finds names" in page
    assert "red, flashing quickly" in page
    head = school.client(Post.HEADTEACHER).get("/home").text
    assert "Please tell the technician." in head
    assert "DNS does not answer" not in head


def test_a_round_is_not_asked_twice_and_then_again(tmp_path: object) -> None:
    from pathlib import Path

    ticks = [0.0]
    health = Health(Path(str(tmp_path)), lambda: ticks[0])
    try:
        health.checks()
        first = health._asked
        for future in first.values():
            future.exception()
        assert {check.name for check in health.checks()} == set(first)
        assert health._asked is first
        ticks[0] = FRESH
        health.checks()
        assert health._asked is not first
    finally:
        health.close()


def test_a_probe_that_breaks_is_red(tmp_path: object) -> None:
    from pathlib import Path

    health = Health(Path(str(tmp_path)) / "none")
    try:
        health.checks()
        for future in health._asked.values():
            future.exception()
        found = {check.name: check for check in health.checks()}
        assert found["disk"].level is Level.RED
        assert "could not be looked at" in found["disk"].words
    finally:
        health.close()


@pytest.mark.parametrize(
    ("levels", "level", "said"),
    [
        ([], "ok", "Everything works."),
        ([Level.NOTE], "ok", "rehearsed"),
        ([Level.AMBER], "amber", "looked at soon: DNS."),
        ([Level.AMBER, Level.RED], "red", "Look at once: the proxy."),
    ],
)
def test_one_sentence_for_all_of_it(levels: list[Level], level: str, said: str) -> None:
    names = ("dns", "proxy")
    checks = tuple(Check(n, one, "x") for n, one in zip(names, levels, strict=False))
    assert words(checks)[0] == level
    assert said in words(checks)[1]


def test_each_part_has_a_name_and_something_to_do() -> None:
    for part in ("gate", "dns", "proxy", "upstream", "snapshot", "core", "spool", "database",
                 "disk", "clock", "calendar", "roles", "lists"):  # fmt: skip
        check = Check(part, Level.RED, "x")
        assert name(check) != part
        assert "status" not in advice(check)
        assert advice(Check(part, Level.GOOD, "x")) == ""
    assert "bellgate status" in advice(Check("new", Level.AMBER, "x"))


def test_a_permission_that_lacks_controls_waits_for_the_technician(school: School) -> None:
    with school.store.session() as session:
        permissions.permit(
            session, "staff_wifi", Subject(SubjectKind.ROLE, "staff"), by="head",
            start=clock.real() - timedelta(days=1),
        )  # fmt: skip
    assert "controls you have to apply" in school.client(Post.IT_TECHNICIAN).get("/home").text
    assert "controls you have to apply" not in school.client(Post.STAFF).get("/home").text


def test_changes_are_told_without_names_of_people(school: School) -> None:
    client = school.client(Post.IT_TECHNICIAN)
    client.post("/groups/add", data={"name": "Year 4", "id": "Y4", "timetable": ""})
    client.post("/people/add", data={"name": "Very Secret", "role": "pupil", "id": "vs9"})
    page = school.client(Post.GOVERNOR).get("/home").text
    assert "Groups, added" in page
    assert "Y4" in page
    assert "People, added" in page
    assert "vs9" not in page
    assert "Very Secret" not in page
    assert "What changed lately" not in school.client(Post.STAFF).get("/home").text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-23", "Next review of the policy: Wednesday 1 September 2027"),
        ("2027-08-15", "Review due soon."),
        ("2027-09-02", "Review overdue."),
    ],
)
def test_the_review_is_told_in_time(make_school: object, day: str, said: str) -> None:
    at = datetime.fromisoformat(f"{day}T10:35").replace(tzinfo=UTC)
    school: School = make_school(rehearse=(at - datetime.now(UTC)).total_seconds())  # type: ignore[operator]
    assert said in school.client(Post.GOVERNOR).get("/home").text
