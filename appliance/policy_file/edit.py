"""Changing one value of a policy file's text and leaving every other character as it is.

Comments, order, spelling and layout are people's own. What comes out is read again, and
is only returned if it says exactly what was meant: a way of writing that this module does
not see through is refused, never guessed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import yaml

from appliance.policy_file import written
from appliance.policy_file.mistakes import PolicyFileError
from appliance.policy_file.reading import Path, dotted, read
from appliance.policy_file.spans import Places


class EditError(ValueError):
    """This text cannot be changed in this place by itself: it is to be edited by hand."""


def with_value(text: str, path: Path, value: Any) -> str:
    """Return a text in which a path has a value. Fields on the way that are missing are made.

    Raises:
        EditError: not YAML, no such item of a list, or written in a way not seen through.
    """
    return _checked(text, path, lambda places: _put(places, path, value), _assign(path, value))


def with_item(text: str, path: Path, value: Any) -> str:
    """Return a text in which a list has one more item, at its end.

    Raises:
        EditError: as ``with_value``.
    """

    def meant(tree: Any) -> None:
        held = _held(tree, path)
        _assign(path, [*(held if isinstance(held, list) else []), value])(tree)

    return _checked(text, path, lambda places: _append(places, path, value), meant)


def without(text: str, path: Path) -> str:
    """Return a text without a field or an item of a list; as it was where there is none.

    Raises:
        EditError: as ``with_value``.
    """

    def meant(tree: Any) -> None:
        parent = _held(tree, path[:-1])
        del parent[path[-1]]

    if _held(_tree(text), path, default=_ABSENT) is _ABSENT:
        return text
    return _checked(text, path, lambda places: _take_out(places, path), meant)


_ABSENT = object()


def _checked(
    text: str, path: Path, change: Callable[[Places], str], meant: Callable[[Any], None]
) -> str:
    tree = copy.deepcopy(_tree(text))
    before = _normal(tree)
    try:
        meant(tree)
        if _normal(tree) == before:
            return text
        changed = change(Places(text))
        if _normal(_tree(changed)) == _normal(tree):
            return changed
    except (LookupError, TypeError, yaml.YAMLError) as error:
        raise EditError(f"{dotted(path)}: {error}") from error
    raise EditError(f"{dotted(path)} is written in a way that only a person can change")


def _tree(text: str) -> Any:
    try:
        tree = read(text, "policy")
    except PolicyFileError as error:
        raise EditError(str(error)) from error
    if tree.mistakes:
        raise EditError("\n".join(map(str, tree.mistakes)))
    return tree.value


def _normal(value: Any) -> Any:
    """What a value says: an empty list, an empty section and an empty field are one."""
    if isinstance(value, dict):
        said = {key: _normal(v) for key, v in value.items()}
        return {key: v for key, v in said.items() if v is not None} or None
    if isinstance(value, list):
        return [_normal(v) for v in value] or None
    return value


def _held(tree: Any, path: Path, default: Any = None) -> Any:
    for part in path:
        try:
            tree = tree[part]
        except (LookupError, TypeError):
            return default
    return tree


def _assign(path: Path, value: Any) -> Callable[[Any], None]:
    def assign(tree: Any) -> None:
        for part in path[:-1]:
            if isinstance(tree, dict) and tree.get(part) is None:
                tree[part] = {}
            tree = tree[part]
        tree[path[-1]] = value

    return assign


def _put(places: Places, path: Path, value: Any) -> str:
    node, way = places.root, list(path)
    while way:
        key, child = _child(node, way[0])
        if child is None:
            return _add_field(places, node, str(way[0]), _nested(way[1:], value), len(path))
        if key is not None and _empty(child):
            return _replace(places, key, child, _nested(way[1:], value))
        if len(way) == 1:
            if key is None:
                start, end = child.start_mark.index, places.end(child)
                return f"{places.text[:start]}{written.flow(value)}{places.text[end:]}"
            return _replace(places, key, child, value)
        node, way = child, way[1:]
    raise LookupError("the whole file cannot be one value")


def _nested(path: list[Any], value: Any) -> Any:
    for part in reversed(path):
        value = {part: value}
    return value


def _child(node: Any, part: str | int) -> tuple[Any, Any]:
    """The key and the value at one step; the key of an item of a list is None."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return None, node.value[part]
    if isinstance(node, yaml.MappingNode):
        pairs = ((k, v) for k, v in node.value if k.value == part)
        return next(pairs, (None, None))
    raise LookupError(f"{part!r} is no part of what is there")


