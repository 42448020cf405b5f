"""Hosts files and plain names, one a line. PURE.

A hosts line is an address and then names (``0.0.0.0 ads.example``). Otherwise a line is one
name, perhaps with ``*.`` or a dot before it; either way it covers its subdomains. ``#`` and
``!`` begin comments. Both are read alike: published lists mix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from appliance.lists.entry import Entry, Kind
from appliance.policy.names import BadNameError, canonical, is_address

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


def entries(line: str) -> Iterable[Entry]:
    """Return the names in a line.

    Raises:
        ValueError: it holds something, and that is no name.
    """
    text = line.rstrip()
    if _PLAIN.fullmatch(text) and len(text) <= 253:  # nearly every line of nearly every list
        return ((text, Kind.BELOW),)
    return [(name, Kind.BELOW) for name in _names(text.removeprefix("\ufeff"))]


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
