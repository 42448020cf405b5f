"""What lives on through a new ruleset: what the door says of addresses, and what packets tried.

Addresses and MACs are text as the kernel writes them; IPv4 and IPv6 may be mixed, and each goes
into the set of its family. ValueError: what should be an address is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from appliance.firewall.document import FAMILY, TABLE, Expression, Statement, concat, elements
from appliance.firewall.nft import Nft
from appliance.firewall.sets import FAMILIES, REASONS

LONGEST: Final = 7 * 86_400  # seconds that anything learned is kept at most

Pair = tuple[str, str]
_Keys = dict[str, list[Expression]]


@dataclass(frozen=True, slots=True)
class Try:
    """Something that was tried in the last ``sets.TRIED_FOR`` seconds.

    reason: of ``sets.REASONS``. protocol: a name such as ``tcp``, or a number as text. port: 0
    where the protocol has none.
    """

    reason: str
    client: str
    address: str
    protocol: str
    port: int


def learn(what: str, pairs: Iterable[Pair], seconds: int) -> list[Statement]:
    """Keep (client, address) pairs in a set for so long from now, known before or not.

    what: ``answered``, ``cut`` or ``sanctuary``. client: its address, of the address's family, or
    its MAC, which holds for whatever address of its own the device uses.
    """
    return _kept(_paired(what, pairs), seconds)


def forget(what: str, pairs: Iterable[Pair]) -> list[Statement]:
    """Take pairs out of a set, whether or not they are in it."""
    return _gone(_paired(what, pairs))


def steered(addresses: Iterable[str], seconds: int) -> list[Statement]:
    """Keep addresses of hosts that are steered or refused for anybody, for so long from now."""
    return _kept(_alone("steered", addresses), seconds)


def overfull(clients: Iterable[str], seconds: int) -> list[Statement]:
    """Keep addresses of clients of whose answers some were forgotten, for so long from now."""
    return _kept(_alone("overfull", clients), seconds)


def _alone(what: str, addresses: Iterable[str]) -> _Keys:
    keys: _Keys = {}
    for text in dict.fromkeys(addresses):
        keys.setdefault(f"{what}{ip_address(text).version}", []).append(text)
    return keys


def tries(nft: Nft) -> tuple[Try, ...]:
    """Return every try that is remembered: the same one each time, until it is forgotten.

    Raises:
        NftError: the table is not there.
    """
    found = []
    for reason in REASONS:
        for number, _, _ in FAMILIES:
            said = nft.listed(f"set {FAMILY} {TABLE} {reason}_tried{number}")
            sets = (one["set"] for one in said if "set" in one)
            found += [_try(reason, one) for set_ in sets for one in set_.get("elem", ())]
    return tuple(found)


def _try(reason: str, element: Mapping[str, Any]) -> Try:
    client, address, protocol, *port = element["elem"]["val"]["concat"]
    return Try(reason, str(client), str(address), str(protocol), int(port[0]) if port else 0)


def _paired(what: str, pairs: Iterable[Pair]) -> _Keys:
    keys: _Keys = {}
    for client, address in dict.fromkeys(pairs):
        number = ip_address(address).version
        # Both are text with colons; only a MAC is six pairs of digits (IPv6 has eight parts or ::).
        by_mac = len(client) == 17 and client.count(":") == 5 and "::" not in client
        if not by_mac and ip_address(client).version != number:
            continue  # no packet is of both families
        name = f"{what}_mac{number}" if by_mac else f"{what}{number}"
        keys.setdefault(name, []).append(concat(client, address))
    return keys


def _kept(keys: _Keys, seconds: int) -> list[Statement]:
    """Adding what is there would leave it its old time: so it is surely there, gone, and new."""
    timeout = max(1, min(seconds, LONGEST))
    found = _gone(keys)
    for name, values in keys.items():
        found += elements(name, [{"elem": {"val": key, "timeout": timeout}} for key in values])
    return found


def _gone(keys: _Keys) -> list[Statement]:
    found = []
    for name, values in keys.items():
        timed = [{"elem": {"val": key, "timeout": 1}} for key in values]
        found += [*elements(name, timed), *elements(name, values, "delete")]
    return found
