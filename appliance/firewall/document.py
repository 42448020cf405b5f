"""The words of nftables' JSON (libnftables-json(5)) that the ruleset is written in. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any, Final

FAMILY: Final = "inet"
TABLE: Final = "bellgate"

Statement = dict[str, Any]
Expression = Any


def place(**more: Any) -> dict[str, Any]:
    """Return the place of something in our table."""
    return {"family": FAMILY, "table": TABLE, **more}


def add(kind: str, **more: Any) -> Statement:
    """Add (or meet again) a table, chain, set, map or element."""
    return {"add": {kind: more}}


def flush(kind: str, name: str) -> Statement:
    """Empty a chain, set or map."""
    return {"flush": {kind: place(name=name)}}


def rule(chain: str, *expressions: Expression) -> Statement:
    """Add a rule at the end of a chain."""
    return {"add": {"rule": place(chain=chain, expr=list(expressions))}}


def match(left: Expression, right: Expression, op: str = "==") -> Expression:
    """Compare."""
    return {"match": {"op": op, "left": left, "right": right}}


def meta(key: str) -> Expression:
    """Return a packet's property, such as ``mark`` or ``l4proto``."""
    return {"meta": {"key": key}}


def field(protocol: str, name: str) -> Expression:
    """Return a header field, such as ``ip saddr`` or ``tcp dport``."""
    return {"payload": {"protocol": protocol, "field": name}}


def concat(*parts: Expression) -> Expression:
    """Return several values side by side, as keys of sets are."""
    return {"concat": list(parts)}


def state(*names: str) -> Expression:
    """Match the state of a connection."""
    return match({"ct": {"key": "state"}}, list(names), "in")


def prefix(text: str) -> Expression:
    """Return a prefix as an element; a single address is itself."""
    network = ip_network(text, strict=False)
    if network.prefixlen == network.max_prefixlen:
        return str(network.network_address)
    return {"prefix": {"addr": str(network.network_address), "len": network.prefixlen}}


def elements(name: str, values: Iterable[Expression]) -> list[Statement]:
    """Add elements to a set, or ``[key, value]`` pairs to a map; nothing where there are none."""
    found = list(values)
    return [add("element", **place(name=name, elem=found))] if found else []


def version(text: str) -> int:
    """Return 4 or 6."""
    return ip_network(text, strict=False).version


def ports(protocol: str, *numbers: int) -> Expression:
    """Match destination ports."""
    right: Expression = numbers[0] if len(numbers) == 1 else {"set": list(numbers)}
    return match(field(protocol, "dport"), right)


def span(first: int, last: int) -> Expression:
    """Return a port, or a range of them, as an element."""
    return first if first == last else {"range": [first, last]}


def jump(chain: str) -> Expression:
    """Go through another chain and come back."""
    return {"jump": {"target": chain}}


ACCEPT: Final = {"accept": None}
DROP: Final = {"drop": None}
# The sender is told at once, so that a program falls back instead of waiting.
REFUSE: Final = {"reject": {"type": "icmpx", "expr": "admin-prohibited"}}
RESET: Final = {"reject": {"type": "tcp reset"}}
