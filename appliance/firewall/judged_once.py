"""Connections of which a packet was judged and let pass: the next pass at once. PURE.

Such a connection's mark is the number in force (``passing``). Each change in the kernel puts
another number there (``nft.Nft.apply``), so that every connection is judged once more, at its
next packet. Of a long download all other packets cost two look-ups of a number.

Fails to judging: a connection without the number in force, whatever the reason, is judged.
"""

from __future__ import annotations

from typing import Final

from appliance.firewall.document import (
    ACCEPT,
    Expression,
    Statement,
    add,
    change,
    elements,
    field,
    flush,
    match,
    meta,
    place,
    rule,
    state,
)

CONNECTION: Final = {"ct": {"key": "mark"}}
REFUSED: Final = 0x1  # mark of a connection of which a packet was refused: what answers it, is too
FIRST, LAST = 0x2, 0x7FFF_FFFF  # numbers that may be in force
_NUMBER, _STAMP = "passing", "stamp"
# By protocol, since a map needs a key. Whatever else goes through is judged packet by packet.
_STAMPED: Final = ("tcp", "udp")


def declared() -> list[Statement]:
    """Return statements that make the set of the number in force, and the map that gives it."""
    return [
        add("set", **place(name=_NUMBER, type="mark", size=1)),
        add("map", **place(name=_STAMP, type="inet_proto", map="mark")),
    ]


def renewed(number: int) -> list[Statement]:
    """Return statements that put a number in force, of FIRST to LAST: all are judged once more."""
    values: list[Expression] = [[protocol, number] for protocol in _STAMPED]
    return [
        flush("set", _NUMBER), *elements(_NUMBER, [number]),
        flush("map", _STAMP), *elements(_STAMP, values),
    ]  # fmt: skip


def passing(chain: str) -> Statement:
    """Let pass what bears the number in force, both ways."""
    return rule(chain, match(CONNECTION, f"@{_NUMBER}"), ACCEPT)


def stamping(chain: str, number: int, ip: str) -> Statement:
    """Stamp what was held against everything and is open both ways.

    Not where the kernel's own forgetting may refuse the next packet: to a steered address, or of
    a client of whose answers not all are known.
    """
    stamp = {"map": {"key": meta("l4proto"), "data": f"@{_STAMP}"}}
    known = match(field(ip, "saddr"), f"@overfull{number}", "!=")
    plain = match(field(ip, "daddr"), f"@steered{number}", "!=")
    return rule(chain, state("established"), known, plain, change(CONNECTION, stamp))
