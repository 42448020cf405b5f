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
from appliance.lists.naming import elsewhere, plain, site

_COMMENT: Final = re.compile(r"[#!]")
# What every hosts file begins with: the machine's own names.
_OWN: Final = frozenset(
    {
        "localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0",
        "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
        "ip6-allrouters", "ip6-allhosts",
    }
)  # fmt: skip
_NOWHERE: Final = "0.0.0.0 "
_LEAD: Final = len(_NOWHERE)
# How lines of other formats begin, so that whoever chose the wrong one is told the right one.
_OTHERS: Final = (
    ("||", "adblock"), ("@@", "adblock"), ("address=/", "dnsmasq"), ("server=/", "dnsmasq"),
    ("local=/", "dnsmasq"), ("domain:", "v2fly"), ("full:", "v2fly"), ("$ttl", "rpz"),
)  # fmt: skip


def entries(line: str) -> Iterable[Entry]:
    """Return the names in a line.

    Raises:
        ValueError: it holds something, and that is no name.
    """
    text = line.rstrip()
    name = text[_LEAD:] if text.startswith(_NOWHERE) else text
    if plain(name) and name not in _OWN:  # nearly every line of nearly every list
        return ((name, Kind.BELOW),)
    return [(name, Kind.BELOW) for name in names(text)]


def names(line: str) -> list[str]:
    """Return the names in a line, canonical.

    Raises:
        ValueError: it holds something, and that is no name.
    """
    text = line.removeprefix("\ufeff")
    words = _COMMENT.split(text, maxsplit=1)[0].split()
    if not words:
        return []
    _see_format(words[0].lower())
    if len(words) == 1:
        return [site(words[0])]
    if not _is_address(words[0]):
        raise ValueError("more than one word, and the first is no address")
    found = [word for word in words[1:] if word.lower() not in _OWN]
    if found and elsewhere(words[0]):
        raise ValueError(f"it sends {found[0][:80]!r} to another machine, and closes nothing")
    return [site(word) for word in found]


def _see_format(word: str) -> None:
    other = next((format_ for start, format_ in _OTHERS if word.startswith(start)), None)
    if other is not None:
        raise ValueError(f"this is a line of another format: {other}")


def _is_address(word: str) -> bool:
    try:
        ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return True
