"""What is taken along: whole, safe to open, with a digest that holds, and on record."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pypdf
import pytest

from admin_ui.log import exporting
from appliance.accounts.posts import Post
from tests.admin_ui.log.conftest import Log


def taken(log: Log, path: str) -> bytes:
    got = log.school.client(Post.DSL).get(path)
    assert got.status_code == 200
    assert got.headers["Content-Disposition"].startswith("attachment; filename=")
    return got.data


def test_the_last_line_of_a_csv_states_the_digest_of_all_above_it(log: Log) -> None:
    data = taken(log, "/log/export/csv?noise=1")
    above, last = data[: data.rindex(b"\r\n", 0, -2) + 2], data[data.rindex(b"\r\n", 0, -2) + 2 :]
    said = re.search(rb"[0-9a-f]{64}", last)
    assert said is not None
    assert said.group().decode() == hashlib.sha256(above).hexdigest()
    (entry,) = log.entries("log.exported")
    assert entry.detail["digest"] == said.group().decode()
    assert entry.detail["file"] == hashlib.sha256(data).hexdigest()
    assert (entry.detail["rows"], entry.detail["filter"]) == (5, {"noise": "1"})


def test_a_csv_is_a_table_for_spreadsheets(log: Log) -> None:
    data = taken(log, "/log/export/csv?person=sam")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(exporting.COLUMNS)}
    assert data.count(b"\n") == data.count(b"\r\n")
    named = dict(zip(rows[0], rows[1], strict=True))
    assert named["Person or device"] == "Sam Pupil"
    assert named["Address tried"] == "hxxps://tiktok[.]com/path-of-sam"
    assert named["Zone"] in ("GMT", "BST")
    assert "Taken by Designated safeguarding lead (DSL) (dsl)" in rows[-2][0]
    assert rows[-3][0] == "Filter: Person: Sam Pupil."


@pytest.mark.parametrize("host", ["=cmd()", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(log: Log, host: str) -> None:
    log.write(log.pupil(host, 1, url="", device_name=host, search=host, period=host))
    rows = csv.reader(io.StringIO(taken(log, "/log/export/csv").decode("utf-8-sig"), newline=""))
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(host[0])]


def test_a_pdf_states_the_digest_of_the_same_rows(log: Log) -> None:
    pages = pypdf.PdfReader(io.BytesIO(taken(log, "/log/export/pdf"))).pages
    text = "".join(page.extract_text() for page in pages)
    (entry,) = log.entries("log.exported")
    assert entry.detail["digest"] in text.replace("\n", "")
    assert "Sam Pupil" in text
    assert "tiktok[.]com" in text
    assert "4 rows" in text


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_a_file_holds_so_many_rows_and_says_so(
    log: Log, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", {"csv": 2, "pdf": 2})
    data = taken(log, f"/log/export/{kind}")
    text = data.decode("utf-8-sig") if kind == "csv" else "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages
    )  # fmt: skip
    assert "2 rows. There are more: a file holds 2 rows, the newest are in it." in text
    (entry,) = log.entries("log.exported")
    assert (entry.detail["rows"], entry.detail["cut"]) == (2, True)


def test_a_filter_with_mistakes_exports_nothing(log: Log) -> None:
    client = log.school.client(Post.DSL)
    assert client.get("/log/export/csv?from=nonsense").status_code == 400
    assert client.get("/log/export/csv?person=zz").status_code == 400
    assert client.get("/log/export/xml").status_code == 404
    assert log.entries("log.exported") == []


@pytest.mark.parametrize("post", [Post.IT_TECHNICIAN, Post.GOVERNOR, Post.E_SAFETY_OFFICER,
                                  Post.SLT, Post.STAFF])  # fmt: skip
def test_only_readers_by_name_export(log: Log, post: Post) -> None:
    assert log.school.client(post).get("/log/export/csv").status_code == 403
    assert log.school.client(post).get("/log/exports").status_code == 403


def test_one_finds_ones_own_exports_with_their_digests(log: Log) -> None:
    data = taken(log, "/log/export/csv")
    assert hashlib.sha256(data).hexdigest() in log.school.client(Post.DSL).get("/log/exports").text
    assert "nothing along yet" in log.school.client(Post.HEADTEACHER).get("/log/exports").text
