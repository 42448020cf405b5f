"""Plain values as YAML text, spelled so that ``reading`` gives just these values back.

A plain value is text, None, a list of plain values, or a dict of them by name: what
``reading.read`` makes of a file, where every scalar is text.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from appliance.policy_file.reading import NULLS

# What needs no quotes anywhere in YAML 1.1: words, role:pupil, dates and times of day.
_PLAIN: Final = re.compile(
    r"[A-Za-z][\w.-]*(?:[:/][\w./-]*[\w/])?(?: [A-Za-z0-9][\w.-]*)*"
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?|\d\d:\d\d|\d+",
    re.ASCII,
)


def scalar(text: str | None) -> str:
    """Return one value, in double quotes unless it needs none."""
    if text is None:
        return "~"
    if _PLAIN.fullmatch(text) and text not in NULLS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def flow(value: Any) -> str:
    """Return any plain value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def items(values: list[Any], indent: int, newline: str) -> str:
    """Return a list with one line for each item, each after a line break."""
    return "".join(f"{newline}{' ' * indent}- {flow(value)}" for value in values)


def entry(value: Any, indent: int, newline: str) -> str:
    """Return one item of a list with one line for each of its fields."""
    if not isinstance(value, dict) or not value:
        return f"{' ' * indent}- {flow(value)}"
    fields = [f"{scalar(key)}: {flow(v)}" for key, v in value.items()]
    return f"{' ' * indent}- " + f"{newline}{' ' * indent}  ".join(fields)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
