"""Addresses of a report as people paste them: read, never opened. Total on hostile input."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from admin_ui.defang import defang
from appliance.policy import urls

MOST: Final = 50  # addresses in one report
LONGEST: Final = 2000  # characters of one address
_FANGLESS: Final = re.compile(r"^hxxp(s?)(?=\[?:)", re.IGNORECASE)
_LINKS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"]+", re.IGNORECASE)
# A picture pasted as text: kept in no field, whatever it shows (Protection of Children Act).
_PICTURE: Final = re.compile(r"data\s*:[^,\s]{0,80},|;\s*base64|<\s*(?:img|svg|picture)\b", re.I)
_LONG_CODE: Final = re.compile(r"[A-Za-z0-9+/=]{400,}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """What was read: the addresses, or one sentence for each line that is none."""

    urls: tuple[str, ...]
    problems: tuple[str, ...]


def read(text: str) -> Addresses:
    """Read one address a line. Defanged spellings are understood; doubles count once.

    Fails closed: a line that is no http(s) address is said by its number, nothing is kept.
    """
    found: dict[str, None] = {}
    problems = []
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    for number, line in enumerate((line for line in lines if line), start=1):
        problem = _problem(line)
        if problem:
            problems.append(f"Line {number}: {problem}")
        else:
            found[refang(line)] = None
    if len(found) > MOST:
        problems.append(f"There are {len(found)} addresses; a report takes {MOST}")
    return Addresses(tuple(found), tuple(problems))


def refang(text: str) -> str:
    """Return an address as a browser would have had it: ``hxxps://a[.]b`` is ``https://a.b``.

    Only the scheme and the host are changed; brackets in a path are the address's own. A name
    and password before the host are left out: they are somebody's secret, and no part of the
    place.
    """
    plain = re.sub(
        r"^(https?)\[:\]//", r"\1://", _FANGLESS.sub(r"http\1", text.strip()), flags=re.I
    )
    scheme, mark, rest = plain.partition("://")
    if not mark:
        scheme, rest = "", plain
    end = min((i for i in map(rest.find, "/?#\\") if i != -1), default=len(rest))
    host = rest[:end].rpartition("@")[2].replace("[.]", ".").replace("(.)", ".")
    return scheme + mark + host + rest[end:]


def holds_picture(text: str) -> bool:
    """Whether text holds a picture, or what can only be a file written as letters."""
    return _PICTURE.search(text) is not None or (
        "\n" not in text.strip() and _LONG_CODE.search(text) is not None
    )


def names_address(text: str) -> bool:
    """Whether text names a web address, which a sealed report keeps in one place alone."""
    return _LINKS.search(text) is not None or "hxxp" in text.lower()


def defang_text(text: str) -> str:
    """Return text in which no address can be opened: for what people wrote about one."""
    return _LINKS.sub(lambda found: defang(found[0]), text)


def _problem(line: str) -> str:
    if len(line) > LONGEST:
        return f"this is longer than {LONGEST} characters"
    if _PICTURE.search(line) or line.lower().startswith("data:"):
        return "this is a picture or a file, not an address; Bellgate keeps none"
    if not line.isprintable():
        return "this holds characters that no address can"
    try:
        read_as = urls.parse(refang(line))
    except urls.BadUrlError:
        return "this is not a full web address such as https://www.example.com/page"
    if "." not in read_as.host and ":" not in read_as.host:
        return "this is not a full web address such as https://www.example.com/page"
    return ""
