"""Which names a list may speak of. PURE.

A published list is a stranger's word: what only the school's own network has (private
addresses) and what would close a whole registry at once is refused, whatever it says.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from appliance.policy.names import BadNameError, canonical, is_address

_PLAIN: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")
_LONGEST_REGISTRY: Final = len("police.xx")
# Second-level labels under which countries let others register: co.uk, com.au, sch.uk …
# Closing one closes every site below it; a country's own list of them is at its registry.
_REGISTRY: Final = re.compile(r"(?:ac|co|com|edu|gov|ltd|mil|net|nhs|org|plc|police|sch)\.[a-z]{2}")
_OURS: Final = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)  # RFC 1918, RFC 4193


def plain(text: str) -> bool:
    """Whether a text is a canonical name that a list may speak of; False: ``site`` will say.

    It is the fast half of ``site``, for nearly every line of nearly every list.
    """
    return (
        _PLAIN.fullmatch(text) is not None
        and len(text) <= 253
        and (len(text) > _LONGEST_REGISTRY or not _REGISTRY.fullmatch(text))
    )


def site(word: str) -> str:
    """Return the canonical name that a word of a list stands for, without ``*.`` before it.

    Raises:
        BadNameError: it is no name, or one that no list may close.
    """
    name = canonical(word.removeprefix("*.").removeprefix("."))
    if is_address(name):
        return _address(name)
    if "." not in name:
        raise BadNameError(f"{name!r} is a whole top-level domain")
    if _REGISTRY.fullmatch(name):
        raise BadNameError(f"everybody's sites are below {name!r}")
    return name


def elsewhere(word: str) -> bool:
    """Whether a word is the address of another machine on the internet.

    A line that sends a name there changes where it leads (a search engine to its safe half,
    for one); it does not close it.
    """
    try:
        address = ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return address.is_global and not address.is_multicast


def _address(name: str) -> str:
    if "%" in name:
        raise BadNameError("an address with a zone names a neighbour, no site")
    address: IPv4Address | IPv6Address = ip_address(name)
    if address.is_unspecified or address.is_loopback:
        raise BadNameError(f"{name} is every machine's own address")
    if address.is_link_local or any(address in network for network in _OURS):
        raise BadNameError(f"{name} is an address inside the school's own network")
    return name
