"""Response policy zones as text (draft-vixie-dns-rpz, master file format of RFC 1035). PURE.

``x CNAME .`` closes x alone, ``*.x CNAME .`` x and all below it; so does every other answer
that keeps the true one away: ``*.``, ``rpz-drop.``, a name elsewhere, an address that leads
nowhere. ``rpz-passthru.`` opens. Triggers by address or name server cannot be carried out by
name. Of a zone's own records (SOA, NS, text) nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from appliance.lists.entry import Entry, Kind
from appliance.lists.naming import elsewhere, plain, site
from appliance.policy.names import within

_COMMENT: Final = re.compile(r'("(?:[^"\\]|\\.)*")|;.*', re.DOTALL)
_TTL: Final = re.compile(r"(?:[0-9]+[smhdw]?)+")
_CLASSES: Final = frozenset({"in", "ch", "hs"})
_ANSWERS: Final = frozenset({"a", "aaaa", "cname", "dname"})
_TRIGGERS: Final = ("rpz-ip", "rpz-client-ip", "rpz-nsip", "rpz-nsdname")
_PASSTHRU: Final = ("rpz-passthru.", "rpz-passthru")
_CLOSED: Final = (".", "*.", "rpz-drop.", "rpz-drop")
# Names to which zones for schools send search engines: a lock, which leaves the site open.
_LOCKS: Final = frozenset(
    {
        "forcesafesearch.google.com", "strict.bing.com", "restrict.youtube.com",
        "restrictmoderate.youtube.com", "safe.duckduckgo.com", "safesearch.pixabay.com",
        "strict-safe-search.ecosia.org",
    }
)  # fmt: skip
_MOST: Final = 30  # lines of one record: a bracket never closed must not cost the list


class Zone:
    """Reads the lines of one zone, in their order."""

    __slots__ = ("_open", "_origin", "_owner", "_zone")

    def __init__(self) -> None:
        self._open = 0  # lines since a bracket was opened; 0: none is
        self._origin: str | None = None
        self._owner = ""
        self._zone: str | None = None  # known from the SOA, or the first $ORIGIN

    def entries(self, line: str) -> Iterable[Entry]:
        """Return the names that a line closes or opens.

        Raises:
            ValueError: it cannot be carried out by name, or is no line of a zone.
        """
        text = _COMMENT.sub(r"\1", line.removeprefix("\ufeff")).rstrip()
        if self._open:
            return self._inside(text)
        words = text.split()
        if not words or text.startswith("#"):  # no comment in RFC 1035, but lists have it
            return ()
        if words[0].startswith("$"):
            return self._directive(words)
        if not text[0].isspace():
            self._owner = words.pop(0).lower()
        while words and (_TTL.fullmatch(words[0].lower()) or words[0].lower() in _CLASSES):
            words.pop(0)
        if not words or not self._owner:
            raise ValueError("no record of a zone: an owner, a type and a value")
        return self._record(words[0].lower(), words[1:], text)

    def _inside(self, text: str) -> tuple[Entry, ...]:
        self._open = 0 if ")" in text else self._open + 1
        if self._open > _MOST:
            self._open = 0
            raise ValueError("a bracket that was opened above is never closed")
        return ()

    def _directive(self, words: list[str]) -> tuple[Entry, ...]:
        word = words[0].lower()
        if word == "$ttl":
            return ()
        if word != "$origin" or len(words) != 2:
            raise ValueError(f"{words[0][:40]} is not followed")
        self._origin = self._absolute(words[1].lower())
        if self._zone is None:
            self._zone = self._origin
        return ()

    def _record(self, type_: str, values: list[str], text: str) -> tuple[Entry, ...]:
        if type_ == "soa":
            self._zone = self._absolute(self._owner)
            self._origin = self._zone if self._origin is None else self._origin
            self._open = int("(" in text and ")" not in text)
        if type_ not in _ANSWERS:
            if not re.fullmatch(r"[a-z][a-z0-9-]*", type_):
                raise ValueError(f"{type_[:40]!r} is no type of record")
            return ()
        owner = self._within_zone(self._absolute(self._owner))
        if not owner:
            return ()
        if owner.rpartition(".")[2] in _TRIGGERS:
            raise ValueError("a trigger by address or name server; only names can be closed")
        below = owner.startswith("*.")
        closes = _closes(type_, values[0].lower() if values else "", owner)
        name = owner.removeprefix("*.")
        name = name if plain(name) else site(name)
        if closes:
            return ((name, Kind.BELOW if below else Kind.EXACT),)
        return ((name, Kind.SPECIFIC),)

    def _absolute(self, name: str) -> str:
        """Return a name in full, without its final dot; where no origin is known as it stands."""
        if name == "@":
            return self._origin or ""
        if name.endswith("."):
            return name[:-1]
        return f"{name}.{self._origin}" if self._origin else name

    def _within_zone(self, name: str) -> str:
        if not self._zone:
            return name
        if not within(name, self._zone):
            raise ValueError(f"outside the zone {self._zone}")
        return name[: -len(self._zone)].removesuffix(".")


def _closes(type_: str, value: str, owner: str) -> bool:
    """Whether a trigger's answer closes its name (True) or opens it.

    Raises:
        ValueError: it does neither.
    """
    if value in _CLOSED:
        return True
    if value in _PASSTHRU or value == f"{owner}.":  # to itself: as it was written before 2010
        return False
    if value.startswith("rpz-") or not value:
        raise ValueError(f"{value[:40]!r} neither closes nor opens a name")
    if value.removesuffix(".") in _LOCKS or (type_ in ("a", "aaaa") and elsewhere(value)):
        raise ValueError(f"it sends the name to {value[:80]}, and closes nothing")
    return True
