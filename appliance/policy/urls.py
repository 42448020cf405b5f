"""URLs as the policy compares them, resistant to the spellings that slip past a prefix.

The path is percent-decoded exactly once. What is still odd after that (a further ``%``,
a back-slash, a control character, ``.`` or ``..`` or empty segments) makes the URL
*suspect*: servers disagree about what such a path means, so no URL prefix ever allows
it, and a pattern that blocks ignores its path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from appliance.policy.model import UrlPattern
from appliance.policy.names import BadNameError, canonical, within

SCHEMES: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
SAFE_METHODS: Final = ("GET", "HEAD")


class BadUrlError(ValueError):
    """The text is not an http(s) URL; the message says why. Blame: whoever supplied it."""


@dataclass(frozen=True, slots=True)
class Url:
    """One URL: canonical host, decoded path (always starts with ``/``), decoded query."""

    scheme: str
    host: str
    port: int
    path: str
    query: tuple[tuple[str, str], ...]
    suspect: bool


def parse(text: str) -> Url:
    """Read an absolute URL (``https://host/path?query``; a bare ``host/path`` is https).

    Userinfo is dropped, so that ``https://facebook.com@evil.example/`` is evil.example.

    Raises:
        BadUrlError: another scheme, no host, a bad host name or a bad port.
    """
    cleaned = text.strip()
    scheme, mark, rest = cleaned.partition("://")
    if not mark:
        scheme, rest = "https", cleaned
    scheme = scheme.lower()
    if scheme not in SCHEMES:
        raise BadUrlError(f"{scheme!r} is not one of {', '.join(SCHEMES)}")
    cut = min((i for i in map(rest.find, "/?#\\") if i != -1), default=len(rest))
    host, port = split_authority(rest[:cut], SCHEMES[scheme])
    return request_url(scheme, host, port, rest[cut:] or "/")


def split_authority(text: str, default_port: int) -> tuple[str, int]:
    """Split ``user@host:port`` into a canonical host and a port.

    Raises:
        BadUrlError: a bad host name, or a port that is not 1 to 65535.
    """
    authority = text.rpartition("@")[2]
    host, port_text = authority, ""
    if authority.startswith("["):
        host, _, port_text = authority.partition("]")
        host, port_text = host + "]", port_text.removeprefix(":")
    elif authority.count(":") == 1:
        host, _, port_text = authority.partition(":")
    if port_text and not (
        port_text.isascii() and port_text.isdigit() and 0 < int(port_text) < 65536
    ):
        raise BadUrlError(f"{port_text!r} is not a port (1 to 65535)")
    try:
        return canonical(host), int(port_text) if port_text else default_port
    except BadNameError as error:
        raise BadUrlError(str(error)) from error


@lru_cache(maxsize=4096)
def request_url(scheme: str, host: str, port: int, target: str) -> Url:
    """Make the URL of a request whose host is known: ``target`` is its ``/path?query``."""
    before_fragment = target.partition("#")[0]
    raw_path, _, raw_query = before_fragment.partition("?")
    path, suspect = _decode_path(raw_path or "/")
    query = tuple(parse_qsl(raw_query, keep_blank_values=True, errors="replace"))
    return Url(scheme, host, port, path, query, suspect)


def canonical_prefix(text: str) -> str:
    """Return ``host/path`` for a URL that a rule or grant opens or closes as a prefix.

    A query is kept (``host/watch?v=abc``): each of its parameters is then asked for.

    Raises:
        BadUrlError: not a URL, a suspect path, or a ``?`` or ``#`` hidden in the path (read
            again, what follows it would be lost, and the prefix wider than was asked for).
    """
    url = parse(text)
    if url.suspect or "?" in url.path or "#" in url.path:
        raise BadUrlError(f"{text!r} has a path that servers read in different ways")
    query = urlencode(sorted(url.query))
    return url.host + url.path + (f"?{query}" if query else "")


def under_prefix(url: Url, prefix: str, *, fold_case: bool = False) -> bool:
    """Whether a URL lies at or below a canonical prefix, on a segment boundary.

    fold_case is for prefixes that block, where the wider reading is the safe one.
    A suspect URL lies under no prefix, unless the prefix is the whole host.
    """
    place, _, query = prefix.partition("?")
    host, _, path = place.partition("/")
    if url.host != host:
        return False
    wanted = "/" + path
    if url.suspect and (wanted != "/" or query):
        return fold_case
    if wanted != "/" and not _segment_prefix(url.path, wanted, fold_case=fold_case):
        return False
    return not query or _has_query(url, query, wide=fold_case)


def _has_query(url: Url, query: str, *, wide: bool) -> bool:
    """Whether each parameter asked for is there. Servers differ on which of two repeats
    they take: to allow, every repeat must fit; to block, one is enough."""
    for wanted, value in parse_qsl(query, keep_blank_values=True):
        fits = [given == value for name, given in url.query if name == wanted]
        if not (any(fits) if wide else fits and all(fits)):
            return False
    return True


def matches(pattern: UrlPattern, url: Url, method: str) -> bool:
    """Whether a URL and method fall under a pattern (patterns block; see the module)."""
    if not any(within(url.host, host) for host in pattern.hosts):
        return False
    if pattern.methods and method.upper() not in pattern.methods:
        return False
    if not url.suspect and not _segment_prefix(url.path, pattern.path, fold_case=True):
        return False
    return all(
        any(name == wanted and ("*" in values or value in values) for name, value in url.query)
        for wanted, values in pattern.query
    )


def _segment_prefix(path: str, prefix: str, *, fold_case: bool) -> bool:
    if fold_case:
        path, prefix = path.lower(), prefix.lower()
    stem = prefix.rstrip("/")
    return path in (stem, prefix) or path.startswith(stem + "/")


def _decode_path(raw: str) -> tuple[str, bool]:
    data = unquote_to_bytes(raw)
    try:
        path = data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), True
    if not path.startswith("/"):
        return "/" + path, True
    odd = any(c in "%\\" or ord(c) < 32 or ord(c) == 127 for c in path)
    segments = path[1:].split("/")
    dotted = any(s in (".", "..") or (";" in s and s.strip(";.") == "") for s in segments)
    return path, odd or dotted or "" in segments[:-1]
