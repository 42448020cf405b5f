"""A subscription: where a list comes from, what it is, how often it is fetched. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import SplitResult, urlsplit

LONGEST: Final = 2000  # characters of an address
SHORTEST_EVERY, LONGEST_EVERY = 1, 24 * 60  # hours: no source is asked more often than that
WEB: Final = ("https", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where a list comes from.

    list_id: of the list it fills. address: https, http, or a file. format: a
    ``lists.formats.Format``. every: hours between two fetches. most_change: share of names that
    may come or go before somebody has to look (0.5: half). preset: its preset's id, or empty.
    """

    list_id: str
    name: str
    address: str
    format: str
    category: str
    licence: str
    attribution: str
    every: int
    most_change: float
    made: datetime
    made_by: str
    enabled: bool = True
    preset: str = ""


def checked_address(text: str, *, files: bool = False) -> str:
    """Return an address that can be fetched: http or https, or a file where those may be named.

    files: whoever names it may read every file of the appliance anyway (the console), which
    nobody may through a page.

    Raises:
        ValueError: it is none, and why.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise ValueError(f"address: 1 to {LONGEST} printable characters")
    parts = _split(text)
    if parts.scheme in WEB:
        return _web(text, parts)
    if parts.scheme == "file" or text.startswith("/"):
        if not files:
            raise ValueError("address: begin it with https://, or hand the file in")
        if parts.netloc not in ("", "localhost"):
            raise ValueError("address: a file on another machine cannot be read")
        return text
    raise ValueError("address: begin it with https://")


def is_file(address: str) -> bool:
    """Whether a checked address names a file or folder of this machine."""
    return urlsplit(address).scheme not in WEB


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it checks it
    except ValueError as error:
        raise ValueError(f"address: {error}") from error
    return parts


def _web(text: str, parts: SplitResult) -> str:
    if not parts.hostname:
        raise ValueError("address: there is no host in it")
    if "@" in parts.netloc:  # everybody who sees the lists would read it
        raise ValueError("address: it holds a name or password, which would be shown")
    if any(letter.isspace() for letter in text):
        raise ValueError("address: there is a blank in it")
    return text.partition("#")[0]
