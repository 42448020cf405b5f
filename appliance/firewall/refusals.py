"""Rules that refuse: ways round the gate, what is closed, what nobody answered for. PURE.

Each reason notes who tried before it refuses, in a rule of its own: where the set of tries is
full, the note is lost and the refusal is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance.firewall.document import (
    DROP,
    RETURN,
    Expression,
    Statement,
    any_of,
    concat,
    field,
    goto,
    jump,
    match,
    meta,
    ports,
    put,
    rule,
    state,
)
from appliance.firewall.judged_once import stamping
from appliance.firewall.leading import IS_CLOSED
from appliance.firewall.sets import FAMILIES, REASONS
from appliance.firewall.settings import Gateway

WITH_PORTS: Final = match(meta("l4proto"), any_of("tcp", "udp"))
DNS_OVER_TLS: Final = 853  # and DNS over QUIC (RFC 7858, 9250)
_PORT: Final = field("th", "dport")
_ROUND: Final = concat(meta("l4proto"), _PORT)
_NEW: Final = state("new")


def refusals(gateway: Gateway) -> Iterator[Statement]:
    """Hold a packet of the school against everything that is refused; what is not, returns.

    One chain for each family, ``refusals_ip`` and ``refusals_ip6``: every packet from the school
    goes through one of them, so each rule is felt. Of what is steered or cut, new connections by
    TCP to 80 and 443 were led to the proxy before this.
    """
    for number, ip, _ in FAMILIES:
        chain = f"refusals_{ip}"
        for pair, set_ in _pairs("cut", number, ip):
            yield rule(chain, match(pair, f"@{set_}"), goto("refuse_cut"))
        yield rule(chain, IS_CLOSED, goto("refuse_closed"))
        # What was not led to us: begun before we were there, or of a family without an address.
        yield rule(chain, WITH_PORTS, match(_PORT, 53), goto("refuse"))
        crowded = match(field(ip, "saddr"), f"@overfull{number}")
        yield rule(chain, crowded, jump(f"overfull_{ip}"))
        steered = match(field(ip, "daddr"), f"@steered{number}")
        yield rule(chain, steered, jump(f"steered_{ip}"))
        yield from _steered(gateway, number, ip)
        yield rule(chain, match(meta("mark"), "@watched"), jump(f"ways_round_{ip}"))
        yield rule(chain, match(meta("mark"), "@shut"), goto(f"barred_{ip}"))
        yield rule(chain, _NEW, jump("unanswered"))
        yield stamping(chain, number, ip)


def ways_round() -> Iterator[Statement]:
    """Other resolvers, and the ports and protocols of tunnels."""
    for number, ip, _ in FAMILIES:
        chain, other = f"ways_round_{ip}", match(field(ip, "daddr"), f"@resolvers{number}")
        yield rule(chain, match(meta("l4proto"), "@protocols"), goto("refuse_protocol"))
        yield rule(chain, WITH_PORTS, match(_ROUND, "@tunnels"), goto("refuse_tunnel"))
        yield rule(chain, WITH_PORTS, match(_PORT, DNS_OVER_TLS), goto("refuse_resolver"))
        yield rule(chain, WITH_PORTS, other, goto("refuse_resolver"))


def barred(gateway: Gateway) -> Iterator[Statement]:
    """Of those who are shut every packet comes here; the web was led to the proxy when it began.

    So by the ports of the web an open connection of before goes on, by TCP: QUIC cannot be read.
    Where sanctuary is nothing else is open: somebody else's site may have the same address.
    """
    web, quic = ports("tcp", 80, 443), ports("udp", 443)
    for number, ip, _ in FAMILIES:
        chain = f"barred_{ip}"
        for pair, set_ in _pairs("sanctuary", number, ip):
            yield rule(chain, match(pair, f"@{set_}"), web, RETURN)
            yield rule(chain, match(pair, f"@{set_}"), goto("refuse"))
        # Without an address of ours nothing is led: it falls back to the other family.
        unread = (quic,) if gateway.own(number) is not None else (quic, web)
        for pair, set_ in _pairs("answered", number, ip):
            for port in unread:
                yield rule(chain, match(pair, f"@{set_}"), port, goto("refuse"))
            yield rule(chain, match(pair, f"@{set_}"), RETURN)
        yield rule(chain, goto("held_back"))


def overfull() -> Iterator[Statement]:
    """What is not known for answered any more counts as blocked, however long it has been open.

    Else whoever looks up thousands of names could have a bell forget what it is to end.
    """
    for number, ip, _ in FAMILIES:
        chain = f"overfull_{ip}"
        for pair, set_ in (*_pairs("answered", number, ip), *_pairs("sanctuary", number, ip)):
            yield rule(chain, match(pair, f"@{set_}"), RETURN)
        yield rule(chain, WITH_PORTS, match(_ROUND, "@spared"), RETURN)
        yield rule(chain, match(field(ip, "daddr"), f"@local{number}"), RETURN)
        yield rule(chain, goto("held_back"))


def unanswered() -> Iterator[Statement]:
    """What DNS never answered: noted; refused to those who reach only what it did answer.

    The first packet is only dropped: sent again a second later it meets the answer that was on
    its way meanwhile.
    """
    for number, ip, _ in FAMILIES:
        for pair, set_ in (*_pairs("answered", number, ip), *_pairs("sanctuary", number, ip)):
            yield rule("unanswered", match(pair, f"@{set_}"), RETURN)
    yield rule("unanswered", WITH_PORTS, match(_ROUND, "@spared"), RETURN)
    for number, ip, _ in FAMILIES:
        yield rule("unanswered", match(field(ip, "daddr"), f"@local{number}"), RETURN)
    yield rule("unanswered", match(meta("mark"), "@answered_only"), goto("held_back"))
    yield from _noted("unanswered", "unanswered")
    for number, ip, _ in FAMILIES:
        key = _try(ip)
        first = match(key, f"@held_tried{number}", "!=")
        yield rule("held_back", _NEW, WITH_PORTS, first, put(f"held_tried{number}", key), DROP)
    yield rule("held_back", goto("refuse"))


def noting() -> Iterator[Statement]:
    """Note who tried, then refuse: one chain for each reason.

    What is closed or cut is left alone where it is sanctuary too, by the ports of the web and
    TCP: help that a child in need has reached stays, though somebody else's site has the same
    address. What begins now was led to the proxy, and QUIC falls back to that.
    """
    for reason in ("closed", "cut"):
        yield from _sanctuary(f"refuse_{reason}")
    for reason in REASONS[:4]:
        yield from _noted(f"refuse_{reason}", reason)
        yield rule(f"refuse_{reason}", goto("refuse"))
    yield rule("refuse_cut", goto("refuse"))


def _sanctuary(chain: str) -> Iterator[Statement]:
    for number, ip, _ in FAMILIES:
        for pair, set_ in _pairs("sanctuary", number, ip):
            yield rule(chain, ports("tcp", 80, 443), match(pair, f"@{set_}"), RETURN)


def _noted(chain: str, reason: str) -> Iterator[Statement]:
    """Only what is new is a try: an open connection that a bell ends is nobody's doing."""
    for number, ip, _ in FAMILIES:
        if reason == "protocol":
            key = concat(field(ip, "saddr"), field(ip, "daddr"), meta("l4proto"))
            yield rule(chain, _NEW, put(f"{reason}_tried{number}", key))
        else:
            yield rule(chain, _NEW, WITH_PORTS, put(f"{reason}_tried{number}", _try(ip)))


def _try(ip: str) -> Expression:
    return concat(field(ip, "saddr"), field(ip, "daddr"), meta("l4proto"), _PORT)


def _pairs(name: str, number: int, ip: str) -> tuple[tuple[Expression, str], ...]:
    to = field(ip, "daddr")
    return (
        (concat(field(ip, "saddr"), to), f"{name}{number}"),
        (concat(field("ether", "saddr"), to), f"{name}_mac{number}"),
    )


def _steered(gateway: Gateway, number: int, ip: str) -> Iterator[Statement]:
    """QUIC cannot be read, so it is refused; TCP that DNS did not answer is not let past us."""
    chain = f"steered_{ip}"
    yield rule(chain, ports("udp", 443), goto("refuse"))
    for pair, set_ in _pairs("sanctuary", number, ip):
        yield rule(chain, match(pair, f"@{set_}"), RETURN)
    if gateway.own(number) is not None:
        for pair, set_ in _pairs("answered", number, ip):
            yield rule(chain, match(pair, f"@{set_}"), RETURN)
    yield rule(chain, ports("tcp", 80, 443), goto("refuse"))
