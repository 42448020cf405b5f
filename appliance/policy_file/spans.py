"""Where the values of a YAML text begin and end, so that one can be changed and no other.

All places are offsets in characters from the start of the text.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_COMMENT: Final = re.compile(r"#[^\n\r\x85\u2028\u2029]*")
_BLANK: Final = " \t\r\n\x85\u2028\u2029"


class Places:
    """The nodes and tokens of one text. It must be YAML that ``reading`` takes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        self._tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def end(self, node: Any) -> int:
        """Return where the last character of a node is past, without what follows it."""
        start, stop = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            if node.style not in ("|", ">"):
                return int(stop)
            return int(start + len(self.text[start:stop].rstrip(_BLANK)))
        if node.flow_style or not node.value:
            return int(stop)
        last = node.value[-1]
        return self.end(last[1] if isinstance(node, yaml.MappingNode) else last)

    def colon(self, key: Any) -> int | None:
        """Return where the colon after a key is past; None where a key stands without one."""
        for token in self._tokens:
            if token.start_mark.index >= key.end_mark.index:
                is_colon = isinstance(token, yaml.ValueToken)
                return int(token.end_mark.index) if is_colon else None
        return None

    def dash(self, node: Any) -> int | None:
        """Return where the dash before an item of a list stands; None in a list in brackets."""
        found = None
        for token in self._tokens:
            if token.start_mark.index >= max(node.start_mark.index, 1):
                break
            if isinstance(token, yaml.BlockEntryToken):
                found = int(token.start_mark.index)
        return found

    def comma(self, start: int, end: int) -> int | None:
        """Return the comma that goes when what lies between is taken out of brackets."""
        before: yaml.Token | None = None
        after: yaml.Token | None = None
        for token in self._tokens:
            if token.end_mark.index <= start and token.end_mark.index > token.start_mark.index:
                before = token
            if token.start_mark.index >= end:
                after = token
                break
        for near in (after, before):
            if isinstance(near, yaml.FlowEntryToken):
                return int(near.start_mark.index)
        return None

    def comments(self, start: int, end: int) -> list[str]:
        """Return the comments between two places, those within words not taken for any."""
        found: list[str] = []
        at = start
        inside = [t for t in self._tokens if start <= t.start_mark.index < end]
        for token in inside:
            found += _COMMENT.findall(self.text[at : max(at, token.start_mark.index)])
            at = max(at, token.end_mark.index)
        return found + _COMMENT.findall(self.text[at : max(at, end)])

    def line_start(self, place: int) -> int:
        """Return where the line of a place begins."""
        return max((m.end() for m in _BREAK.finditer(self.text, 0, place)), default=0)

    def line_end(self, place: int) -> int:
        """Return where the line of a place ends, before its line break."""
        found = _BREAK.search(self.text, place)
        return found.start() if found else len(self.text)

    def next_line(self, place: int) -> int:
        """Return where the line after that of a place begins."""
        found = _BREAK.search(self.text, place)
        return found.end() if found else len(self.text)
