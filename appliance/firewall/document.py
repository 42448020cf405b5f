"""The words of nftables' JSON (libnftables-json(5)) that the ruleset is written in. PURE."""

from __future__ import annotations

from collections.abc import Iterable
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


def any_of(*values: Expression) -> Expression:
    """Return a set without a name."""
    return {"set": list(values)}


def elements(name: str, values: Iterable[Expression], verb: str = "add") -> list[Statement]:
    """Add (or ``delete``) elements of a set, or ``[key, value]`` pairs of a map; none: nothing."""
    found = list(values)
    return [{verb: {"element": place(name=name, elem=found)}}] if found else []


def ports(protocol: str, *numbers: int) -> Expression:
    """Match destination ports."""
    right: Expression = numbers[0] if len(numbers) == 1 else any_of(*numbers)
    return match(field(protocol, "dport"), right)


def span(first: Expression, last: Expression) -> Expression:
    """Return an address or port, or a range of them, as an element."""
    return first if first == last else {"range": [first, last]}


def jump(chain: str) -> Expression:
    """Go through another chain and come back."""
    return {"jump": {"target": chain}}


def goto(chain: str) -> Expression:
    """Go on in another chain, and not come back here."""
    return {"goto": {"target": chain}}


def put(set_: str, key: Expression) -> Expression:
    """Remember something in a set, as a statement of a rule."""
    return {"set": {"op": "add", "set": f"@{set_}", "elem": key}}


def change(key: Expression, value: Expression) -> Expression:
    """Set a property of the packet or of its connection."""
    return {"mangle": {"key": key, "value": value}}


ACCEPT: Final = {"accept": None}
DROP: Final = {"drop": None}
RETURN: Final = {"return": None}
# The sender is told at once, so that a program falls back instead of waiting. Port unreachable
# is what every system hands to a program that sends by UDP.
NO_PORT: Final = {"reject": {"type": "icmpx", "expr": "port-unreachable"}}
PROHIBITED: Final = {"reject": {"type": "icmpx", "expr": "admin-prohibited"}}
RESET: Final = {"reject": {"type": "tcp reset"}}
