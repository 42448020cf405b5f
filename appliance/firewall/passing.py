"""Rules about what is for the appliance itself, and what goes through it. PURE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance.firewall.document import (
    ACCEPT,
    DROP,
    NO_PORT,
    PROHIBITED,
    RESET,
    Statement,
    any_of,
    change,
    field,
    goto,
    jump,
    match,
    meta,
    ports,
    rule,
    state,
)
from appliance.firewall.judged_once import CONNECTION, REFUSED, passing
from appliance.firewall.leading import OURS, STRANGE
from appliance.firewall.sets import FAMILIES
from appliance.firewall.settings import Gateway

SSH: Final = 22
# Unreachable, echo request, time exceeded, parameter problem (RFC 1812): no redirects.
_ICMP: Final = (3, 8, 11, 12)
# The same of IPv6, echo reply, multicast listeners and neighbour discovery (RFC 4890, 4.4): without
# these IPv6 does not work. 134, router advertisements, only from the uplink.
_ICMP6: Final = (1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 135, 136, 143)
_ADVERTISEMENT: Final = 134


def ourselves(gateway: Gateway) -> Iterator[Statement]:
    """Closed but for what the school asks of us; SSH from where it is managed.

    The web port is the portal's too: who may open which of its pages, and from where, the web
    face tells apart itself (``admin_ui/management.py``).
    """
    uplink = match(meta("iifname"), gateway.uplink)
    kind = field("icmpv6", "type")
    yield rule("ourselves", match(meta("iifname"), "lo"), ACCEPT)
    yield rule("ourselves", state("established", "related"), ACCEPT)
    yield rule("ourselves", match(field("icmp", "type"), any_of(*_ICMP)), ACCEPT)
    yield rule("ourselves", match(kind, any_of(*_ICMP6)), ACCEPT)
    yield rule("ourselves", uplink, match(kind, _ADVERTISEMENT), ACCEPT)
    # Answers to our own asking for an address there, which conntrack cannot know for answers.
    yield rule("ourselves", uplink, ports("udp", 68, 546), ACCEPT)
    if gateway.dhcp:
        inside = match(meta("iifname"), gateway.uplink, "!=")
        here = () if gateway.shared_uplink else (inside,)
        yield rule("ourselves", *here, ports("udp", 67, 547), ACCEPT)
    yield rule("ourselves", OURS, ports("udp", gateway.dns), ACCEPT)
    faces = (gateway.dns, gateway.http, gateway.https, gateway.explicit, gateway.web)
    yield rule("ourselves", OURS, ports("tcp", *dict.fromkeys(faces)), ACCEPT)
    accounting = (ports("udp", gateway.radius),) if gateway.radius else ()
    if not gateway.manage:
        yield from (rule("ourselves", OURS, told, ACCEPT) for told in accounting)
    for number, ip, _ in FAMILIES:
        managing = match(field(ip, "saddr"), f"@manage{number}")
        yield rule("ourselves", managing, ports("tcp", gateway.web, SSH), ACCEPT)
        yield from (rule("ourselves", managing, told, ACCEPT) for told in accounting)
    # To the school we say no at once, so that programs fall back; to the internet nothing.
    yield rule("ourselves", OURS, goto("refuse"))


def onward(gateway: Gateway) -> Iterator[Statement]:
    """From the school to the internet and back; never from one network into another.

    Refusals come before what is established passes: so a bell, a sanction or a revoked grant
    ends an open connection at its next packet, and no other.
    """
    yield passing("onward")
    if not gateway.shared_uplink:
        inside = match(meta("iifname"), gateway.uplink, "!=")
        yield rule("onward", inside, STRANGE, goto("refuse"))
    yield _clamped()
    was_refused = match(CONNECTION, REFUSED)
    # Answers: of what was refused, the server is told too, and a one-way stream ends.
    yield rule("onward", STRANGE, was_refused, goto("refuse"))
    yield rule("onward", STRANGE, state("established", "related"), ACCEPT)
    yield rule("onward", was_refused, change(CONNECTION, 0))
    for number, ip, _ in FAMILIES:
        family = match(meta("nfproto"), "ipv4" if number == 4 else "ipv6")
        yield rule("onward", OURS, family, jump(f"refusals_{ip}"))
    out = match(meta("oifname"), gateway.uplink)
    yield rule("onward", state("established", "related"), ACCEPT)
    yield rule("onward", state("invalid"), DROP)
    for number, ip, _ in FAMILIES:
        into = match(field(ip, "daddr"), f"@school{number}")
        yield rule("onward", OURS, into, goto("refuse"))
    yield rule("onward", OURS, out, ACCEPT)
    yield rule("onward", OURS, goto("refuse"))


def refuse() -> Iterator[Statement]:
    """Say no at once, and remember it of the connection. Nothing returns from here."""
    yield rule("refuse", change(CONNECTION, REFUSED))
    yield rule("refuse", match(meta("l4proto"), "tcp"), RESET)
    yield rule("refuse", match(meta("l4proto"), "udp"), NO_PORT)
    yield rule("refuse", PROHIBITED)
    yield rule("refuse", DROP)


def _clamped() -> Statement:
    """Have both ends send no larger segments than the way out takes (as behind PPPoE)."""
    syn = match({"&": [field("tcp", "flags"), ["syn", "rst"]]}, "syn")
    size = {"tcp option": {"name": "maxseg", "field": "size"}}
    return rule("onward", syn, change(size, {"rt": {"key": "mtu"}}))
