"""Whether the accredited filter is there: told truthfully, and its test names set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from admin_ui.lists.illegal import seen
from appliance import clock
from appliance.store import filter_checks
from appliance.store.filter_checks import Expect, FilterTest, Look
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
TESTS = (FilterTest("test.filter.example"),)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("tests", "looks", "asked", "level"),
    [
        ((), (), None, "amber"),
        ((), (Look(NOW, True, "There."),), None, "amber"),
        (TESTS, (), None, "amber"),
        (TESTS, (Look(NOW - HOUR, True, "There."),), None, "ok"),
        (TESTS, (Look(NOW - HOUR, True, "There."),), NOW - 2 * HOUR, "ok"),
        (TESTS, (Look(NOW - 2 * HOUR, True, "There."),), NOW - HOUR, "amber"),
        (TESTS, (Look(NOW - HOUR, False, "Gone."),), None, "red"),
        (TESTS, (Look(NOW - 48 * HOUR, False, "Gone."),), None, "red"),
        (TESTS, (Look(NOW - 27 * HOUR, True, "There."),), None, "amber"),
        (TESTS, (Look(NOW + HOUR, True, "There."),), None, "amber"),
        (TESTS, (Look(NOW - HOUR, False, "Gone."), Look(NOW, True, "There.")), None, "red"),
    ],
)
def test_silence_is_never_taken_for_a_filter(
    tests: tuple[FilterTest, ...], looks: tuple[Look, ...], asked: datetime | None, level: str
) -> None:
    assert seen(tests, looks, asked, NOW).level == level


def test_test_names_are_set_asked_for_and_audited(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    data = {"names": "Test.Filter.example\nother.example", "expect": "address",
            "addresses": "192.0.2.7", "reason": "From its handbook"}  # fmt: skip
    assert web.post("/lists/illegal/test-names", data=data).status_code == 303
    with listed.store.reading() as session:
        assert filter_checks.tests(session) == (
            FilterTest("test.filter.example", Expect.ADDRESS, ("192.0.2.7/32",)),
            FilterTest("other.example", Expect.ADDRESS, ("192.0.2.7/32",)),
        )
        assert filter_checks.asked(session) is not None
    (entry,) = entries("list.filter_test_names_changed")
    assert entry.detail["after"] == ["test.filter.example", "other.example"]
    page = web.get("/lists/illegal/test-names").text
    assert "192.0.2.7/32" in page
    assert "Being asked." in web.get("/lists/illegal").text


@pytest.mark.parametrize(
    ("data", "words", "field"),
    [
        ({"names": "not a name", "expect": "blocked"}, "", "names"),
        ({"names": "https://x.example/y", "expect": "blocked"}, "", "names"),
        ({"names": "x.example", "expect": "address"}, "block page", "addresses"),
        ({"names": "x.example", "expect": "address", "addresses": "nine"}, "nine", "addresses"),
        ({"names": "\n".join(f"x{n}.example" for n in range(11)), "expect": "blocked"}, "10",
         "names"),
        ({"names": "x.example", "expect": "maybe"}, "", "expect"),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused(
    listed: School, web: FlaskClient, data: dict[str, str], words: str, field: str
) -> None:
    page = web.post("/lists/illegal/test-names", data=data).text
    assert words in page
    assert f'href="#{field}' in page
    with listed.store.reading() as session:
        assert filter_checks.tests(session) == ()


def test_it_is_asked_now_and_what_came_of_it_stands_on_the_page(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    nothing = web.post("/lists/illegal/check", follow_redirects=True).text
    assert "set a test name first" in nothing
    with listed.store.session() as session:
        filter_checks.put_tests(session, TESTS)
    assert web.post("/lists/illegal/check").status_code == 303
    assert len(entries("list.filter_check_asked")) == 1
    with listed.store.session() as session:
        filter_checks.note(session, Look(clock.real(), False, "192.0.2.1 does not filter."))
    page = web.get("/lists/illegal").text
    assert "Look at this at once." in page
    assert page.count("192.0.2.1 does not filter.") == 2  # as the state, and in the table
    assert "The accredited filter" in web.get("/home").text


def test_no_name_left_ends_the_asking(listed: School, web: FlaskClient) -> None:
    with listed.store.session() as session:
        filter_checks.put_tests(session, TESTS)
    data = {"names": "", "expect": "blocked"}
    assert web.post("/lists/illegal/test-names", data=data).status_code == 303
    assert "Nobody looks." in web.get("/lists/illegal").text
