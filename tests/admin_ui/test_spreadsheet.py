"""CSV for spreadsheets: nothing in it is run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.spreadsheet import cell, table


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("plain", "plain"), (None, ""), (3, "3"), ("=1+1", "'=1+1"), ("+44 1", "'+44 1"),
        ("-2", "'-2"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "' =1"), ("  =1", "'  =1"),
        ("\r=1", "' =1"), ("\n=1", "'\n=1"), ("a\x00b", "a b"), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_no_cell_begins_a_formula(given_text: object, written: str) -> None:
    assert cell(given_text) == written


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_row_comes_back_as_one_row(rows: list[list[str]]) -> None:
    text = table(["A", "B"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["A", "B"]
    assert read[1:] == [[cell(one) for one in row] for row in rows]
    assert not any(one.startswith(("=", "+", "-", "@", "\t")) for row in read for one in row)
