"""Reading a list of names, in hosts format or one name a line. PURE.

A hosts line is an address and then names (``0.0.0.0 ads.example``). Otherwise a line is one
name, perhaps with ``*.`` or a dot before it; either way it covers its subdomains. ``#`` and
``!`` begin comments. A line that is none of this is counted and passed over: one bad line
never costs the list, but a list of bad lines is told by its count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from appliance.policy.names import BadNameError, canonical, is_address

SHOWN: Final = 20  # mistakes that are kept in full
_PLAIN: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")
_COMMENT: Final = re.compile(r"[#!]")
# What every hosts file begins with: the machine's own names.
_OWN: Final = frozenset(
    {
        "localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0",
        "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
        "ip6-allrouters", "ip6-allhosts",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that names nothing: its number (the first is 1), text and what is wrong."""

    line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Canonical names, each once, in the order of the file; how many lines were bad."""

    names: tuple[str, ...]
    refused: int = 0
    first_refused: tuple[BadLine, ...] = ()


def parse(lines: Iterable[str]) -> Parsed:
    """Return the names in a list's lines."""
    names: dict[str, None] = {}
    bad: list[BadLine] = []
    refused = 0
    for number, line in enumerate(lines, 1):
        text = line.rstrip()
        if _PLAIN.fullmatch(text) and len(text) <= 253:  # nearly every line of nearly every list
            names[text] = None
            continue
        try:
            names.update(dict.fromkeys(_names(text.removeprefix("\ufeff"))))
        except ValueError as error:
            refused += 1
            if len(bad) < SHOWN:
                bad.append(BadLine(number, text[:100], str(error)))
    return Parsed(tuple(names), refused, tuple(bad))


def _names(line: str) -> list[str]:
    words = _COMMENT.split(line, maxsplit=1)[0].split()
    if not words:
        return []
    if len(words) == 1:
        return [_name(words[0])]
    if not _is_address(words[0]):
        raise ValueError("more than one word, and the first is no address")
    return [_name(word) for word in words[1:] if word.lower() not in _OWN]


def _name(word: str) -> str:
    name = canonical(word.removeprefix("*.").removeprefix("."))
    if is_address(name):
        address = ip_address(name)
        if address.is_unspecified or address.is_loopback:
            raise BadNameError(f"{name} is every machine's own address")
        return name
    if "." not in name:
        raise BadNameError(f"{name!r} is a whole top-level domain")
    return name


def _is_address(word: str) -> bool:
    try:
        ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return True
