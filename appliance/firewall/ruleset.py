"""The ruleset: one nftables document from what is wanted, applied in one transaction. PURE.

A packet is marked with its class, then held against what is refused *before* what is
established passes. Static sets are emptied and filled again; what the door and the kernel
learned (``sets``) stays, and so does every connection that nothing refuses.
"""

from __future__ import annotations

from typing import Any, Final

from appliance.firewall.document import FAMILY, TABLE, Statement, add, flush, place
from appliance.firewall.filled import filled, filling, refilling
from appliance.firewall.judged_once import declared as declared_once
from appliance.firewall.leading import marking, outward, redirects
from appliance.firewall.passing import onward, ourselves, refuse
from appliance.firewall.refusals import barred, noting, overfull, refusals, unanswered, ways_round
from appliance.firewall.sets import FAMILIES, REASONS, declared, emptied, ids
from appliance.firewall.settings import Known, Wanted

# Base chains: (name, hook, type, priority). Names are no words of nft's language (``fwd`` is one).
BASE: Final = (
    ("marking", "prerouting", "filter", -150),
    ("redirects", "prerouting", "nat", -100),
    ("ourselves", "input", "filter", 0),
    ("onward", "forward", "filter", 0),
    ("outward", "postrouting", "nat", 100),
)
_CLOSED_HOOKS: Final = ("ourselves", "onward")  # these drop whatever no rule of theirs accepts


def ruleset(wanted: Wanted, *, afresh: bool = False) -> list[Statement]:
    """Return the document's statements: tables, sets, chains, then rules, then elements.

    afresh: away with the table first, and with all that was learned; for when the table that is
    there cannot be built upon (made by another version, or by somebody else).
    """
    gateway, known = wanted.gateway, wanted.known
    return [
        *(removal() if afresh else ()),
        add("table", family=FAMILY, name=TABLE),
        *_chains(known),
        *declared(known),
        *declared_once(),
        *emptied(known),
        *marking(gateway, known),
        *redirects(gateway),
        *ourselves(gateway),
        *onward(gateway),
        *refusals(gateway),
        *ways_round(),
        *barred(gateway),
        *overfull(),
        *unanswered(),
        *noting(),
        *refuse(),
        *outward(gateway),
        *filling(filled(wanted)),
    ]


def changes(before: Wanted, after: Wanted) -> list[Statement]:
    """Return what leads from one ruleset to another: for one device one element, for nothing none.

    Only right where ``before`` is what the kernel holds. Other settings or facts: all of it anew.
    """
    if (before.gateway, before.known) != (after.gateway, after.known):
        return ruleset(after)
    return refilling(filled(before), filled(after))


def refilled(wanted: Wanted) -> list[Statement]:
    """Return what fills the static sets anew, whatever somebody made of them meanwhile."""
    return [*emptied(wanted.known), *filling(filled(wanted))]


def removal() -> list[Statement]:
    """Return what takes everything of ours out of the kernel, whether or not it is there."""
    table = place_of_table()
    return [add("table", **table), {"delete": {"table": table}}]


def place_of_table() -> dict[str, Any]:
    """Return what names our table."""
    return {"family": FAMILY, "name": TABLE}


def _chains(known: Known) -> list[Statement]:
    """Base chains are emptied first and filled last in the same transaction: none is ever open."""
    found = []
    for name, hook, type_, priority in BASE:
        policy = {"policy": "drop"} if name in _CLOSED_HOOKS else {}
        found.append(add("chain", **place(name=name, type=type_, hook=hook, prio=priority,
                                          **policy)))  # fmt: skip
    kinds = ("refusals", "ways_round", "steered", "overfull", "barred", "marking")
    by_family = [f"{kind}_{ip}" for kind in kinds for _, ip, _ in FAMILIES]
    refuse_for = [f"refuse_{reason}" for reason in (*REASONS[:4], "cut")]
    ranges = [f"range_{id_}" for id_ in ids(known)]
    names = ["unanswered", "held_back", "refuse", *by_family, *refuse_for, *ranges]
    found += [add("chain", **place(name=name)) for name in names]
    return [*found, *(flush("chain", name) for name in (*(base[0] for base in BASE), *names))]
