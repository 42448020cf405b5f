"""Other settings of the gateway, with real packets: who gets in, and as whom one goes out."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

import pytest

from appliance.firewall.learned import learn, steered, tries
from appliance.firewall.ruleset import ruleset
from tests.appliance.firewall.little_router import OURS, UPLINK, LittleRouter
from tests.appliance.firewall.little_school import WANTED, wanted
from tests.appliance.firewall.test_ruleset import FAMILIES, SOURCES, address, tried

pytestmark = pytest.mark.namespaces


@pytest.fixture
def settle(machines: LittleRouter) -> Callable[..., None]:
    """Apply the ruleset with other settings of the gateway."""
    return lambda **gateway: machines.apply(ruleset(wanted(gateway=gateway), afresh=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_comes_in_from_outside(router: LittleRouter, family: int) -> None:
    """Neither to us, whatever listens, nor to the school, though the way there is known."""
    for port in (5353, 8080, 8443, 8000, 22, 9999):
        for place in (OURS[family], UPLINK[family]):
            source = SOURCES["outsider"][1 + (family == 6)]
            said = router.probe("internet", source, place, "tcp", port, patience=0.3)
            assert said == "silent", port
    assert tried(router, "outsider", "staff", "tcp", 80, family, patience=0.3) == "silent"
    assert tried(router, "outsider", "staff", "udp", 9999, family, patience=0.3) == "silent"
    # An address of the school's is worth nothing there.
    forged = "fd00:1::66" if family == 6 else "10.1.0.66"
    router.machines["internet"].address("lo", forged)
    for to in (OURS[family], address("staff", family)):
        assert router.probe("internet", forged, to, "tcp", 80, patience=0.3) == "silent"


@pytest.mark.parametrize("family", FAMILIES)
def test_an_address_of_another_network_is_worth_nothing_on_this_cable(
    router: LittleRouter, family: int
) -> None:
    """One datagram is enough for a tunnel: that no answer comes back is no comfort."""
    kind = socket.AF_INET6 if family == 6 else socket.AF_INET
    forged = "fd00:2::66" if family == 6 else "10.2.0.66"
    router.machines["pupils"].address("eth0", f"{forged}/{128 if family == 6 else 32}")
    own = SOURCES["staff"][1 + (family == 6)]
    with router.internet.socket(kind, socket.SOCK_DGRAM) as there:
        there.settimeout(30)
        there.bind((address("web", family), 5355))
        for machine, source in (("pupils", forged), ("staff", own)):
            with router.machines[machine].socket(kind, socket.SOCK_DGRAM) as one:
                one.bind((source, 0))
                one.sendto(source.encode(), (address("web", family), 5355))
        assert there.recv(100).decode() == own


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gate_and_the_internet_answer_pings(router: LittleRouter, family: int) -> None:
    for who, place in (("pupil", OURS[family]), ("staff", UPLINK[family]),
                       ("pupil", address("web", family))):  # fmt: skip
        assert _pinged(router, who, place) == "answered"
    # Nor is there a tunnel made of pings for those who reach only what was answered to them.
    assert _pinged(router, "held", address("other", family)).startswith("refused")


def _pinged(router: LittleRouter, who: str, place: str) -> str:
    machine, *sources = SOURCES[who]
    there = router.machines[machine]
    there.sysctl("net.ipv4.ping_group_range=0 0")
    done = there.run(sys.executable, "-c", _PING, sources[":" in place], place)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


_PING = """
import socket, sys
source, to = sys.argv[1:]
six = ":" in to
family, protocol = (socket.AF_INET6, 58) if six else (socket.AF_INET, 1)
with socket.socket(family, socket.SOCK_DGRAM, protocol) as one:
    one.settimeout(20)
    one.bind((source, 0))
    one.setsockopt(*((41, 25, 1) if six else (0, 11, 1)))  # IP_RECVERR
    one.connect((to, 0))
    one.send(bytes((128 if six else 8, 0, 0, 0, 0, 0, 0, 1)) + b"hello")
    try:
        one.recv(200)
        print("answered")
    except OSError as error:
        print("refused" if error.errno else "silent")
"""


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_managed_is_open_only_from_where_it_is(
    machines: LittleRouter, settle: Callable[..., None], family: int
) -> None:
    """The web port is the portal's too: it asks itself who opens which page (admin_ui)."""
    settle(manage=("10.2.0.0/16", "fd00:2::/64"))
    for who, expected in (("staff", ("web", "ssh")), ("pupil", ("web", "refused"))):
        assert tried(machines, who, "ours", "tcp", 8000, family) == expected[0]
        assert tried(machines, who, "ours", "tcp", 22, family) == expected[1]
        assert tried(machines, who, "ours", "tcp", 443, family) == "https"
        assert tried(machines, who, "ours", "udp", 53, family) == "dns"


def test_addresses_are_handed_out_where_the_school_wants_it(
    machines: LittleRouter, settle: Callable[..., None]
) -> None:
    for dhcp, expected in ((False, "refused"), (True, "dhcp")):
        settle(dhcp=dhcp)
        assert tried(machines, "pupil", "ours", "udp", 67, 4) == expected


