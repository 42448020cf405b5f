"""Tables as CSV files, as spreadsheets write and read them. Pure: text in, rows and mistakes out.

RFC 4180, with what spreadsheets do to it: a byte order mark, semicolons or tabs between the
cells, the encoding of Windows. A cell that a spreadsheet would take for a formula gets an
apostrophe in front when it is written, and loses it when it is read (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 512 << 10  # bytes of a file
MOST: Final = 5000  # rows of a file
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Mistake:
    """line: as an editor counts them, from 1. column: its heading, empty for the whole line."""

    line: int
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line by the column's heading."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read."""

    rows: tuple[Row, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-8, else as Windows writes it. Never raises."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read(text: str, columns: Sequence[str], needed: Iterable[str]) -> Sheet:
    """Return the rows of a table with a heading. columns: those that may be there."""
    if len(text.encode("utf-8", "replace")) > LARGEST:
        return _wrong(1, "", f"the file is larger than {LARGEST >> 10} kB")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_between(text), strict=True)
    try:
        heading = [cell.strip().lower() for cell in next(lines, [])]
    except csv.Error as error:
        return _wrong(1, "", f"cannot be read as CSV ({error})")
    wrong = _of_heading(heading, columns, needed)
    return Sheet((), wrong) if wrong else _body(lines, heading)


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that a spreadsheet opens without running anything in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return out.getvalue()


def _body(lines: Iterable[list[str]], heading: list[str]) -> Sheet:
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    begins = 2
    reader = iter(lines)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            mistakes.append(Mistake(begins, "", f"cannot be read as CSV ({error})"))
            break
        if cells is None:
            break
        line, begins = begins, getattr(lines, "line_num", begins) + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(heading):
            words = f"has {len(cells)} cells, the heading only {len(heading)}"
            mistakes.append(Mistake(line, "", words))
            continue
        if len(rows) >= MOST:
            mistakes.append(Mistake(line, "", f"there are more than {MOST} rows: make two files"))
            break
        filled = [*cells, *([""] * (len(heading) - len(cells)))]
        values = {name: _plain(c) for name, c in zip(heading, filled, strict=True) if name}
        rows.append(Row(line, values))
    return Sheet(tuple(rows), tuple(mistakes))


def _of_heading(
    heading: list[str], columns: Sequence[str], needed: Iterable[str]
) -> tuple[Mistake, ...]:
    known = ", ".join(columns)
    if not any(heading):
        return (Mistake(1, "", f"the first line names the columns ({known})"),)
    if not any(name in columns for name in heading):
        words = f"this is not such a CSV file: its first line has none of the columns {known}"
        return (Mistake(1, "", words),)
    odd = [name for name in heading if name and name not in columns]
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    return (
        *(Mistake(1, name, f"no such column; there are {known}") for name in odd),
        *(Mistake(1, name, "this column is there twice") for name in twice),
        *(Mistake(1, name, "this column is missing") for name in needed if name not in heading),
    )


def _between(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _safe(cell: str) -> str:
    # Apostrophes of the cell's own in that place get one more, so that they come back.
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    text = cell.strip(" \n")
    if text.startswith("'") and text.lstrip("'").startswith(_FORMULA):
        text = text[1:]
    return text.strip()


def _wrong(line: int, column: str, words: str) -> Sheet:
    return Sheet((), (Mistake(line, column, words),))
