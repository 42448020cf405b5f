"""What the little router enforces: classes, judgements and facts, written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from appliance.firewall.settings import Gateway, Judged, Known, Placed, Range, Wanted
from appliance.policy.subjects import Client
from tests.appliance.firewall.little_router import DNS, EXPLICIT, HTTP, HTTPS, OURS, WEB

PUPILS, STAFF, SHUT, HELD = 1, 2, 3, 4
GATEWAY: Final = Gateway(
    dns=DNS, http=HTTP, https=HTTPS, explicit=EXPLICIT, web=WEB, uplink="wan",
    listen=(OURS[4], OURS[6]),
)  # fmt: skip
KNOWN: Final = Known(
    ranges=(Range("fb", ("facebook",), ("203.0.113.0/28", "2001:db8:fb::/48")),),
    resolvers=("198.51.100.53", "2001:db8:1::53"),
    tunnels=(("udp", 51820, 51820), ("udp", 500, 500), ("tcp", 22, 22), ("tcp", 1080, 1081)),
    protocols=(47,),
    spared=(("udp", 123, 123), ("udp", 3478, 3481), ("tcp", 5228, 5230)),
    local=("172.16.0.0/12", "fd77::/16"),
)
EVERY: Final = (
    Placed(PUPILS, Client(address="10.1.0.0", role="pupil"), ("10.1.0.0/16", "fd00:1::/64"), ()),
    Placed(STAFF, Client(address="10.2.0.0", role="staff"), ("10.2.0.0/16", "fd00:2::/64"), ()),
    Placed(SHUT, Client(address="10.1.0.9", role="pupil"), (), ("10.1.0.9", "fd00:1::9")),
    Placed(HELD, Client(address="10.1.0.7", role="guest"), (), ("10.1.0.7", "fd00:1::7")),
)
JUDGED: Final = Judged(
    closed=(("fb", frozenset({PUPILS, SHUT})),),
    watched=frozenset({PUPILS, SHUT, HELD}),
    answered_only=frozenset({HELD}),
    shut=frozenset({SHUT}),
)
SCHOOL: Final = ("10.1.0.0/16", "10.2.0.0/16", "fd00:1::/64", "fd00:2::/64")
WANTED: Final = Wanted(EVERY, JUDGED, SCHOOL, GATEWAY, KNOWN)


def wanted(*, gateway: dict[str, Any] | None = None, **judged: Any) -> Wanted:
    """Return what is wanted, with other settings of the gateway or other judgements."""
    return replace(
        WANTED, gateway=replace(GATEWAY, **(gateway or {})), judged=replace(JUDGED, **judged)
    )
