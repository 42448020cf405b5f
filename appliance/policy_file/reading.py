"""YAML text to plain values with the line of each, without YAML's surprises.

Every scalar is text: ``no`` stays "no", ``10:30`` stays "10:30", ``5.10`` stays "5.10";
the schema turns text into numbers, dates and truth values where a field asks for them.
Only an empty value, ``~`` and ``null`` are None. Refused: duplicate keys, anchors and
aliases (a few lines of them can grow to gigabytes), tags, a second document, deep nesting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from appliance.policy_file.mistakes import Mistake, PolicyFileError

MAX_CHARACTERS: Final = 400_000  # fifty times the longest template; read in a few seconds
MAX_DEPTH: Final = 16
MAX_MISTAKES: Final = 200  # more than anybody reads at once
NULLS: Final = frozenset({"", "~", "null"})

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Tree:
    """The values of a file, and the line on which each path begins."""

    source: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def blame(self, path: Path, message: str, line: int | None = None) -> None:
        """Note a mistake."""
        if len(self.mistakes) < MAX_MISTAKES:
            where = self.line(path) if line is None else line
            self.mistakes.append(Mistake(self.source, where, dotted(path), message))


def dotted(path: Path) -> str:
    """Return a path as people write it: ``rules[3].who``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def read(text: str, source: str) -> Tree:
    """Read the text of a file.

    Raises:
        PolicyFileError: too long, not YAML, or not a mapping; what comes after such a
            mistake cannot be told. Lesser mistakes are in ``Tree.mistakes``.
    """
    tree = Tree(source)
    if len(text) > MAX_CHARACTERS:
        tree.blame((), f"has {len(text)} characters, at most {MAX_CHARACTERS} are read", 1)
        raise PolicyFileError(tuple(tree.mistakes))
    try:
        _Builder(tree).run(_events(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(filter(None, (error.context, error.problem)))
        tree.blame((), f"not YAML: {said}", mark.line + 1 if mark else 1)
        raise PolicyFileError(tuple(tree.mistakes)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        tree.blame((), f"not YAML: a character that text cannot hold (#{error.character})", line)
        raise PolicyFileError(tuple(tree.mistakes)) from error
    if not isinstance(tree.value, dict):
        if not tree.mistakes:
            tree.blame((), "is not a policy: it should begin with lines like `policy:`", 1)
        raise PolicyFileError(tuple(tree.mistakes))
    return tree


def _events(text: str) -> Iterator[yaml.Event]:
    # The parser in Python: the one in C reads no lone surrogates and counts lines otherwise.
    return iter(yaml.parse(text, Loader=yaml.SafeLoader))


class _Builder:
    """Makes values from parse events with a stack of its own: no input can exhaust ours."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._stack: list[tuple[Any, Path]] = []  # container, its path
        self._keys: list[str | None] = []  # the pending key of each mapping on the stack
        self._documents = 0

    def run(self, events: Iterator[yaml.Event]) -> None:
        """Read until the end, or until what is left cannot be told apart any more."""
        for event in events:
            if not self._take(event):
                self._tree.value = None
                return

    def _take(self, event: yaml.Event) -> bool:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._tree.blame((), "holds a second document (`---`); one is read", line)
                return False
        elif isinstance(event, yaml.AliasEvent):
            self._tree.blame(self._path(), "aliases (`*name`) are not read here", line)
            return False
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._stack.pop()
            self._keys.pop()
        elif isinstance(event, yaml.NodeEvent):
            return self._node(event, line)
        return True

    def _node(self, event: yaml.NodeEvent, line: int) -> bool:
        if event.anchor:
            self._tree.blame(self._path(), "anchors (`&name`) are not read here", line)
        if getattr(event, "tag", None) not in (None, "!"):
            self._tree.blame(self._path(), "tags (`!name`) are not read here", line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if self._awaits_key():
            self._tree.blame(self._path(), "a key is a word, not a list or a mapping", line)
            return False
        if len(self._stack) >= MAX_DEPTH:
            self._tree.blame(self._path(), f"is nested more than {MAX_DEPTH} deep", line)
            return False
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._add(container, line)
        self._stack.append((container, path))
        self._keys.append(None)
        return True

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> bool:
        if not self._awaits_key():
            null = event.style is None and event.value in NULLS
            self._add(None if null else event.value, line)
            return True
        container, path = self._stack[-1]
        here = (*path, event.value)
        if event.value in container:
            first = self._tree.line(here)
            self._tree.blame(here, f"is given twice; the first is on line {first}", line)
        else:
            self._tree.lines[here] = line
        container[event.value] = None
        self._keys[-1] = event.value
        return True

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1][0], dict) and self._keys[-1] is None

    def _path(self) -> Path:
        if not self._stack:
            return ()
        container, path = self._stack[-1]
        if isinstance(container, list):
            return (*path, len(container))
        return path if self._keys[-1] is None else (*path, self._keys[-1])

    def _add(self, value: Any, line: int) -> Path:
        path = self._path()
        if not self._stack:
            self._tree.value = value
        elif isinstance(self._stack[-1][0], list):
            self._stack[-1][0].append(value)
        else:
            self._stack[-1][0][path[-1]] = value
            self._keys[-1] = None
        self._tree.lines.setdefault(path, line)
        return path