def _empty(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value == ""


def _replace(places: Places, key: Any, child: Any, value: Any) -> str:
    text, colon = places.text, places.colon(key)
    if colon is None:
        raise LookupError("the field has no colon")
    end = max(colon, places.end(child))
    said = f" {written.flow(value)}"
    if _rows(value) and not _in_brackets(places, key):
        said = written.items(value, key.start_mark.column + 2, places.newline)
    above, line = "", places.line_start(key.start_mark.index)
    indent = " " * key.start_mark.column
    for comment in places.comments(colon, end):  # kept: they move above what they stood in
        above += f"{indent}{comment}{places.newline}"
    return f"{text[:line]}{above}{text[line:colon]}{said}{text[end:]}"


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _in_brackets(places: Places, key: Any) -> bool:
    """Whether a key stands within brackets, where line breaks mean nothing."""
    queue = [places.root]
    while queue:
        node = queue.pop()
        if isinstance(node, yaml.ScalarNode):
            continue
        inside = node.start_mark.index <= key.start_mark.index < node.end_mark.index
        if inside and node.flow_style:
            return True
        pairs = isinstance(node, yaml.MappingNode)
        queue += [pair[1] for pair in node.value] if pairs else node.value
    return False


def _add_field(places: Places, node: Any, key: str, value: Any, depth: int) -> str:
    text, newline = places.text, places.newline
    if not isinstance(node, yaml.MappingNode):
        raise LookupError(f"{key!r} is no part of what is there")
    said = f"{written.scalar(key)}: {written.flow(value)}"
    if node.flow_style:
        return _insert_in_brackets(places, node, said)
    indent = node.value[0][0].start_mark.column
    place = places.line_end(places.end(node))
    gap = newline if depth == 1 or node is places.root else ""
    body = _section(key, value, indent, newline)
    return f"{text[:place]}{newline}{gap}{body}{text[place:]}"


def _section(key: str, value: Any, indent: int, newline: str) -> str:
    """A section of its own, with a line for each entry."""
    head = f"{' ' * indent}{written.scalar(key)}:"
    if _rows(value):
        return head + "".join(newline + written.entry(v, indent + 2, newline) for v in value)
    if isinstance(value, dict) and value:
        parts = [_section(k, v, indent + 2, newline) for k, v in value.items()]
        return head + newline + newline.join(parts)
    return f"{head} {written.flow(value)}"


def _insert_in_brackets(places: Places, node: Any, said: str) -> str:
    text = places.text
    if not node.value:
        place = node.start_mark.index + 1
        return f"{text[:place]}{said}{text[place:]}"
    last = node.value[-1]
    if isinstance(node, yaml.MappingNode):
        key, child = last
        place = max(key.end_mark.index, places.colon(key) or 0, places.end(child))
    else:
        place = places.end(last)
    return f"{text[:place]}, {said}{text[place:]}"


def _append(places: Places, path: Path, value: Any) -> str:
    node: Any = places.root
    for part in path:
        node = _child(node, part)[1] if node is not None else None
    if not isinstance(node, yaml.SequenceNode) or (not node.value and not node.flow_style):
        return _put(places, path, [value])
    if node.flow_style:
        return _insert_in_brackets(places, node, written.flow(value))
    dash = places.dash(node.value[-1])
    if dash is None:
        raise LookupError("the list has no dashes")
    text, newline = places.text, places.newline
    place, line = places.line_end(places.end(node)), places.line_start(dash)
    spaced = len(node.value) > 1 and not text[places.line_start(line - 1) : line].strip()
    said = written.entry(value, dash - line, newline)
    return f"{text[:place]}{newline * (2 if spaced else 1)}{said}{text[place:]}"


def _take_out(places: Places, path: Path) -> str:
    node = places.root
    for part in path[:-1]:
        found = _child(node, part)[1]
        if found is None:
            raise LookupError(f"there is no {part!r}")
        node = found
    key, child = _child(node, path[-1])
    if child is None:
        raise LookupError(f"there is no {path[-1]!r}")
    start = (key or child).start_mark.index
    end = max(places.end(child), key.end_mark.index if key else 0, start)
    if key is not None:
        end = max(end, places.colon(key) or 0)
    if node.flow_style:
        return _out_of_brackets(places, start, end)
    head = start if key is not None else places.dash(child)
    if head is None:
        raise LookupError("the list has no dashes")
    text, line = places.text, places.line_start(head)
    if text[line:head].strip():
        raise LookupError("it begins in the middle of a line")
    after = places.next_line(end)
    blank_before = line > 0 and not text[places.line_start(line - 1) : line].strip()
    if blank_before and not text[after : places.next_line(after)].strip():
        after = places.next_line(after)
    return text[:line] + text[after:]


def _out_of_brackets(places: Places, start: int, end: int) -> str:
    text, comma = places.text, places.comma(start, end)
    if comma is None:
        return text[:start] + text[end:]
    if comma < start:
        return text[:comma] + text[comma + 1 : start].rstrip(" ") + text[end:]
    rest = text[comma + 1 :]
    return text[:start] + text[end:comma] + rest.removeprefix(" ")
