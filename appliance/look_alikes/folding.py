"""What a label looks like to somebody who reads it: foreign letters and digits folded. PURE."""

from __future__ import annotations

import unicodedata
from typing import Final

from appliance.look_alikes import facts

# Signs that are read as one letter. Both the name looked at and the one it is compared with are
# folded, so it does not matter which of two that look alike is kept.
_ALIKE: Final = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def shown(label: str) -> str:
    """Return a label as a browser may show it: punycode (RFC 3492) decoded where it can be."""
    if not label.startswith("xn--"):
        return label
    try:
        text = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    return text if all(sign.isalnum() or sign in "-·" for sign in text) else label


def plain(text: str) -> str:
    """Return text in Latin letters without marks: each letter the one it looks like."""
    found = unicodedata.normalize("NFKD", text.casefold().translate(facts.confusables()))
    found = "".join(sign for sign in found if not unicodedata.combining(sign))
    return found.translate(facts.confusables())


def skeleton(text: str) -> str:
    """Return the same for all texts that look the same at a glance: ``faceb00k``, ``facebook``."""
    found = plain(text)
    for pair, one in _PAIRS:
        found = found.replace(pair, one)
    return found.translate(_ALIKE)


def one_off(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, added, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, more = one[start:], other[start:]
    if len(rest) == len(more):
        swapped = rest[:2] == more[:2][::-1] and rest[2:] == more[2:]
        return rest[1:] == more[1:] or swapped
    return rest[1:] == more if len(rest) > len(more) else rest == more[1:]
