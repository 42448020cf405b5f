"""What lists name of that which must never break stands on a page, by list."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.admin_ui.conftest import School
from tests.admin_ui.lists.making import keep, publish


@pytest.fixture
def broken(listed: School) -> School:
    """Return a school one of whose lists would close the government."""
    with listed.store.session() as session:
        keep(session, "careless", "gambling", "tax.service.gov.uk\nfine.example\n")
        keep(session, "open-illegal", "illegal", "www.gov.uk\n")
    publish(listed)
    return listed


def test_without_any_the_page_says_so(web: FlaskClient) -> None:
    assert "No list names anything that must not break." in web.get("/lists/collisions").text
    assert "Collisions</a>:" not in web.get("/lists").text


def test_a_collision_is_told_and_counted(broken: School, web: FlaskClient) -> None:
    page = web.get("/lists/collisions?list=careless").text
    assert "careless" in page
    assert ">tax.service.gov.uk<" in page
    assert "Show all lists" in page
    assert "fine.example" not in page
    assert "Collisions</a>: the lists name" in web.get("/lists").text
    assert "What it would break" in web.get("/lists/id/careless").text
    assert "What it would break" not in web.get("/lists/id/adult-county").text


def test_no_entry_of_the_illegal_class_is_shown(broken: School, web: FlaskClient) -> None:
    page = web.get("/lists/collisions?list=open-illegal").text
    assert "Kept to itself" in page
    assert ">gov.uk<" in page
    assert "www.gov.uk" not in page


def test_what_collides_is_looked_for_once_in_a_snapshot(broken: School, web: FlaskClient) -> None:
    web.get("/lists/collisions")
    first = broken.app.extensions["list_collisions"]
    web.get("/lists")
    assert broken.app.extensions["list_collisions"] is first
    with broken.store.session() as session:
        keep(session, "careless", "gambling", "fine.example\n")
    publish(broken)
    assert ">tax.service.gov.uk<" not in web.get("/lists/collisions?list=careless").text
