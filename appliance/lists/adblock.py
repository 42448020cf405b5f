"""Adblock rules as DNS filters read them (AdGuard Home, hagezi, OISD). PURE.

``||x^`` closes x and all below it, ``|x^`` and a bare name close x alone, ``@@`` before a rule
opens, ``$important`` beats exceptions, ``$denyallow=a|b`` spares names from its own rule.
Rules about parts of pages, about paths or by patterns cannot be carried out by name: they
are refused, and counted. ``!`` and ``#`` begin comments.
(adguard-dns.io/kb/general/dns-filtering-syntax)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from appliance.lists import hosts
from appliance.lists.entry import Entry, Kind
from appliance.lists.naming import plain, site
from appliance.policy.names import within

_COSMETIC: Final = re.compile(r"#[@?$%]{0,2}##?[^\s#]|\$@?\$")
_INLINE: Final = re.compile(r"\s+[#!].*", re.DOTALL)
_EVERYTHING: Final = frozenset({"all", "doc", "document", "match-case"})  # closes all the same
_HOST: Final = re.compile(r"(?:\*\.)?[^\W_].*", re.DOTALL)  # begins as a host's label does
_IMPORTANT: Final = {
    Kind.BELOW: Kind.BELOW_IMPORTANT, Kind.EXACT: Kind.EXACT_IMPORTANT,
    Kind.SWEEPING: Kind.SWEEPING_IMPORTANT, Kind.SPECIFIC: Kind.SWEEPING_IMPORTANT,
}  # fmt: skip


def entries(line: str) -> Iterable[Entry]:
    """Return the names that a rule closes or opens.

    Raises:
        ValueError: it cannot be carried out by name.
    """
    text = line.strip()
    if text.startswith("||") and text.endswith("^") and plain(text[2:-1]):  # nearly every line
        return ((text[2:-1], Kind.BELOW),)
    text = text.removeprefix("\ufeff")
    if _is_comment(text):
        return ()
    if _COSMETIC.search(text):
        raise ValueError("a rule about parts of a page; only names can be closed")
    text = _INLINE.sub("", text)
    if any(c.isspace() for c in text):  # a line of a hosts file closes its names alone
        return [(name, Kind.EXACT) for name in hosts.names(text)]
    return _rule(text)


def _is_comment(text: str) -> bool:
    if text.startswith("!#include"):
        raise ValueError("it asks for another file, which is not followed")
    if text.startswith("#"):
        return not _COSMETIC.match(text)
    return not text or text.startswith("!") or (text.startswith("[") and text.endswith("]"))


def _rule(text: str) -> list[Entry]:
    pattern, _, modifiers = text.removeprefix("@@").partition("$")
    exception = text.startswith("@@")
    name, kind = _named(pattern, exception=exception)
    important, spared = _modified(modifiers)
    if spared and exception:
        raise ValueError("$denyallow has no meaning in an exception")
    if any(within(name, one) for one in spared):
        raise ValueError("$denyallow spares all that the rule closes")
    if important:
        kind = _IMPORTANT[kind]
    elif spared and kind is Kind.BELOW:
        kind = Kind.BELOW_PARTLY
    return [(name, kind), *((one, Kind.SPARED) for one in spared if within(one, name))]


def _named(pattern: str, *, exception: bool) -> tuple[str, Kind]:
    """Return the name in a pattern, and whether it covers what is below."""
    host = pattern.removeprefix("||").removeprefix("|").removesuffix("|").removesuffix("^")
    if "/" in pattern:
        raise ValueError("a rule about addresses of pages; only names can be closed")
    if not _HOST.fullmatch(host.removeprefix(".")) or "*" in host.removeprefix("*."):
        raise ValueError("a pattern; only whole names can be closed")
    # `.x` and `x^` take in more than x alone, and all that is below it.
    below = pattern.startswith(("||", ".", "*.")) or host.startswith("*.") or (
        pattern.endswith("^") and not pattern.startswith("|")
    )  # fmt: skip
    if exception:
        return site(host), Kind.SWEEPING if below else Kind.SPECIFIC
    return site(host), Kind.BELOW if below else Kind.EXACT


def _modified(modifiers: str) -> tuple[bool, list[str]]:
    """Return whether a rule is important, and which names it spares."""
    important, spared = False, list[str]()
    for modifier in filter(None, modifiers.split(",")):
        word, _, value = modifier.lower().partition("=")
        if word == "important":
            important = True
        elif word == "denyallow":
            spared += map(site, filter(None, value.split("|")))
        elif word not in _EVERYTHING:
            raise ValueError(f"${word[:40]}: the rule holds for some requests only")
    return important, spared
