"""The ruleset: from the snapshot to one nftables document, applied in one transaction. PURE.

A packet is marked with its class, then held against what is refused *before* what is
established passes: so a bell, a sanction or a revoked grant ends an open connection, and no
other. Static sets are emptied and filled again; what the kernel learned (``answered``,
``steered``, ``tried``) stays.
"""

from __future__ import annotations

from typing import Any, Final

from appliance.firewall.document import (
    ACCEPT,
    DROP,
    FAMILY,
    REFUSE,
    RESET,
    TABLE,
    Statement,
    add,
    concat,
    elements,
    field,
    flush,
    jump,
    match,
    meta,
    place,
    ports,
    prefix,
    rule,
    span,
    state,
    version,
)
from appliance.firewall.judged import Judged
from appliance.firewall.settings import Gateway, Known, Placed

FAMILIES: Final = ((4, "ip", "ipv4_addr"), (6, "ip6", "ipv6_addr"))
# Why something was refused: each has sets of its own, from which the door reads who tried.
REASONS: Final = ("resolver", "tunnel", "closed", "unanswered", "quic")
# Base chains: (name, hook, type, priority). Refusals stand before the kernel's own tracking of
# what is established; names are no words of nft's language (``fwd`` is one).
BASE: Final = (
    ("marking", "prerouting", "filter", -150),
    ("redirects", "prerouting", "nat", -100),
    ("ourselves", "input", "filter", 0),
    ("onward", "forward", "filter", 0),
    ("outward", "postrouting", "nat", 100),
)
_TRIED_FOR: Final = 30  # seconds that a refused try is remembered, to be read in the meantime
_MOST: Final = 65_536  # elements of a set that packets fill: nobody's flood fills the memory
# Neighbour discovery, router advertisements, too-big and echo: IPv6 does not work without them.
_ICMP6: Final = (1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134, 135, 136, 143)


def ruleset(
    every: tuple[Placed, ...], judged: Judged, gateway: Gateway, known: Known
) -> list[Statement]:
    """Return the document's statements: tables, sets, chains, then rules, then elements."""
    return [
        add("table", family=FAMILY, name=TABLE),
        *_sets(),
        *_chains(),
        *_marking(),
        *_redirects(gateway),
        *_ourselves(gateway),
        *_onward(gateway),
        *_refusals(),
        *_outward(gateway),
        *_elements(every, judged, gateway, known),
    ]


def _set(name: str, type_: Any, *flags: str, **more: Any) -> Statement:
    return add("set", **place(name=name, type=type_, flags=list(flags), **more))


def _sets() -> list[Statement]:
    found: list[Statement] = []
    static = []
    for number, _, address in FAMILIES:
        found += [
            add("map", **place(name=f"device{number}", type=address, map="mark")),
            add("map", **place(name=f"network{number}", type=address, map="mark",
                               flags=["interval"])),
            _set(f"closed{number}", ["mark", address], "interval"),
            _set(f"resolvers{number}", address, "interval"),
            _set(f"manage{number}", address, "interval"),
            _set(f"answered{number}", ["mark", address, address], "timeout", size=_MOST),
            _set(f"steered{number}", address, "timeout", size=_MOST),
        ]  # fmt: skip
        static += [("map", f"device{number}"), ("map", f"network{number}"),
                   ("set", f"closed{number}"), ("set", f"resolvers{number}"),
                   ("set", f"manage{number}")]  # fmt: skip
        for reason in REASONS:
            key = [address, address, "inet_proto", "inet_service"]
            found.append(_set(f"{reason}_tried{number}", key, "timeout",
                              timeout=_TRIED_FOR, size=_MOST))  # fmt: skip
    for name in ("watched", "pinned", "sanctioned"):
        found.append(_set(name, "mark"))
        static.append(("set", name))
    for name in ("tunnels", "spared"):
        found.append(_set(name, ["inet_proto", "inet_service"], "interval"))
        static.append(("set", name))
    found.append(_set("protocols", "inet_proto"))
    static.append(("set", "protocols"))
    return [*found, *(flush(kind, name) for kind, name in static)]


