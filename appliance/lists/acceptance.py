"""Whether what was fetched may take the place of the list that is there. PURE.

Every judgement that is not good keeps the old list: a bad update must never open or close
anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from appliance.lists.formats import Format

MOSTLY: Final = 0.5  # share of lines that are no names, from which on it is no list
_FOREIGN: Final = re.compile(
    r"(text/(html|css|javascript)|application/(xhtml|pdf|json|javascript|msword|zip|vnd\.)|"
    r"image/|audio/|video/|font/|multipart/)"
)
_MARKUP: Final = re.compile(rb"\s*(<!doctype|<html|<head|<body|<script|<\?xml|<!--)", re.IGNORECASE)
_BINARY: Final = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"), (b"PK\x03\x04", "a ZIP archive"), (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"), (b"SQLite format 3", "a database"),
)  # fmt: skip
_GZIP: Final = b"\x1f\x8b"
_PACKED: Final = ((b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a list holds. lines: of its source, if known. refused: those that name nothing."""

    entries: int
    exceptions: int = 0
    refused: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How many names a new body brings, and how many it takes away."""

    come: int
    gone: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the old list stays. held: somebody may look at it and accept it after all."""

    words: str
    held: bool = False


def wrong_type(format_: Format, content_type: str, head: bytes) -> str:
    """Say what a body is instead of a list, by what it is called and how it begins; else "".

    content_type: as a server calls it (RFC 9110, section 8.3), empty where nobody says. head:
    its first bytes.
    """
    called = content_type.partition(";")[0].strip().lower()
    if _FOREIGN.match(called):
        return f"It is no list: the server calls it {_short(called)}."
    head = head.removeprefix(_BOM)
    if _MARKUP.match(head):
        return "It is no list: it is a web page (a sign-in page of the network, perhaps)."
    if head.lstrip()[:1] == b"{":
        return "It is no list: it is JSON."
    for start, what in _BINARY:
        if head.startswith(start):
            return f"It is no list: it is {what}."
    for start, name in _PACKED:
        if head.startswith(start):
            return f"It is packed with {name}; gzip alone can be read."
    if head.startswith(_GZIP) or format_ is Format.UT1:  # an archive, which may be unpacked already
        return ""
    return "It is no list: it is no text." if b"\0" in head else ""


def refusal(
    old: Counts | None, new: Counts, change: Change | None, most_change: float
) -> Refused | None:
    """Say why a body may not take the place of the list that is there; None: it may.

    old: None before the first. change: None where it was not counted: the totals are compared.
    most_change: share of the old names that may come or go.
    """
    if not new.entries:
        first = "There is not one name in it" if new.lines else "It is empty"
        return Refused(f"{first}{_kept(old)}.")
    if new.lines and new.refused > MOSTLY * max(new.lines, new.entries + new.refused):
        return Refused(
            f"{new.refused:,} of its {new.lines:,} lines are no names: it is another format, or "
            f"damaged{_kept(old)}."
        )
    if old is None or not old.entries:
        return None
    return _too_much(old, new, change, most_change)


def _too_much(
    old: Counts, new: Counts, change: Change | None, most_change: float
) -> Refused | None:
    difference = new.entries - old.entries
    counted = change or Change(come=max(difference, 0), gone=max(-difference, 0))
    allowed = most_change * old.entries
    if counted.gone <= allowed and counted.come <= allowed:
        return None
    if abs(difference) > allowed:
        words = f"It had {old.entries:,} names and now has {new.entries:,}: kept the old one."
    else:
        words = (
            f"{counted.gone:,} of its {old.entries:,} names are gone and {counted.come:,} are "
            "new: kept the old one."
        )
    return Refused(words, held=True)


def _kept(old: Counts | None) -> str:
    return "" if old is None else ": kept the old one"


def _short(text: str) -> str:
    return "".join(letter for letter in text[:60] if letter.isprintable())
