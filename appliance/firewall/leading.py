"""Rules that mark packets with their class, lead them to us, and out to the internet. PURE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from appliance.firewall.document import (
    DROP,
    RETURN,
    Statement,
    change,
    concat,
    field,
    jump,
    match,
    meta,
    ports,
    put,
    rule,
    state,
)
from appliance.firewall.judged_once import passing
from appliance.firewall.sets import FAMILIES, closed_name, ids
from appliance.firewall.settings import Gateway, Known

CLOSED: Final = 0x1000000  # bit of a packet's mark: it goes to a range that is closed for it
OURS: Final = match(meta("mark"), 0, "!=")  # it comes from an address of the school
STRANGE: Final = match(meta("mark"), 0)
IS_CLOSED: Final = match({"&": [meta("mark"), CLOSED]}, CLOSED)


def marking(gateway: Gateway, known: Known) -> Iterator[Statement]:
    """A device that is known by itself first, then its network; a stranger keeps mark 0.

    What comes in from the uplink is nobody of ours, whatever address it bears. Nor does an
    address of the school's get in where no way leads back to it: a pupil's cable bears no
    address of the staff's. Asked of what begins alone, since it costs a look at the routes.
    """
    back = {"fib": {"result": "oif", "flags": ["saddr", "iif"]}}
    begins = state("new", "invalid", "untracked")
    yield passing("marking")
    yield rule("marking", change(meta("mark"), 0))
    outside = ["lo"] if gateway.shared_uplink else ["lo", gateway.uplink]
    for name in outside:
        yield rule("marking", match(meta("iifname"), name), RETURN)
    for number, ip, _ in FAMILIES:
        family = match(meta("nfproto"), "ipv4" if number == 4 else "ipv6")
        yield rule("marking", family, jump(f"marking_{ip}"))
        for map_ in ("device", "network"):
            value = {"map": {"key": field(ip, "saddr"), "data": f"@{map_}{number}"}}
            yield rule(f"marking_{ip}", STRANGE, change(meta("mark"), value))
        yield rule(f"marking_{ip}", OURS, begins, match(back, False), DROP)
        to = {"vmap": {"key": field(ip, "daddr"), "data": f"@ranges{number}"}}
        yield rule(f"marking_{ip}", OURS, to)
    for id_ in ids(known):
        theirs = match(meta("mark"), f"@{closed_name(id_)}")
        yield rule(f"range_{id_}", theirs, change(meta("mark"), {"|": [meta("mark"), CLOSED]}))


def redirects(gateway: Gateway) -> Iterator[Statement]:
    """Names to our DNS whomever they ask; what may be read, or is closed, to our proxy.

    Another resolver that is asked abroad is noted: nothing is refused because of it. The whole
    web of those who are shut comes to the proxy: an address may be a helpline's and somebody
    else's, and only the proxy tells them apart, by name.
    Only to an address that the faces listen on: a family without one is refused further on.
    """
    to = {"fib": {"result": "type", "flags": ["daddr"]}}
    local, local_not = match(to, "local"), match(to, "local", "!=")
    for number, ip, _ in FAMILIES:
        own = gateway.own(number)
        if own is None:
            continue

        def to_us(port: int, *met: Any, to: tuple[str, str] = (ip, own)) -> Statement:
            there = {"dnat": {"family": to[0], "addr": to[1], "port": port}}
            return rule("redirects", OURS, *met, there)

        of_family = match(meta("nfproto"), "ipv4" if number == 4 else "ipv6")
        key = concat(field(ip, "saddr"), field(ip, "daddr"), meta("l4proto"), field("th", "dport"))
        abroad = match(field(ip, "daddr"), f"@local{number}", "!=")
        for protocol in ("udp", "tcp"):
            asked = (match(meta("mark"), "@watched"), local_not, abroad, ports(protocol, 53))
            yield rule("redirects", *asked, put(f"resolver_tried{number}", key))
            yield to_us(gateway.dns, of_family, ports(protocol, 53))
        address = field(ip, "daddr")
        for port, face in ((80, gateway.http), (443, gateway.https)):
            web = ports("tcp", port)
            yield to_us(face, of_family, web, local)
            yield to_us(face, of_family, web, IS_CLOSED)
            yield to_us(face, web, match(address, f"@steered{number}"))
            shut = match(meta("mark"), "@shut")
            yield to_us(face, web, shut, match(address, f"@school{number}", "!="))
            for client, set_ in (((ip, "saddr"), "cut"), (("ether", "saddr"), "cut_mac")):
                pair = concat(field(*client), address)
                yield to_us(face, web, match(pair, f"@{set_}{number}"))


def outward(gateway: Gateway) -> Iterator[Statement]:
    """Hide the school behind our address; of IPv6 only what no one outside could answer."""
    if not gateway.masquerade:
        return
    hidden = match(field("ip6", "saddr"), {"prefix": {"addr": "fc00::", "len": 7}})
    for met in (match(meta("nfproto"), "ipv4"), hidden):
        out = match(meta("oifname"), gateway.uplink)
        yield rule("outward", out, OURS, met, {"masquerade": None})