def _chains() -> list[Statement]:
    found = []
    for name, hook, type_, priority in BASE:
        policy = {"policy": "drop"} if name in ("ourselves", "onward") else {}
        found.append(add("chain", **place(name=name, type=type_, hook=hook, prio=priority,
                                          **policy)))  # fmt: skip
    found.append(add("chain", **place(name="refusals")))
    return [*found, *(flush("chain", name) for name in (*(b[0] for b in BASE), "refusals"))]


def _marking() -> list[Statement]:
    """A device that is known by itself first, then its network; a stranger keeps mark 0."""
    found = []
    for number, ip, _ in FAMILIES:
        for map_ in ("device", "network"):
            value = {"map": {"key": field(ip, "saddr"), "data": f"@{map_}{number}"}}
            unmarked = match(meta("mark"), 0)
            found.append(
                rule("marking", unmarked, {"mangle": {"key": meta("mark"), "value": value}})
            )
    return found


def _redirects(gateway: Gateway) -> list[Statement]:
    """Names to our DNS whomever they ask; what may be read, or is closed, to our proxy."""
    ours = match(meta("mark"), 0, "!=")
    local = match({"fib": {"result": "type", "flags": ["daddr"]}}, "local")
    found = [
        rule("redirects", ours, ports(protocol, 53), {"redirect": {"port": gateway.dns}})
        for protocol in ("udp", "tcp")
    ]
    for port, to in ((80, gateway.http), (443, gateway.https)):
        found.append(rule("redirects", ours, local, ports("tcp", port), {"redirect": {"port": to}}))
        for number, ip, _ in FAMILIES:
            address = field(ip, "daddr")
            for met in (
                match(address, f"@steered{number}"),
                match(concat(meta("mark"), address), f"@closed{number}"),
            ):
                found.append(
                    rule("redirects", ours, met, ports("tcp", port), {"redirect": {"port": to}})
                )
    return found


def _ourselves(gateway: Gateway) -> list[Statement]:
    """Closed but for what the school asks of us; the admin UI from where it is managed."""
    ours = match(meta("mark"), 0, "!=")
    faces = (gateway.dns, gateway.http, gateway.https, gateway.explicit)
    found = [
        rule("ourselves", match(meta("iifname"), "lo"), ACCEPT),
        rule("ourselves", state("established", "related"), ACCEPT),
        rule("ourselves", match(meta("l4proto"), "icmp"), ACCEPT),
        rule("ourselves", match(field("icmpv6", "type"), {"set": list(_ICMP6)}), ACCEPT),
        rule("ourselves", ours, ports("udp", gateway.dns), ACCEPT),
        rule("ourselves", ours, ports("tcp", *faces), ACCEPT),
    ]
    for number, ip, _ in FAMILIES:
        if not gateway.manage:
            found.append(rule("ourselves", ours, ports("tcp", gateway.web), ACCEPT))
            break
        managing = match(field(ip, "saddr"), f"@manage{number}")
        found.append(rule("ourselves", managing, ports("tcp", gateway.web), ACCEPT))
    found += [
        rule("ourselves", match(meta("l4proto"), "tcp"), RESET),
        rule("ourselves", REFUSE),
    ]
    return found


def _onward(gateway: Gateway) -> list[Statement]:
    """From the school to the internet and back; never from one network into another."""
    ours = match(meta("mark"), 0, "!=")
    return [
        rule("onward", ours, jump("refusals")),
        rule("onward", state("established", "related"), ACCEPT),
        rule("onward", state("invalid"), DROP),
        rule("onward", ours, match(meta("oifname"), gateway.uplink), ACCEPT),
        rule("onward", REFUSE),
    ]


