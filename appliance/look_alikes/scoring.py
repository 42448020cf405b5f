"""Whether a host resembles a service, how much, and why in words. PURE and total.

Scores go from 0 to 100. From ``SHOWN`` on a name is put before the technician; from
``CLOSES`` on it looks so much like a platform that the policy's ``unclassified_social``
holds for it until somebody has classified it (policy DP 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from appliance.look_alikes import facts
from appliance.look_alikes.brands import Brand, Known
from appliance.look_alikes.folding import one_off, shown, skeleton
from appliance.look_alikes.sites import split
from appliance.policy.names import is_address

SHOWN: Final = 50
CLOSES: Final = 70
_LETTERS, _WHOLE, _ADDED_LETTERS, _SIGN_IN, _ADDED, _HYPHENS = 95, 90, 90, 80, 75, 75
_LONG_EDIT, _ENDING, _EDIT, _BESIDE = 70, 65, 55, 50
_INSIDE: Final = 10  # less for the same label in front of somebody else's site
_IN_FRONT: Final = "That part stands in front of somebody else’s site."
_LONG: Final = 8  # letters of a name in which one wrong letter is hardly a chance
_EDITED: Final = 6  # letters of a name in which one wrong letter is looked for at all


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A host that resembles a service. name: the part of it to treat as the look-alike."""

    site: str
    name: str
    service: str
    score: int
    reason: str


def resemblance(host: str, known: Known) -> Resemblance | None:
    """Return the strongest resemblance of a canonical host to a service; None: there is none."""
    if is_address(host) or "." not in host or known.good(host):
        return None
    front, site = split(host)
    found = [*_of_site(site, known), *_of_front(host, front, site, known)]
    return max(found, key=lambda one: one.score, default=None)


@dataclass(frozen=True, slots=True)
class _Label:
    """A label as it stands, as it is shown, without hyphens, and what each looks like."""

    label: str
    text: str
    bare: str
    folded: str
    bare_folded: str


def _read(label: str) -> _Label:
    text = shown(label)
    folded = skeleton(text)
    bare_folded = skeleton(text.replace("-", "")) if "-" in text else folded
    return _Label(label, text, label.replace("-", ""), folded, bare_folded)


def _of_site(site: str, known: Known) -> Iterator[Resemblance]:
    label = _read(site.partition(".")[0])
    for brand in known.brands:
        said = _label(label, brand)
        if said is not None:
            yield Resemblance(site, site, brand.service, *said)


def _of_front(host: str, front: tuple[str, ...], site: str, known: Known) -> Iterator[Resemblance]:
    labels = host.split(".")
    for at in range(len(front)):
        name = ".".join(labels[at:])
        service = _address_at(labels, at, known)
        if service is not None:
            called = known.names[service]
            reason = f"It carries the whole address of {called} in front of an address of its own."
            yield Resemblance(site, name, service, _WHOLE, reason)
        label = _read(front[at])
        for brand in known.brands:
            said = _label(label, brand)
            if said is not None:
                score = _BESIDE if said[0] == _ENDING else said[0] - _INSIDE
                words = said[1] if said[0] != _ENDING else f"It has the name of {brand.name}."
                yield Resemblance(site, name, brand.service, score, f"{words} {_IN_FRONT}")


def _address_at(labels: list[str], at: int, known: Known) -> str | None:
    """Return the service whose whole address begins at a label: in labels, or with hyphens."""
    for size in (2, 3):
        service = known.addresses.get(tuple(labels[at : at + size]))
        if service is not None and at + size < len(labels):
            return service
    if "-" not in labels[at]:
        return None
    words = tuple(labels[at].removeprefix("www-").split("-"))
    return next((known.addresses[words[:n]] for n in (2, 3) if words[:n] in known.addresses), None)


def _label(it: _Label, brand: Brand) -> tuple[int, str] | None:
    """Return how much one label resembles a name, and why."""
    if it.label == brand.word:
        said = f"It has the name of {brand.name} under another ending."
        return None if brand.ordinary else (_ENDING, said)
    if it.folded == brand.folded:
        return _same_at_a_glance(it.text, brand)
    if it.label in facts.words("words"):
        return None
    return _added(it, brand) or _edited(it, brand)


def _same_at_a_glance(text: str, brand: Brand) -> tuple[int, str] | None:
    if brand.ordinary and text.isascii():
        return None  # "llne", "s1gnal": too many things are called nearly so
    what = "letters of other alphabets, or with marks," if not text.isascii() else "signs"
    said = f"It is written with {what} that make it look like “{brand.word}” ({brand.name})."
    return _LETTERS, said


def _added(it: _Label, brand: Brand) -> tuple[int, str] | None:
    """Return what is said of a label that holds the name, and more."""
    if brand.folded not in it.bare_folded:
        return None
    exact = brand.word in it.bare
    text, word = (it.bare, brand.word) if exact else (it.bare_folded, brand.folded)
    before, _, after = text.partition(word)
    if not before and not after:
        said = f"It has the name of {brand.name}, with a hyphen in it."
        return None if brand.ordinary else (_HYPHENS, said)
    login, added = _words("login", exact=exact), _words("added", exact=exact)
    if _made_of(before, login | added) and _made_of(after, login | added):
        signs_in = _holds(before, login) or _holds(after, login)
        if brand.ordinary and not signs_in:
            return None
        if not exact:
            said = "with letters that only look alike, and more added."
            return _ADDED_LETTERS, f"It has the name of {brand.name}, {said}"
        said = f"It has the name of {brand.name} with “{_joined(before, after)}” added."
        return (_SIGN_IN if signs_in else _ADDED), said
    apart = brand.word in it.label.split("-") and not brand.ordinary
    return (_BESIDE, f"It has the name of {brand.name} beside other words.") if apart else None


def _edited(it: _Label, brand: Brand) -> tuple[int, str] | None:
    if brand.ordinary or len(brand.word) < _EDITED or not one_off(it.bare, brand.word):
        return None
    said = f"It is one letter away from “{brand.word}” ({brand.name})."
    return (_LONG_EDIT if len(brand.word) >= _LONG else _EDIT), said


@cache
def _words(kind: str, *, exact: bool) -> frozenset[str]:
    found = facts.words(kind)
    if exact:
        return found
    # Folded, a digit before or after the name is the letter it looks like.
    return frozenset(map(skeleton, (*found, *("0123456789" if kind == "added" else ""))))


def _joined(before: str, after: str) -> str:
    return " … ".join(part for part in (before, after) if part)


def _made_of(text: str, words: frozenset[str]) -> bool:
    """Whether text is nothing but words of a set and digits, one after the other."""
    good = [True] + [False] * len(text)
    for end in range(1, len(text) + 1):
        good[end] = (good[end - 1] and text[end - 1].isdigit()) or any(
            good[end - len(word)] and text[:end].endswith(word)
            for word in words
            if len(word) <= end
        )
    return good[-1]


def _holds(text: str, words: frozenset[str]) -> bool:
    """Whether text made of words has one of these at an end of it."""
    return any(text.startswith(word) or text.endswith(word) for word in words)
