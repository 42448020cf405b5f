"""The named sets and maps of the table: what is in them changes, the rules do not. PURE.

Static ones hold what policy and facts say, and are filled by ``filled``. Learned ones hold what
the door says and what packets tried; they live on through a new ruleset.

Learned by the door (each with a timeout; ``N`` is 4 or 6):

- ``answeredN``: client . address that DNS answered to it. ``answered_macN``: the same by the
  client's MAC, since who asks over IPv4 connects over IPv6, from addresses nobody has seen yet.
- ``cutN``, ``cut_macN``: client . address of an open destination whose name is blocked for it now.
- ``sanctuaryN``, ``sanctuary_macN``: client . address answered for a name of sanctuary.
- ``overfullN``: client's address of whose answers not all are remembered any more.
- ``steeredN``: address of a host that is steered or refused for anybody.

Learned from packets: ``REASON_triedN``, client . address . protocol . port; ``protocol_triedN``
has no port.
"""

from __future__ import annotations

from typing import Any, Final

from appliance.firewall.document import Statement, add, flush, place
from appliance.firewall.settings import Known

# (number, nftables' protocol, its type of address)
FAMILIES: Final = ((4, "ip", "ipv4_addr"), (6, "ip6", "ipv6_addr"))
# Why something was refused, or ``unanswered``: noted and let through. ``held``: refused for being
# unanswered. ``tunnel``: a port of a VPN, proxy or remote shell. ``resolver``: another DNS.
REASONS: Final = ("resolver", "tunnel", "protocol", "closed", "held", "unanswered")
PAIRS: Final = ("answered", "cut", "sanctuary")
TRIED_FOR: Final = 30  # seconds that a try is remembered, to be read in the meantime
# Most elements of a set that is filled from outside: nobody's flood fills the memory. A full set
# takes no more, and no rule that refuses depends on its being put there.
MOST_TRIED: Final = 65_536
MOST_LEARNED: Final = 262_144


def declared(known: Known) -> list[Statement]:
    """Return statements that make every set and map, where they are not there already."""
    found: list[Statement] = []
    for number, _, address in FAMILIES:
        found += [
            _add("map", f"device{number}", address, map="mark"),
            _add("map", f"network{number}", address, map="mark", flags=["interval"]),
            _add("map", f"ranges{number}", address, map="verdict", flags=["interval"]),
            _learned(f"steered{number}", address),
            _learned(f"overfull{number}", address),
        ]
        for name in ("resolvers", "manage", "school", "local"):
            found.append(_add("set", f"{name}{number}", address, flags=["interval"]))
        for name in PAIRS:
            found.append(_learned(f"{name}{number}", [address, address]))
            found.append(_learned(f"{name}_mac{number}", ["ether_addr", address]))
        for reason in REASONS:
            port = [] if reason == "protocol" else ["inet_service"]
            key = [address, address, "inet_proto", *port]
            found.append(_add("set", f"{reason}_tried{number}", key, flags=["timeout"],
                              timeout=TRIED_FOR, size=MOST_TRIED))  # fmt: skip
    for name in ("watched", "answered_only", "shut", *map(closed_name, ids(known))):
        found.append(_add("set", name, "mark"))
    for name in ("tunnels", "spared"):
        found.append(_add("set", name, ["inet_proto", "inet_service"]))
    return [*found, _add("set", "protocols", "inet_proto")]


def emptied(known: Known) -> list[Statement]:
    """Return statements that empty the static sets and maps, and no learned one."""
    found = []
    for number, _, _ in FAMILIES:
        found += [flush("map", f"{name}{number}") for name in ("device", "network", "ranges")]
        sets = ("resolvers", "manage", "school", "local")
        found += [flush("set", f"{name}{number}") for name in sets]
    marks = ("watched", "answered_only", "shut", *map(closed_name, ids(known)))
    return [*found, *(flush("set", name) for name in (*marks, "tunnels", "spared", "protocols"))]


def ids(known: Known) -> tuple[str, ...]:
    """Return the ids of the ranges."""
    return tuple(range_.id for range_ in known.ranges)


def closed_name(range_id: str) -> str:
    """Return the set of marks for which a range is closed."""
    return f"closed_{range_id}"


def _add(kind: str, name: str, type_: Any, **more: Any) -> Statement:
    return add(kind, **place(name=name, type=type_, **more))


def _learned(name: str, type_: Any) -> Statement:
    return _add("set", name, type_, flags=["timeout"], size=MOST_LEARNED)
