"""Host names in one canonical form, and the label walk that suffix matching rests on."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

import idna

MAX_NAME: Final = 253  # RFC 1035 section 2.3.4, as text without the final dot
MAX_LABEL: Final = 63
_FORBIDDEN: Final = frozenset(" \t\r\n\x00/\\@?#%[]<>\"'`{}|^,;:()!$&*+=~")


class BadNameError(ValueError):
    """The text is not a host name; the message says why. Blame: whoever supplied it."""


def canonical(text: str) -> str:
    """Return a host name in lower case, without its final dot, as A-labels.

    IP literals (with or without brackets) come back in their shortest form.
    Underscores are kept: DNS names have them (RFC 8552) even if host names do not.

    Raises:
        BadNameError: empty, too long, an empty label, or a character no name can hold.
    """
    name = text.strip().lower() if text.isascii() else _to_ascii(text.strip())
    literal = _literal(name)
    if literal is not None:
        return literal
    name = name.removesuffix(".")
    if not name:
        raise BadNameError("the host name is empty")
    if len(name) > MAX_NAME:
        raise BadNameError(f"the host name is {len(name)} characters long, at most {MAX_NAME}")
    bad = _FORBIDDEN.intersection(name)
    if bad or any(ord(c) < 33 or ord(c) > 126 for c in name):
        shown = " ".join(sorted(repr(c) for c in bad)) or "a control character"
        raise BadNameError(f"{text!r} holds {shown}, which no host name can")
    for label in name.split("."):
        if not 0 < len(label) <= MAX_LABEL:
            raise BadNameError(
                f"{text!r} has a label of {len(label)} characters (1 to {MAX_LABEL})"
            )
    return name


def is_address(name: str) -> bool:
    """Whether a canonical name is an IP literal, which suffix matching never applies to."""
    return _literal(name) is not None


def suffixes(name: str) -> Iterator[str]:
    """Yield the name and each parent, longest first: a.b.c, b.c, c. An IP only itself."""
    yield name
    if is_address(name):
        return
    dot = name.find(".")
    while dot != -1:
        yield name[dot + 1 :]
        dot = name.find(".", dot + 1)


def within(name: str, suffix: str) -> bool:
    """Whether a canonical name is the suffix or lies below it, at a label boundary."""
    return name == suffix or name.endswith("." + suffix)


def key_of(name: str) -> str:
    """Return the key by which lists keep a canonical name: ``com.facebook.``, ``/192.0.2.1/``.

    Labels in reverse, a dot after each: the key of every parent, and of nothing else, is a
    prefix of it. An IP literal is a key by itself.
    """
    if is_address(name):
        return f"/{name}/"
    return ".".join(reversed(name.split("."))) + "."


def name_of(key: str) -> str:
    """Return the name that a key stands for."""
    if key.startswith("/"):
        return key[1:-1]
    return ".".join(reversed(key[:-1].split(".")))


def _literal(name: str) -> str | None:
    text = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    last = text[-1:]
    if not (last.isdigit() or ":" in text):  # cheap: a top label is never all digits
        return None
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _to_ascii(text: str) -> str:
    try:
        return idna.encode(text, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise BadNameError(f"{text!r} is not an internationalised host name: {error}") from error
