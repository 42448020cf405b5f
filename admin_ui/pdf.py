"""Forms and lists as PDF: headings, labelled facts, tables of rows, page numbers.

The font is the one of the pages (built into ``static/build``); where it has no glyph, a
font of the system fills in. Nothing that is written into a document can stop it: what no
font can draw becomes a box.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from admin_ui import assets

# Where Debian keeps fonts that know nearly every script; used only where they are.
SPARE_FONTS: Final = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
)
STATIC: Final = Path(__file__).with_name("static")
MARGIN: Final = 18.0  # millimetres
LONGEST_CELL: Final = 600  # characters: a row of a table must fit on one page
INK, FAINT, RULE, SHADE = (20, 20, 20), (80, 90, 95), (170, 178, 182), (238, 242, 244)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the document."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks in it are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values, each value below its label and as long as it is."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table. widths: of its columns, relative to each other; none: all the same."""

    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[float] = ()


Block = Heading | Paragraph | Facts | Rows


def document(
    title: str, school: str, blocks: Iterable[Block], *,
    made: datetime, note: str = "", wide: bool = False,
) -> bytes:  # fmt: skip
    """Return a document as PDF. made: an aware time, written into its properties.

    note: one line at the foot of every page, such as who made it. wide: the page lies on
    its side, for tables of many columns.
    """
    kept = [_listed(block) for block in blocks]
    foreign = any(map(_foreign, (title, school, note, *(t for one in kept for t in _texts(one)))))
    pdf = _Sheet(title, school, note, wide=wide, foreign=foreign)
    pdf.set_creation_date(made)
    pdf.add_page()
    pdf.write_title()
    for block in kept:
        match block:
            case Heading():
                pdf.write_heading(block.text)
            case Paragraph():
                pdf.write_paragraph(block.text)
            case Facts():
                pdf.write_facts(block.rows)
            case Rows():
                pdf.write_rows(block)
    return bytes(pdf.output())


def plain(text: str) -> str:
    """Return text without control characters; tabs become blanks, line breaks stay."""
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c if c == "\n" or c.isprintable() else "�" for c in spaced)


class _Sheet(FPDF):
    """A4 with a head on its first page and a foot on each."""

    def __init__(self, title: str, school: str, note: str, *, wide: bool, foreign: bool) -> None:
        super().__init__(orientation="landscape" if wide else "portrait", format="A4")
        self._title, self._school, self._note = plain(title), plain(school), plain(note)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        self.set_title(self._title)
        self.set_author(self._school)
        self.set_creator("Bellgate")
        self.set_lang("en-GB")
        self._family, self._unicode = self._fonts(foreign=foreign)

    def _fonts(self, *, foreign: bool) -> tuple[str, bool]:
        """Load the fonts. Without the built ones: a font of the PDF reader, Latin only.

        foreign: some letters are not Latin, so the large fonts of the system are worth their
        second.
        """
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        logging.getLogger("fpdf").setLevel(logging.ERROR)  # a missing glyph is no news
        found = assets.read(STATIC)
        for weight, style in (("400", ""), ("700", "B")):
            for part in ("latin", "latin-ext"):
                name = f"atkinson-hyperlegible-{part}-{weight}-normal.woff2"
                if name in found.names:
                    self.add_font(part, style, found.folder / found.names[name])
        spare = ["latin-ext"] if ("latin-ext" in self._loaded()) else []
        for path in SPARE_FONTS:
            if path.exists() and (foreign or "latin" not in self._loaded()):
                for style in ("", "B"):
                    self.add_font(path.stem, style, path)
                spare.append(path.stem.lower())
        if "latin" in self._loaded():
            self.set_fallback_fonts(spare, exact_match=True)
            return "latin", True
        return (spare[0], True) if spare else ("helvetica", False)

    def _loaded(self) -> set[str]:
        return {key.removesuffix("B") for key in self.fonts}

    def said(self, text: str) -> str:
        """Return text as the fonts at hand can write it."""
        clean = plain(text)
        return clean if self._unicode else clean.encode("cp1252", "replace").decode("cp1252")

    def write_title(self) -> None:
        """Write the head of the first page."""
        self._ink(10, FAINT)
        self._line(5.5, self._school)
        self._ink(18, INK, "B")
        self._line(8.5, self._title)
        self.ln(1.5)
        self._rule()
        self.ln(3)

    def write_heading(self, text: str) -> None:
        """Write a heading, never alone at the foot of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(3)
        self._ink(13, INK, "B")
        self._line(7, text)
        self.ln(1)

    def write_paragraph(self, text: str) -> None:
        """Write running text."""
        self._ink(10.5, INK)
        self._line(5.4, text or " ")
        self.ln(2)

    def write_facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write labels, each with its value below and a rule between them."""
        for label, value in rows:
            if self.will_page_break(16):
                self.add_page()
            self._ink(9, FAINT, "B")
            self._line(4.8, label)
            self._ink(10.5, INK)
            self._line(5.4, value.strip() or "–")
            self.ln(1.2)
            self._rule()
            self.ln(1.6)

    def write_rows(self, block: Rows) -> None:
        """Write a table; its header is repeated on every page."""
        self._ink(8.5, INK)
        self.set_draw_color(*RULE)
        widths = tuple(block.widths) or tuple(1.0 for _ in block.header)
        with self.table(
            col_widths=widths, line_height=4.6, padding=1.2, text_align="LEFT",
            headings_style=FontFace(emphasis="BOLD", fill_color=SHADE),
            borders_layout="HORIZONTAL_LINES",
        ) as table:  # fmt: skip
            for cells in (block.header, *block.rows):
                row = table.row()
                for cell in cells:
                    row.cell(self.said(_cell(cell)))
        self.ln(3)

    def footer(self) -> None:
        """Write the foot of a page: the note, and which page it is."""
        self.set_y(-MARGIN + 3)
        self._ink(8, FAINT)
        right = f"Page {self.page_no()} of {{nb}}"
        self.cell(self.epw - 30, 4, self.said(self._note)[:160])
        self.cell(30, 4, right, align="R")

    def _line(self, height: float, text: str) -> None:
        self.multi_cell(0, height, self.said(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ink(self, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font(self._family, style, size)
        self.set_text_color(*colour)

    def _rule(self) -> None:
        self.set_draw_color(*RULE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())


def _cell(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_CELL else flat[: LONGEST_CELL - 1] + "…"


def _listed(block: Block) -> Block:
    """Return a block whose rows can be read twice."""
    return replace(block, rows=list(block.rows)) if isinstance(block, Rows) else block


def _texts(block: Block) -> Iterable[str]:
    match block:
        case Facts():
            return (text for row in block.rows for text in row)
        case Rows():
            return (text for row in (block.header, *block.rows) for text in row)
        case _:
            return (block.text,)


def _foreign(text: str) -> bool:
    """Whether a text has letters beyond Latin (and the marks that go with it)."""
    return any(ord(c) > 0x24F and not 0x1E00 <= ord(c) <= 0x20BF for c in text)
