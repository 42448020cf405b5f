"""Lists taken in from a file: kept, renewed, refused with what is wrong."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_ui.lists import uploading
from appliance.store import lists
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.conftest import Entries
from tests.admin_ui.uploads import BOUNDARY

GOOD = {"name": "Ours", "format": "domains", "category": "gambling", "licence": "our own",
        "attribution": "The office", "reason": ""}  # fmt: skip
LONG = (b"#" * 4000 + b"\n") * (uploading.UNPACKED // 4000)  # more than is unpacked
MANY = "".join(f"site-{number}.example\n" for number in range(400))


def send(web: FlaskClient, data: bytes, path: str = "/lists/file", **fields: str) -> TestResponse:
    """Send a form with a file as a browser does."""
    body = b""
    for name, text in fields.items():
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        body += text.encode() + b"\r\n"
    head = 'Content-Disposition: form-data; name="file"; filename="C:\\\\me\\\\list.txt"'
    body += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return web.post(path, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def names(school: School, id_: str) -> list[str]:
    with school.store.reading() as session:
        return sorted(lists.names_of(session, id_))


def left(school: School) -> list[str]:
    return [path.name for path in school.data.glob("upload-*")]


def archive() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, text in (("g/domains", b"one.example\n"), ("g/urls", b"two.example/a\n")):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return held.getvalue()


def test_a_file_becomes_a_list(listed: School, web: FlaskClient, entries: Entries) -> None:
    text = b"# ours\nbets.example\nnot a name\nodds.example\n"
    answer = send(web, text, **GOOD)
    assert (answer.status_code, answer.location) == (303, "/lists/id/ours")
    assert names(listed, "ours") == ["bets.example", "odds.example"]
    (entry,) = entries("list.taken_in")
    assert (entry.subject, entry.detail["names"], entry.detail["lines_left_out"]) == ("ours", 2, 1)
    page = web.get("/lists/id/ours").text
    for words in ("2 names, 1 line left out", "our own", "The office", ">3<", "not a name"):
        assert words in page, words
    assert left(listed) == []


@pytest.mark.parametrize(
    ("data", "format_", "expected"),
    [
        (b"0.0.0.0 one.example\n", "hosts", ["one.example"]),
        (b"||one.example^\n@@||a.one.example^\n", "adblock", ["a.one.example", "one.example"]),
        (b"address=/one.example/0.0.0.0\n", "dnsmasq", ["one.example"]),
        (b"$TTL 60\none.example CNAME .\n", "rpz", ["one.example"]),
        (archive(), "ut1", ["one.example"]),
        (b"domain:one.example @ads\n", "v2fly", ["one.example"]),
        (gzip.compress(b"one.example\n"), "domains", ["one.example"]),
    ],
    ids=map(str, range(7)),  # an archive's bytes hold the time it was made
)  # fmt: skip
def test_every_format_is_taken(
    listed: School, web: FlaskClient, data: bytes, format_: str, expected: list[str]
) -> None:
    assert send(web, data, **GOOD | {"format": format_}).status_code == 303
    assert names(listed, "ours") == expected


@pytest.mark.parametrize(
    ("data", "wrong", "words", "field"),
    [
        (b"", {}, "Choose a file that is not empty", "file"),
        (b"# nothing\n", {}, "There is not one name in it", "file"),
        (b"<!doctype html><html>", {}, "it is a web page", "file"),
        (b"\x89PNG\r\n\x1a\n", {}, "it is a picture", "file"),
        (b"a b\nc d\ne f\nbets.example\n", {}, "3 of its 4 lines are no names", "file"),
        (archive()[:-30], {"format": "ut1"}, "damaged", "file"),
        (archive(), {}, "only UT1", "file"),
        (b"x" * (uploading.LARGEST + 1), {}, "larger than 5 MB", "file"),
        (gzip.compress(LONG), {}, "larger than 64 MB", "file"),
        (b"bets.example\n", {"name": "Adult county"}, "Another list has that name", "name"),
        (b"bets.example\n", {"name": "Licensed"}, "Another list has that name", "name"),
        (b"bets.example\n", {"name": "?"}, "It needs a letter", "name"),
        (b"bets.example\n", {"category": "illegal"}, "", "category"),
        (b"bets.example\n", {"format": ""}, "Choose how it is written", "format"),
    ],
    ids=map(str, range(14)),  # not the bytes themselves: some are megabytes
)  # fmt: skip
def test_what_is_no_list_is_refused_and_nothing_is_left(
    listed: School, web: FlaskClient, entries: Entries, data: bytes, wrong: dict[str, Any],
    words: str, field: str,
) -> None:  # fmt: skip
    with listed.store.reading() as session:
        before = lists.list_(session)
    answer = send(web, data, **GOOD | wrong)
    assert answer.status_code == 200
    assert words in answer.text
    assert f'href="#{field}"' in answer.text
    assert str(listed.data) not in answer.text
    with listed.store.reading() as session:
        assert lists.list_(session) == before
    assert entries("list.taken_in") == []
    assert left(listed) == []


def test_a_newer_file_takes_the_place_of_the_old(listed: School, web: FlaskClient) -> None:
    assert send(web, MANY.encode(), **GOOD).status_code == 303
    assert send(web, (MANY + "more.example\n").encode(), **GOOD).status_code == 303
    assert "more.example" in names(listed, "ours")
    assert len(names(listed, "ours")) == 401


def test_a_much_shorter_file_or_another_kind_keeps_the_old(
    listed: School, web: FlaskClient
) -> None:
    send(web, MANY.encode(), **GOOD)
    page = send(web, b"one.example\n", **GOOD).text
    assert "It had 400 names and now has 1: kept the old one." in page
    page = send(web, MANY.encode(), **GOOD | {"category": "games"}).text
    assert "remove it first" in page
    assert len(names(listed, "ours")) == 400


def test_what_a_power_cut_left_is_cleared(listed: School, web: FlaskClient) -> None:
    import os

    for name, age in (("upload-old", 7200), ("upload-new", 0)):
        folder = listed.data / name
        folder.mkdir()
        moment = folder.stat().st_mtime - age
        os.utime(folder, (moment, moment))
    send(web, b"bets.example\n", **GOOD)
    assert left(listed) == ["upload-new"]


def test_a_full_disk_is_said(
    listed: School, web: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploading, "gather", full)
    page = send(web, b"bets.example\n", **GOOD).text
    assert "cannot be kept while it is read: no space left on device" in page
    assert left(listed) == []
