"""Printing for people (tables, one sentence first) and for scripts (JSON)."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 240  # columns of a table that goes into a file or pipe: nothing is folded there


def print_json(value: object) -> None:
    """Print one JSON document. Date-times are ISO 8601 with their offset."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print a table, or the sentence that says why there is none."""
    listed = list(rows)
    if not listed:
        print(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in listed:
        table.add_row(*(Text(cell) for cell in row))  # never markup: cells come from outside
    screen = console()
    with screen.capture() as drawn:
        screen.print(table)
    print("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def print_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Print name and value, one a line, values in one column; empty values are left out."""
    shown = [(name, value) for name, value in fields if value]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        print(f"  {name:<{width}}  {value}")


def console() -> Console:
    """Return a console on stdout, as wide as the terminal, or wide enough for a file."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, soft_wrap=False)


def printable(text: str) -> str:
    """Return text without control characters: what clients send must not steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
