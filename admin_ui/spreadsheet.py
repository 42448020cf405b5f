"""Tables for spreadsheets: CSV in which no cell is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_MARK: Final = "\ufeff"  # says UTF-8 to spreadsheets that would guess otherwise


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV (RFC 4180) in UTF-8."""
    written = io.StringIO(newline="")
    out = csv.writer(written)
    out.writerow(header)
    out.writerows([cell(one) for one in row] for row in rows)
    return (_MARK + written.getvalue()).encode()


def cell(value: object) -> str:
    """Return a value as text that a spreadsheet shows and never runs (OWASP, CSV injection).

    Fails closed: whatever could begin a formula gets an apostrophe before it, also where
    blanks stand in front of it.
    """
    text = "" if value is None else str(value)
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith("\n") else text
