"""PDF documents: what they say can be read back, and nothing written into one stops it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_ui import pdf
from admin_ui.pdf import Block, Facts, Heading, Paragraph, Rows, document

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


def read(data: bytes) -> str:
    """Return the text of a document, its line breaks as blanks."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def made(*blocks: Block, note: str = "") -> bytes:
    return document("A form", "Our school", blocks, made=AT, note=note)


def test_a_document_says_what_was_put_in() -> None:
    said = read(
        made(
            Heading("Requester"),
            Facts([("Staff name", "Łucja Wiśniewska"), ("Site content", "")]),
            Paragraph("First line\nsecond line"),
            Rows(["When", "What"], [["Monday", "Asked"]]),
            note="Printed by A. Teacher",
        )
    )
    for part in ("Our school", "A form", "Requester", "Łucja Wiśniewska", "second line", "Monday",
                 "Printed by A. Teacher", "Page 1 of 1"):  # fmt: skip
        assert part in said


def test_long_text_and_many_rows_run_over_pages() -> None:
    data = made(Facts([("Reasons", "word " * 4000)]), Rows(["A"], [["x" * 5000]] * 60))
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) > 5


def test_the_same_content_makes_the_same_document() -> None:
    assert read(made(Heading("A"))) == read(made(Heading("A")))
    info = pypdf.PdfReader(io.BytesIO(made(Heading("A")))).metadata
    assert info is not None
    assert (info.title, info.creation_date) == ("A form", AT)


def test_without_built_fonts_a_document_still_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "STATIC", tmp_path)
    monkeypatch.setattr(pdf, "SPARE_FONTS", ())
    assert "Zo? Müller" in read(made(Paragraph("Zoż Müller")))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_nothing_written_into_a_document_stops_it(text: str, cells: list[str]) -> None:
    data = document(
        text, text, [Heading(text), Paragraph(text), Facts([(text, text)]),
                     Rows(["A", "B", "C"], [[*cells, "", "", ""][:3]])],
        made=AT, note=text,
    )  # fmt: skip
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) >= 1
