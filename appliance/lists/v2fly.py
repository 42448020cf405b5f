"""Lists of v2fly/domain-list-community: ``data/<name>``, or the lists released from it. PURE.

A bare name or ``domain:`` covers its subdomains, ``full:`` the name alone. Attributes
(``@ads``) and affiliations (``&name``) only sort the entries. ``regexp:`` and ``keyword:``
cannot be carried out by name. ``include:`` names a file beside this one: ``lists.load``
follows it where the folder is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from appliance.lists.entry import Entry, Kind
from appliance.lists.naming import plain, site

_INCLUDE: Final = re.compile(r"include:\s*(\S+)((?:\s+[@&]\S+)*)")
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9!_.-]{0,99}")
_PATTERNS: Final = frozenset({"keyword", "regex", "regexp"})


def entries(line: str) -> Iterable[Entry]:
    """Return the name in a line.

    Raises:
        ValueError: it holds something, and that is no name.
    """
    words = _words(line)
    if not words:
        return ()
    rule, *labels = words
    if any(label[0] not in "@&" for label in labels):
        raise ValueError("more than one word, and the others are no attributes")
    kind, colon, rest = rule.partition(":")
    value = rest.partition(":@")[0] if colon else rule  # lists as released write x:@attribute
    if not colon or kind == "domain":
        return ((value if plain(value) else site(value), Kind.BELOW),)
    if kind == "full":
        return ((value if plain(value) else site(value), Kind.EXACT),)
    if kind in _PATTERNS:
        raise ValueError(f"{kind}: a pattern; only whole names can be closed")
    if kind == "include":
        raise ValueError(f"it takes in the list {value[:80]!r}, which is not here: add that too")
    raise ValueError(f"{kind[:40]!r} is no kind of entry")


def included(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the file that a line takes in, and the attributes its entries must have.

    An attribute that begins with ``-`` must be missing. None: the line takes in nothing.

    Raises:
        ValueError: no list has such a name.
    """
    found = _INCLUDE.fullmatch(" ".join(_words(line)))
    if found is None:
        return None
    if not _FILE.fullmatch(found[1]):
        raise ValueError(f"{found[1][:80]!r} is no name of a list")
    return found[1], tuple(word[1:] for word in found[2].split() if word[0] == "@")


def has(line: str, wanted: tuple[str, ...]) -> bool:
    """Whether a line's entry has the attributes, and none of those that must be missing."""
    own = {word[1:] for word in _words(line)[1:] if word[0] == "@"}
    return all((one[1:] not in own) if one.startswith("-") else one in own for one in wanted)


def _words(line: str) -> list[str]:
    return line.removeprefix("\ufeff").partition("#")[0].split()
