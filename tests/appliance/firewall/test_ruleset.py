"""Each rule from both sides, with real packets: IPv4 and IPv6, TCP and UDP."""

from __future__ import annotations

from typing import Any, Final

import pytest

from appliance.firewall.learned import learn, steered
from tests.appliance.firewall.little_router import OURS, PLACES, LittleRouter

pytestmark = pytest.mark.namespaces

SOURCES: Final = {
    "pupil": ("pupils", "10.1.0.5", "fd00:1::5"),
    "held": ("pupils", "10.1.0.7", "fd00:1::7"),
    "shut": ("pupils", "10.1.0.9", "fd00:1::9"),
    "staff": ("staff", "10.2.0.5", "fd00:2::5"),
    "stranger": ("pupils", "10.77.0.5", "fd00:77::5"),
    "outsider": ("internet", "192.0.2.2", "2001:db8::2"),
}
FAMILIES: Final = (4, 6)


def address(place: str, family: int) -> str:
    """Return an address of the internet, or one of ours."""
    own = {"ours": OURS, "staff": {4: "10.2.0.5", 6: "fd00:2::5"}}
    return own[place][family] if place in own else PLACES[place][family == 6]


def tried(router: LittleRouter, who: str, to: str, protocol: str, port: int, family: int,
          **more: Any) -> str:  # fmt: skip
    """Return the first word of what became of a try."""
    machine, *sources = SOURCES[who]
    source = sources[family == 6]
    said = router.probe(machine, source, address(to, family), protocol, port, **more)
    return said.split()[0]


def learned(router: LittleRouter, what: str, who: str, place: str, family: int) -> None:
    """Tell the kernel something of a client and an address, as the door does."""
    pair = (SOURCES[who][1 + (family == 6)], address(place, family))
    router.apply(learn(what, [pair], 600))


# (who, where to, by what, port, what becomes of it)
CASES: Final = (
    # Names are answered by us, whoever is asked, whoever asks.
    ("pupil", "resolver", "udp", 53, "dns"), ("pupil", "resolver", "tcp", 53, "dns"),
    ("pupil", "other", "udp", 53, "dns"), ("staff", "other", "udp", 53, "dns"),
    ("shut", "web", "udp", 53, "dns"), ("pupil", "ours", "udp", 53, "dns"),
    ("pupil", "ours", "tcp", 53, "dns"),
    # Our own address: block page, portal, proxy, admin UI; nothing else.
    ("pupil", "ours", "tcp", 80, "http"), ("pupil", "ours", "tcp", 443, "https"),
    ("pupil", "ours", "tcp", 3129, "explicit"), ("staff", "ours", "tcp", 8000, "web"),
    ("shut", "ours", "tcp", 443, "https"),
    ("pupil", "ours", "tcp", 22, "refused"), ("staff", "ours", "tcp", 9999, "refused"),
    ("pupil", "ours", "udp", 9999, "refused"), ("pupil", "ours", "udp", 67, "refused"),
    # What is allowed goes out.
    ("pupil", "web", "tcp", 443, "internet"), ("pupil", "web", "udp", 443, "internet"),
    ("pupil", "web", "tcp", 9999, "internet"), ("staff", "web", "tcp", 80, "internet"),
    # A range is closed for those for whom all in it is blocked: the web by way of the block page.
    ("pupil", "ranged", "tcp", 80, "http"), ("pupil", "ranged", "tcp", 443, "https"),
    ("pupil", "ranged", "tcp", 5222, "refused"), ("pupil", "ranged", "udp", 443, "refused"),
    ("pupil", "ranged", "udp", 3478, "refused"),
    ("staff", "ranged", "tcp", 443, "internet"), ("staff", "ranged", "udp", 443, "internet"),
    ("staff", "ranged", "tcp", 5222, "internet"),
    # Other resolvers and tunnels, for those who may not go round the gate.
    ("pupil", "resolver", "tcp", 443, "refused"), ("pupil", "resolver", "udp", 443, "refused"),
    ("pupil", "web", "tcp", 853, "refused"), ("pupil", "web", "udp", 853, "refused"),
    ("pupil", "resolver", "tcp", 853, "refused"),
    ("pupil", "web", "udp", 51820, "refused"), ("pupil", "web", "udp", 500, "refused"),
    ("pupil", "web", "tcp", 22, "refused"), ("pupil", "web", "tcp", 1080, "refused"),
    ("staff", "resolver", "tcp", 443, "internet"), ("staff", "web", "tcp", 853, "internet"),
    ("staff", "web", "udp", 853, "internet"), ("staff", "web", "udp", 51820, "internet"),
    ("staff", "web", "tcp", 22, "internet"),
    # A sanction leaves nothing that nobody answered for, whatever the port.
    ("shut", "resolver", "tcp", 443, "refused"), ("shut", "web", "udp", 51820, "refused"),
    # No network of the school leads into another, no address that is none of the school's out.
    ("pupil", "staff", "tcp", 80, "refused"), ("pupil", "staff", "udp", 9999, "refused"),
    ("stranger", "web", "tcp", 443, "refused"), ("stranger", "web", "udp", 9999, "refused"),
    ("stranger", "resolver", "udp", 53, "refused"),
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_each_kind_of_packet_goes_where_it_should(router: LittleRouter, family: int) -> None:
    wrong = [
        (*case, said)
        for case in CASES
        if (said := tried(router, *case[:4], family)) != case[4]
    ]  # fmt: skip
    assert wrong == []