def _refusals() -> list[Statement]:
    found: list[Statement] = []
    watched = match(meta("mark"), "@watched")
    tcp, udp = (match(meta("l4proto"), name) for name in ("tcp", "udp"))
    for number, ip, _ in FAMILIES:
        source, to = field(ip, "saddr"), field(ip, "daddr")
        is_closed = match(concat(meta("mark"), to), f"@closed{number}")
        is_resolver = match(to, f"@resolvers{number}")
        dot = match(field("th", "dport"), 853)
        tunnel = match(concat(meta("l4proto"), field("th", "dport")), "@tunnels")
        answered = concat(meta("mark"), source, to)
        unanswered = match(answered, f"@answered{number}", "!=")

        def refused(
            reason: str, *met: Any, tried: str = f"_tried{number}", key: Any = (source, to)
        ) -> None:
            note = {"set": {"op": "add", "set": f"@{reason}{tried}", "elem": concat(
                *key, meta("l4proto"), field("th", "dport"))}}  # fmt: skip
            found.append(rule("refusals", tcp, *met, note, RESET))
            found.append(rule("refusals", udp, *met, note, REFUSE))

        refused("resolver", watched, is_resolver)
        refused("resolver", watched, dot, match({"meta": {"key": "nfproto"}}, _family(number)))
        refused("tunnel", watched, tunnel, match({"meta": {"key": "nfproto"}}, _family(number)))
        refused("closed", is_closed)
        quic = (udp, ports("udp", 443), match(to, f"@steered{number}"))
        found.append(rule("refusals", *quic, REFUSE))
        for marks in ("sanctioned", "pinned"):
            spared = match(concat(meta("l4proto"), field("th", "dport")), "@spared", "!=")
            more = () if marks == "sanctioned" else (spared,)
            refused("unanswered", match(meta("mark"), f"@{marks}"), *more, unanswered)
        note = {"set": {"op": "add", "set": f"@unanswered_tried{number}", "elem": concat(
            source, to, meta("l4proto"), field("th", "dport"))}}  # fmt: skip
        fresh = (
            state("new"),
            match(concat(meta("l4proto"), field("th", "dport")), "@spared", "!="),
        )
        for kind in (tcp, udp):
            found.append(rule("refusals", kind, *fresh, unanswered, note))
    found.append(rule("refusals", watched, match(meta("l4proto"), "@protocols"), REFUSE))
    return found


def _family(number: int) -> str:
    return "ipv4" if number == 4 else "ipv6"


def _outward(gateway: Gateway) -> list[Statement]:
    if not gateway.masquerade:
        return []
    out = match(meta("oifname"), gateway.uplink)
    return [rule("outward", out, match(meta("mark"), 0, "!="), {"masquerade": None})]


def _elements(
    every: tuple[Placed, ...], judged: Judged, gateway: Gateway, known: Known
) -> list[Statement]:
    found: list[Statement] = []
    for number, _, _ in FAMILIES:
        devices = [[a, p.number] for p in every for a in p.addresses if version(a) == number]
        networks = [
            [prefix(text), p.number]
            for p in every
            for text in p.prefixes
            if version(text) == number
        ]
        closed = [concat(m, prefix(t)) for m, t in judged.closed if version(t) == number]
        resolvers = [prefix(text) for text in known.resolvers if version(text) == number]
        manage = [prefix(text) for text in gateway.manage if version(text) == number]
        found += elements(f"device{number}", devices)
        found += elements(f"network{number}", networks)
        found += elements(f"closed{number}", closed)
        found += elements(f"resolvers{number}", resolvers)
        found += elements(f"manage{number}", manage)
    found += elements("watched", sorted(judged.watched))
    found += elements("pinned", sorted(judged.pinned))
    found += elements("sanctioned", sorted(judged.sanctioned))
    for name, wanted in (("tunnels", known.tunnels), ("spared", known.spared)):
        found += elements(name, [concat(protocol, span(a, b)) for protocol, a, b in wanted])
    found += elements("protocols", list(known.protocols))
    return found
