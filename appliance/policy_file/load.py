"""From the text of a policy file to a document, or to all of its mistakes at once."""

from __future__ import annotations

from types import MappingProxyType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from appliance.policy_file import catalogue, consistency, meaning, references
from appliance.policy_file.fields import IN_WORDS
from appliance.policy_file.mistakes import PolicyFileError
from appliance.policy_file.reading import Path, Tree, read
from appliance.policy_file.schema import PolicyDocument

TEMPLATES: Final[tuple[str, ...]] = (
    "duffield-meadows",
    "daffodil-prep",
    "date-palm",
    "diamond-partnership",
    "clarendon-cottage",
)
EXAMPLE: Final = "example"  # every section in use, to read and copy from; listed nowhere
_PLAIN: Final = MappingProxyType(
    {
        "tuple_type": "should be a list",
        "dict_type": "should be entries, each with a name of its own",
        "string_type": "should be text",
        "too_short": "is empty",
    }
)


def load(text: str, source: str) -> PolicyDocument:
    """Read a policy file. ``source`` is the name that mistakes are given with.

    Raises:
        PolicyFileError: every mistake of the file, with line and field.
    """
    tree = read(text, source)
    references.check(tree)
    consistency.check(tree)
    document: PolicyDocument | None = None
    try:
        document = PolicyDocument.model_validate(tree.value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path = _place(details["loc"], tree)
            tree.blame(path, _said(details, path))
    if document is not None and not tree.mistakes:
        meaning.check(document, tree)
    if tree.mistakes or document is None:
        raise PolicyFileError(tuple(tree.mistakes))
    return document


def template_text(name: str) -> str:
    """Return the text of a template, or of the annotated example.

    Raises:
        KeyError: there is neither of that name.
    """
    if name not in (*TEMPLATES, EXAMPLE):
        raise KeyError(name)
    return catalogue.text_of(f"{name}.yaml")


def template(name: str) -> PolicyDocument:
    """Return a template, read.

    Raises:
        KeyError: there is no template of that name.
    """
    return load(template_text(name), f"{name}.yaml")


def _place(loc: tuple[int | str, ...], tree: Tree) -> Path:
    """The path of an error: pydantic adds steps of its own, such as ``[key]``."""
    path: Path = ()
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if (*path, part) in tree.lines or (last and part != "[key]"):
            path = (*path, part)
    return path


def _said(details: ErrorDetails, path: Path) -> str:
    if details["type"] == "extra_forbidden":
        word = str(path[-1])
        return f"is no field here{references.closest(word, _fields(path[:-1]))}"
    if details["type"] == "missing":
        return "is missing"
    plain = details["msg"].removeprefix("Value error, ")
    message = _PLAIN.get(details["type"], plain.replace("Input should", "should"))
    if details["type"] == "string_pattern_mismatch":
        message = _in_words(str(details["ctx"]["pattern"]))
    given = details["input"]
    if details["type"] in ("value_error", "too_short") or not isinstance(given, str):
        return message
    return f"{message}, not {given!r}"


def _in_words(pattern: str) -> str:
    """What a pattern asks for; one that is no more than a choice of words names them."""
    words = " or ".join(map(repr, pattern.strip("^()$").split("|")))
    return IN_WORDS.get(pattern, f"should be {words}")


def _fields(path: Path) -> tuple[str, ...]:
    """The fields of whatever a path leads to, for a suggestion."""
    kind: Any = PolicyDocument
    for part in path:
        model = _model(kind)
        if model is not None:
            names = {field.alias or name: field for name, field in model.model_fields.items()}
            kind = names[str(part)].annotation if part in names else None
        else:
            kind = next((a for a in reversed(get_args(_bare(kind))) if a is not Ellipsis), None)
    model = _model(kind)
    found = model.model_fields.items() if model else ()
    return tuple(field.alias or name for name, field in found)


def _model(kind: Any) -> type[BaseModel] | None:
    bare = _bare(kind)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _bare(kind: Any) -> Any:
    """A type without ``| None``; pydantic has taken ``Annotated`` off already."""
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(a for a in get_args(kind) if a is not type(None)))
    return kind
