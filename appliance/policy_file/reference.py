"""Every field that a policy file may have, told from the schema itself: never out of date."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from appliance.policy_file.fields import Entry
from appliance.policy_file.schema import PolicyDocument

_PLAIN: Final = (
    (bool, "true or false"), (int, "number or time of day"), (datetime, "time"), (date, "date"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """One field: where it stands (``rules.*.who``), what it takes, and what it is for."""

    path: str
    takes: str
    required: bool
    about: str


def fields() -> tuple[FieldHelp, ...]:
    """Return every field, sections first and their fields below them, in the schema's order."""
    return tuple(_below(PolicyDocument, ""))


def _below(entry: type[Entry], prefix: str) -> Iterator[FieldHelp]:
    for name, field in entry.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner, repeated = _inner(field.annotation)
        about = field.description or ""
        if isinstance(inner, type) and issubclass(inner, Entry):
            said = inspect.cleandoc(inner.__doc__ or "").replace("\n", " ").replace("``", "`")
            about = f"{about} {said}".strip()
            takes = {"": "section", ".*": "sections"}[repeated]
            yield FieldHelp(path, takes, field.is_required(), about)
            yield from _below(inner, f"{path}{repeated}.")
        else:
            takes = f"{_word(inner, field)}{', one or more' if repeated else ''}"
            yield FieldHelp(path, takes, field.is_required(), about)


def _inner(annotation: Any) -> tuple[Any, str]:
    """Return what a field holds in the end, and ``.*`` where it holds several."""
    repeated = ""
    while True:
        origin, inside = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            annotation = next(each for each in inside if each is not NoneType)
        elif origin in (tuple, list):
            annotation, repeated = inside[0], ".*"
        elif origin is dict:
            annotation, repeated = inside[1], ".*"
        elif hasattr(annotation, "__metadata__"):
            annotation = inside[0]
        else:
            return annotation, repeated


def _word(inner: Any, field: FieldInfo) -> str:
    if get_origin(inner) is Literal:
        return " | ".join(map(str, get_args(inner)))
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return " | ".join(member.value for member in inner)
    pattern = next((p for m in field.metadata if (p := getattr(m, "pattern", None))), "")
    if pattern.startswith("^(") and "|" in pattern:  # a choice of words
        return str(pattern).strip("^()$").replace("|", " | ")
    for kind, word in _PLAIN:
        if inner is kind:
            return word
    return "text"
