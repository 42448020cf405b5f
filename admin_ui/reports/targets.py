"""What can be blocked from the addresses of a report, and what cannot be, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from appliance.policy import urls
from appliance.policy.model import Target, TargetKind
from appliance.policy.names import is_address
from appliance.policy.plan import steerable
from appliance.policy.snapshot import Snapshot
from appliance.policy.urls import BadUrlError, Url

# Under these, as under ``co.uk``, every third name belongs to somebody else.
_SECOND_LEVEL: Final = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "go", "ltd", "me", "mil", "ne", "net", "nhs", "nom",
     "or", "org", "plc", "police", "sch"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be blocked. key: what the form sends, the same for the same target.

    refused: why it cannot be, empty where it can.
    """

    key: str
    target: Target
    refused: str = ""


def choices(reported: Iterable[str], snapshot: Snapshot) -> tuple[Choice, ...]:
    """Return what may be blocked for these addresses: whole sites first, then parts of them."""
    texts = tuple(reported)
    sites = dict.fromkeys(name for text in texts for name in _sites(urls.parse(text)))
    parts = dict.fromkeys(prefix for text in texts for prefix in _prefixes(text))
    targets = [Target(TargetKind.HOST, name) for name in sites]
    targets += [Target(TargetKind.URL, prefix) for prefix in parts]
    return tuple(Choice(key(target), target, refusal(target, snapshot)) for target in targets)


def key(target: Target) -> str:
    """Return a name for a target that is no address: a part of its digest."""
    return hashlib.sha256(f"{target.kind}:{target.id}".encode()).hexdigest()[:16]


def refusal(target: Target, snapshot: Snapshot) -> str:
    """Say why a target cannot be blocked; empty where it can.

    Sanctuary comes before every block in the engine: a block there would be a line that
    says something untrue. A part of a site that the gate cannot read would stay open.
    """
    host = host_of(target)
    if any(True for _ in snapshot.sanctuary.find(host)):
        return "This is a helpline or child-protection service. It can never be blocked."
    if target.kind is TargetKind.URL and not steerable(host, snapshot):
        return (
            "The gate does not read the pages of this site, so it can only be blocked as a whole."
        )
    return ""


def host_of(target: Target) -> str:
    """Return the host of a host or URL target."""
    return target.id.partition("/")[0]


def _sites(url: Url) -> Iterator[str]:
    """The host, then each name above it that still belongs to one owner."""
    name = url.host
    yield name
    if is_address(name):
        return
    labels = name.split(".")
    while len(labels) > 2:
        labels = labels[1:]
        if len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL:
            return
        yield ".".join(labels)


def _prefixes(text: str) -> Iterator[str]:
    """The page itself with its query, the page, then each folder above it; never the root."""
    try:
        whole = urls.canonical_prefix(text)
        host, _, path = whole.partition("?")[0].partition("/")
        folders = [folder for folder in path.split("/") if folder]
        upwards = ["/".join((host, *folders[:count])) for count in range(len(folders), 0, -1)]
        page = whole.partition("?")[0]
        for prefix in dict.fromkeys((whole, page, *upwards)):
            # Servers read some spellings in two ways; such a prefix would block something else.
            if prefix != f"{host}/" and urls.canonical_prefix(prefix) == prefix:
                yield prefix
    except BadUrlError:
        return  # such a site can still be blocked as a whole
