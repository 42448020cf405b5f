"""A licensed list of illegal content: taken in, in force, and never to be seen again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.store import lists
from appliance.store.lists import KeptList
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries
from tests.admin_ui.lists.making import publish
from tests.admin_ui.lists.test_uploading import send

PATH = "/lists/illegal/file"
GOOD = {"name": "Foundation", "format": "domains", "licence": "Agreement 17", "may": "y"}
TEXT = b"horrid.example\nfoul.example\n"


def kept(school: School) -> KeptList | None:
    with school.store.reading() as session:
        found = lists.list_(session)
    return next((one for one in found if one.id == "licensed-foundation"), None)


def test_it_is_taken_in_as_digests_and_blocks(
    listed: School, web: FlaskClient, entries: Entries
) -> None:
    assert send(web, TEXT, PATH, **GOOD).status_code == 303
    one = kept(listed)
    assert one is not None
    assert (one.hashed, one.category, one.entries) == (True, "illegal", 2)
    (entry,) = entries("list.licensed_taken_in")
    assert (entry.subject, entry.detail["licence"]) == ("licensed-foundation", "Agreement 17")
    assert "horrid" not in str(entry.detail)
    publish(listed)
    lists_ = listed.app.extensions["gate"].view().snapshot.lists
    (match,) = lists_.find("www.horrid.example")
    assert (match.category, match.list_id, match.entry) == ("illegal", "licensed-foundation", "")


def test_no_page_and_no_file_has_its_names(listed: School, web: FlaskClient) -> None:
    send(web, TEXT, PATH, **GOOD)
    publish(listed)
    listed.store.close()
    for path in ("/lists", "/lists/illegal", "/lists/id/licensed-foundation", "/lists/collisions",
                 "/audit", "/home"):  # fmt: skip
        page = web.get(path).text
        assert "horrid" not in page, path
        assert "foul.example" not in page, path
    for file in Path(listed.data).rglob("*"):
        if file.is_file():
            assert b"horrid" not in file.read_bytes(), file.name


def test_the_page_says_who_does_this_job(web: FlaskClient) -> None:
    page = web.get("/lists/illegal").text
    assert "is the task of the school’s accredited filter" in page
    assert "does not replace it" in page
    assert not re.findall(r'href="[^"]*(?:export|csv|download)', page)


@pytest.mark.parametrize(
    ("data", "wrong", "words", "field"),
    [
        (TEXT, {"may": ""}, "Say that the school may use the list", "may"),
        (TEXT, {"licence": ""}, "Name the licence", "licence"),
        (TEXT, {"name": ""}, "Enter a name", "name"),
        (TEXT, {"name": "?"}, "It needs a letter", "name"),
        (b"", {}, "Choose a file", "file"),
        (b"secret words\nother words\n", {}, "There is not one name in it", "file"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_quoted(
    listed: School, web: FlaskClient, data: bytes, wrong: dict[str, Any], words: str, field: str
) -> None:
    page = send(web, data, PATH, **GOOD | wrong).text
    assert words in page
    assert f'href="#{field}"' in page
    assert "secret" not in page
    assert "horrid" not in page
    assert kept(listed) is None


def test_a_newer_file_takes_its_place_but_no_much_shorter_one(
    listed: School, web: FlaskClient
) -> None:
    many = "".join(f"s{number}.example\n" for number in range(200))
    assert send(web, many.encode(), PATH, **GOOD).status_code == 303
    assert send(web, (many + "x.example\n").encode(), PATH, **GOOD).status_code == 303
    one = kept(listed)
    assert one is not None
    assert one.entries == 201
    page = send(web, b"x.example\n", PATH, **GOOD).text
    assert "kept the old one" in page
    one = kept(listed)
    assert one is not None
    assert one.entries == 201
