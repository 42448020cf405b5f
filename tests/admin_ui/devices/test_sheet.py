"""CSV as people and spreadsheets write it: read whole, or each mistake with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.devices import sheet
from admin_ui.devices.sheet import LARGEST, MOST, read, text_of, write

COLUMNS = ("id", "name", "note")
# What stands in a cell: no blanks at its ends, which are nobody's intention.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")).map(str.strip)


@given(st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS), max_size=5))
def test_what_is_written_comes_back(rows: list[tuple[str, str, str]]) -> None:
    found = read(write(COLUMNS, rows), COLUMNS, ())
    assert found.mistakes == ()
    assert [tuple(row.cells[c] for c in COLUMNS) for row in found.rows] == rows


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_no_cell_is_a_formula(rows: list[tuple[str, str]]) -> None:
    import csv
    import io

    for cells in csv.reader(io.StringIO(write(("a", "b"), rows), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@given(st.binary(max_size=2000))
def test_whatever_is_sent_is_rows_or_mistakes(data: bytes) -> None:
    found = read(text_of(data), COLUMNS, ("id",))
    assert all(mistake.line >= 1 for mistake in found.mistakes)
    assert found.rows == () or not any(m.line == 1 for m in found.mistakes)


@given(st.text(max_size=300))
def test_whatever_follows_a_good_heading(body: str) -> None:
    found = read("id,name\n" + body, COLUMNS, ("id",))
    assert all(row.line >= 2 for row in found.rows)
    assert all(mistake.line >= 2 for mistake in found.mistakes)


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write(between: str, mark: str, end: str) -> None:
    lines = [between.join(cells) for cells in (("ID", "Name"), ("a", "Ann"), ("", ""), ("b", "B"))]
    found = read(text_of((mark + end.join(lines) + end).encode()), COLUMNS, ("id",))
    assert [(row.line, dict(row.cells)) for row in found.rows] == [
        (2, {"id": "a", "name": "Ann"}),
        (4, {"id": "b", "name": "B"}),
    ]


def test_the_encoding_of_windows() -> None:
    assert text_of("name\nZoë".encode("cp1252")) == "name\nZoë"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (1, "")),
        ("\n", (1, "")),
        ("name\nx", (1, "id")),
        ("id,colour\nx,red", (1, "colour")),
        ("%PDF-1.7\nrubbish", (1, "")),  # another kind of file altogether
        ("id,id\nx,y", (1, "id")),
        ("id,name\na,b\nc,d,e\n", (3, "")),
        ('id,name\na,"never closed\n', (2, "")),
        ('id,name\na,"closed"badly\n', (2, "")),
        ("id\n" + "x\n" * (MOST + 1), (MOST + 2, "")),
        ("id\n" + "x" * LARGEST, (1, "")),
    ],
)
def test_a_mistake_has_its_place(text: str, place: tuple[int, str]) -> None:
    found = read(text, COLUMNS, ("id",))
    assert [(m.line, m.column) for m in found.mistakes] == [place]


def test_another_kind_of_file_is_said_to_be_one() -> None:
    found = read("%PDF-1.7 obj\nx", COLUMNS, ("id",))
    assert "first line has none of the columns id, name" in found.mistakes[0].words


def test_lines_are_counted_as_an_editor_does() -> None:
    found = read('id,name\na,"two\nlines"\nb,B,too many\n', COLUMNS, ())
    assert [row.line for row in found.rows] == [2]
    assert [(m.line, m.column) for m in found.mistakes] == [(4, "")]


def test_the_limits_are_there() -> None:
    assert sheet.LARGEST == 512 * 1024