def test_the_wifis_accounting_comes_from_where_it_is_managed(
    machines: LittleRouter, settle: Callable[..., None]
) -> None:
    """What listens at the DHCP server's port stands for the listener."""
    for settings, staff, pupil in (
        ({}, "refused", "refused"),
        ({"radius": 67}, "dhcp", "dhcp"),
        ({"radius": 67, "manage": ("10.2.0.0/16",)}, "dhcp", "refused"),
    ):
        settle(**settings)
        assert tried(machines, "staff", "ours", "udp", 67, 4) == staff
        assert tried(machines, "pupil", "ours", "udp", 67, 4) == pupil


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("masquerade", [True, False])
def test_the_school_goes_out_as_us_or_as_itself(
    machines: LittleRouter, settle: Callable[..., None], family: int, masquerade: bool
) -> None:
    settle(masquerade=masquerade)
    source = SOURCES["staff"][1 + (family == 6)]
    said = machines.probe("staff", source, address("web", family), "tcp", 443)
    assert said == f"internet {UPLINK[family] if masquerade else source}"


def test_addresses_that_are_anybodys_own_are_not_hidden(
    machines: LittleRouter, settle: Callable[..., None]
) -> None:
    """IPv6 of the internet's own: it is answered without our help, so it stays as it is."""
    machines.machines["staff"].address("eth0", "2001:db8:2::5/128")
    machines.router.ip("-6", "route", "replace", "2001:db8:2::/64", "dev", "lan2")
    one = wanted()
    staff = (one.every[0], one.every[1].__class__(
        one.every[1].number, one.every[1].client, (*one.every[1].prefixes, "2001:db8:2::/64"), ()
    ))  # fmt: skip
    machines.apply(ruleset(one.__class__(staff, one.judged, one.school, one.gateway, one.known),
                           afresh=True))  # fmt: skip
    said = machines.probe("staff", "2001:db8:2::5", address("web", 6), "tcp", 443)
    assert said == "internet 2001:db8:2::5"


def test_a_family_without_an_address_of_ours_is_closed_where_it_would_be_led(
    machines: LittleRouter, settle: Callable[..., None]
) -> None:
    settle(listen=(OURS[4], "::1"))
    machines.apply(steered([address("steered", 6)], 600))
    machines.apply(learn("cut", [(SOURCES["staff"][2], address("third", 6))], 600))
    for port, protocol, place in ((53, "udp", "other"), (53, "tcp", "other"),
                                  (443, "tcp", "steered"), (80, "tcp", "steered"),
                                  (443, "tcp", "third")):  # fmt: skip
        assert tried(machines, "staff", place, protocol, port, 6) == "refused"
    assert tried(machines, "pupil", "ranged", "tcp", 443, 6) == "refused"
    assert tried(machines, "staff", "web", "tcp", 443, 6) == "internet"
    assert tried(machines, "staff", "other", "udp", 53, 4) == "dns"
    # Nor has who is shut the web where no name is read; help is reached all the same.
    for what, place in (("answered", "other"), ("sanctuary", "web")):
        machines.apply(learn(what, [(SOURCES["shut"][2], address(place, 6))], 600))
    assert tried(machines, "shut", "other", "tcp", 443, 6) == "refused"
    assert tried(machines, "shut", "web", "tcp", 443, 6) == "internet"


@pytest.mark.parametrize("family", FAMILIES)
def test_with_one_network_card_the_clients_are_on_the_uplink(
    machines: LittleRouter, settle: Callable[..., None], family: int
) -> None:
    """Everything holds but what the way in tells: another network of the school stays closed."""
    settle(uplink="lan1", shared_uplink=True)
    assert tried(machines, "pupil", "other", "udp", 53, family) == "dns"
    assert tried(machines, "pupil", "ours", "tcp", 443, family) == "https"
    assert tried(machines, "staff", "staff", "tcp", 80, family) == "staff"  # beside us
    assert tried(machines, "pupil", "staff", "tcp", 80, family) == "refused"
    settle(shared_uplink=True)
    assert tried(machines, "pupil", "web", "tcp", 443, family) == "internet"
    assert tried(machines, "pupil", "ranged", "tcp", 5222, family) == "refused"
    assert tried(machines, "pupil", "staff", "tcp", 80, family) == "refused"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_flood_of_tries_opens_nothing(machines: LittleRouter, family: int) -> None:
    """Fails closed: where no note can be made any more, what is refused is refused."""
    statements = ruleset(WANTED, afresh=True)
    for one in statements:
        made = one.get("add", {}).get("set", {})
        if "_tried" in made.get("name", ""):
            made["size"] = 1
    machines.apply(statements)
    for _ in range(2):
        for place in ("web", "other", "third"):
            assert tried(machines, "pupil", place, "udp", 51820, family) == "refused"
            assert tried(machines, "held", place, "tcp", 443, family) == "refused"
            assert tried(machines, "pupil", place, "tcp", 443, family) == "internet"
    found = machines.on_router(tries, machines.nft)
    assert len([one for one in found if one.reason == "tunnel"]) == 1
